/** Signing in, choosing the service point, signing out. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { formatFieldError, parseForm } from '../http/forms.js'
import { findStartPage } from './menu.js'
import { type FieldError, Problem, statusOf } from '../http/problems.js'
import { listStaffServicePoints } from '../service-points/queries.js'
import { pageCookiesFor, requireSession } from './authenticate.js'
import { servicePointFormSchema, signInSchema } from './schemas.js'
import { safeReturnPath, signIn, type SignInDeps, signOut, switchServicePoint } from './sign-in.js'

interface SubmittedFields { login?: unknown, next?: unknown, servicePointId?: unknown }

export interface SignInPagesDeps extends SignInDeps {
  readonly publicUrl: string
}

export const signInPages: FastifyPluginAsync<SignInPagesDeps> = async (app, deps) => {
  const cookies = pageCookiesFor(deps.publicUrl)

  app.get('/', { config: { permission: 'own-session:end', withoutServicePoint: true } }, async (request, reply) =>
    await reply.redirect(findStartPage(requireSession(request)), 303))

  app.get('/sign-in', { config: { public: true } }, async (request, reply) => {
    const { next } = request.query as SubmittedFields
    if (request.session !== null) return await reply.redirect(safeReturnPath(next) ?? findStartPage(request.session), 303)
    return await renderSignIn(request, reply, { next })
  })

  app.post('/sign-in', { config: { public: true } }, async (request, reply) => {
    const typed = (request.body ?? {}) as SubmittedFields
    const form = parseForm(signInSchema.omit({ servicePointId: true }), typed)
    if (!form.ok) return await renderSignIn(request, reply, typed, { status: 400, errors: form.errors })
    const opened = await signIn(deps, { ...form.value, clientType: 'page', address: request.ip }).catch(rethrowUnlessSignInProblem)
    if (opened instanceof Problem) return await renderSignIn(request, reply, typed, { problem: opened })
    if (request.session !== null) await signOut(deps, request.session)
    reply.setCookie(cookies.session, opened.token, cookies.options)
    return await reply.redirect(safeReturnPath(typed.next) ?? findStartPage(opened.session), 303)
  })

  app.post('/sign-out', { config: { permission: 'own-session:end', withoutServicePoint: true } }, async (request, reply) => {
    await signOut(deps, requireSession(request))
    return await reply.clearCookie(cookies.session, cookies.options).redirect('/sign-in', 303)
  })

  app.get('/service-point', { config: { permission: 'own-service-point:choose', withoutServicePoint: true } }, async (request, reply) =>
    await showServicePoints(request, reply, request.query as SubmittedFields))

  app.post('/service-point', { config: { permission: 'own-service-point:choose', withoutServicePoint: true } }, async (request, reply) => {
    const typed = (request.body ?? {}) as SubmittedFields
    const session = requireSession(request)
    const form = parseForm(servicePointFormSchema, typed)
    if (!form.ok) return await showServicePoints(request, reply, typed, form.errors)
    if (!await switchServicePoint(deps, session, form.value.servicePointId)) {
      return await showServicePoints(request, reply, typed, [{ path: 'servicePointId', message: 'not-your-service-point' }])
    }
    return await reply.redirect(safeReturnPath(typed.next) ?? findStartPage(session), 303)
  })

  async function showServicePoints (request: FastifyRequest, reply: FastifyReply, typed: SubmittedFields, errors: readonly FieldError[] = []): Promise<FastifyReply> {
    const session = requireSession(request)
    const own = await listStaffServicePoints(deps.db, session.staff.id)
    return await reply.page('staff/service-point', {
      choices: own.map(({ id, name }) => ({ id, label: name[request.language], checked: id === session.servicePoint?.id })),
      next: safeReturnPath(typed.next) ?? '',
      errors: errors.map(error => ({ path: 'servicePointId', message: formatFieldError(request.t, error) })),
    }, { status: errors.length > 0 ? 400 : 200 })
  }
}

interface SignInFormResult { readonly status?: number, readonly errors?: readonly FieldError[], readonly problem?: Problem }

/** The form with what was typed, except the password. */
async function renderSignIn (request: FastifyRequest, reply: FastifyReply, typed: SubmittedFields, { status, errors = [], problem }: SignInFormResult = {}): Promise<FastifyReply> {
  const { t } = request
  const summary = errors.map(error => ({ path: error.path, message: `${t(`staff.signIn.${error.path as 'login' | 'password'}`)}: ${formatFieldError(t, error)}` }))
  if (problem?.code === 'not-signed-in') summary.push({ path: 'login', message: t('problems.not-signed-in.wrong-login') })
  if (problem?.code === 'too-many-requests') {
    reply.headers(problem.headers)
    summary.push({ path: '', message: t('problems.too-many-requests.sign-in', problem.values) })
  }
  return await reply.page('staff/sign-in', {
    login: typeof typed.login === 'string' ? typed.login.slice(0, 200) : '',
    next: safeReturnPath(typed.next) ?? '',
    errors: summary,
    fieldErrors: Object.fromEntries(errors.map(error => [error.path, formatFieldError(t, error)])),
  }, { status: problem === undefined ? status ?? 200 : statusOf(problem.code) })
}

/** What the form can show; anything else is the error handler's. */
function rethrowUnlessSignInProblem (error: unknown): Problem {
  if (error instanceof Problem && (error.code === 'not-signed-in' || error.code === 'too-many-requests')) return error
  throw error
}
