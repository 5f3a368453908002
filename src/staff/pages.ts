/** Signing in, choosing the service point, signing out. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../app.js'
import { fieldMessage, parseForm } from '../http/forms.js'
import { startPage } from '../http/menu.js'
import { Problem, statusOf, type FieldError } from '../http/problems.js'
import { servicePointsOf } from '../service-points/queries.js'
import { signedIn } from './authenticate.js'
import { pageCookies } from './cookies.js'
import { safeNext } from './safe-next.js'
import { servicePointFormSchema, signInSchema } from './schemas.js'
import { signIn } from './sign-in.js'
import { signOut } from './sign-out.js'
import { workAt } from './work-at.js'

interface Typed { login?: unknown, next?: unknown, servicePointId?: unknown }

export const signInPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const cookies = pageCookies(deps.publicUrl)

  app.get('/', { config: { may: 'own-session:end', anywhere: true } }, async (request, reply) =>
    await reply.redirect(startPage(signedIn(request)), 303))

  app.get('/sign-in', { config: { public: true } }, async (request, reply) => {
    const { next } = request.query as Typed
    if (request.session !== null) return await reply.redirect(safeNext(next) ?? startPage(request.session), 303)
    return await showSignIn(request, reply, { next })
  })

  app.post('/sign-in', { config: { public: true } }, async (request, reply) => {
    const typed = (request.body ?? {}) as Typed
    const form = parseForm(signInSchema.omit({ servicePointId: true }), typed)
    if (!form.ok) return await showSignIn(request, reply, typed, { status: 400, errors: form.errors })
    const opened = await signIn(deps, { ...form.value, door: 'page', address: request.ip }).catch(expectedProblem)
    if (opened instanceof Problem) return await showSignIn(request, reply, typed, { problem: opened })
    if (request.session !== null) await signOut(deps, request.session)
    reply.setCookie(cookies.session, opened.token, cookies.options)
    return await reply.redirect(safeNext(typed.next) ?? startPage(opened.session), 303)
  })

  app.post('/sign-out', { config: { may: 'own-session:end', anywhere: true } }, async (request, reply) => {
    await signOut(deps, signedIn(request))
    return await reply.clearCookie(cookies.session, cookies.options).redirect('/sign-in', 303)
  })

  app.get('/service-point', { config: { may: 'own-service-point:choose', anywhere: true } }, async (request, reply) =>
    await showServicePoints(request, reply, request.query as Typed))

  app.post('/service-point', { config: { may: 'own-service-point:choose', anywhere: true } }, async (request, reply) => {
    const typed = (request.body ?? {}) as Typed
    const session = signedIn(request)
    const form = parseForm(servicePointFormSchema, typed)
    if (!form.ok) return await showServicePoints(request, reply, typed, form.errors)
    if (!await workAt(deps, session, form.value.servicePointId)) {
      return await showServicePoints(request, reply, typed, [{ path: 'servicePointId', message: 'not-your-service-point' }])
    }
    return await reply.redirect(safeNext(typed.next) ?? startPage(session), 303)
  })

  async function showServicePoints (request: FastifyRequest, reply: FastifyReply, typed: Typed, errors: readonly FieldError[] = []): Promise<FastifyReply> {
    const session = signedIn(request)
    const own = await servicePointsOf(deps.db, session.staff.id)
    return await reply.page('staff/service-point', {
      choices: own.map(({ id, name }) => ({ id, label: name[request.language], checked: id === session.servicePoint?.id })),
      next: safeNext(typed.next) ?? '',
      errors: errors.map(error => ({ path: 'servicePointId', message: fieldMessage(request.t, error) })),
    }, { status: errors.length > 0 ? 400 : 200 })
  }
}

interface Failure { readonly status?: number, readonly errors?: readonly FieldError[], readonly problem?: Problem }

/** The form with what was typed, except the password. */
async function showSignIn (request: FastifyRequest, reply: FastifyReply, typed: Typed, { status, errors = [], problem }: Failure = {}): Promise<FastifyReply> {
  const { t } = request
  const summary = errors.map(error => ({ path: error.path, message: `${t(`staff.signIn.${error.path as 'login' | 'password'}`)}: ${fieldMessage(t, error)}` }))
  if (problem?.code === 'not-signed-in') summary.push({ path: 'login', message: t('problems.not-signed-in.wrong-login') })
  if (problem?.code === 'too-many-requests') {
    reply.headers(problem.headers)
    summary.push({ path: '', message: t('problems.too-many-requests.sign-in', problem.values) })
  }
  return await reply.page('staff/sign-in', {
    login: typeof typed.login === 'string' ? typed.login.slice(0, 200) : '',
    next: safeNext(typed.next) ?? '',
    errors: summary,
    fieldErrors: Object.fromEntries(errors.map(error => [error.path, fieldMessage(t, error)])),
  }, { status: problem === undefined ? status ?? 200 : statusOf(problem.code) })
}

/** What the form can show; anything else is the error handler's. */
function expectedProblem (error: unknown): Problem {
  if (error instanceof Problem && (error.code === 'not-signed-in' || error.code === 'too-many-requests')) return error
  throw error
}
