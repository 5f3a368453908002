/** Signing in, choosing the service point, signing out. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeFaults, type FormFields, optionalQueryText, readForm, type ShownForm } from '../http/forms.js'
import { NotSignedIn, TooManyAttempts } from '../institution/errors.js'
import { listStaffServicePoints } from '../service-points/queries.js'
import { pageCookiesFor, requireSession } from './authenticate.js'
import { findStartPage } from './menu.js'
import { servicePointFormSchema, signInSchema } from './schemas.js'
import { safeReturnPath, signIn, type SignInDeps, signOut, switchServicePoint } from './sign-in.js'

const returnQuerySchema = z.object({ next: optionalQueryText })
const signInFormSchema = signInSchema.omit({ servicePointId: true })
const signInFields: FormFields = { labels: { login: 'staff.signIn.login', password: 'staff.signIn.password' } }
const servicePointFields: FormFields = { labels: { servicePointId: 'staff.servicePoint.legend' } }

export interface SignInPagesDeps extends SignInDeps {
  readonly publicUrl: string
}

export const signInPages: FastifyPluginAsyncZod<SignInPagesDeps> = async (app, deps) => {
  const cookies = pageCookiesFor(deps.publicUrl)

  app.get('/', { config: { permission: 'own-session:end', withoutServicePoint: true } }, async (request, reply) =>
    await reply.redirect(findStartPage(requireSession(request)), 303))

  app.get('/sign-in', { config: { public: true }, schema: { querystring: returnQuerySchema } }, async (request, reply) => {
    const { next = '' } = request.query
    if (request.session !== null) return await reply.redirect(safeReturnPath(next) ?? findStartPage(request.session), 303)
    return await renderSignIn(reply, { values: { next } })
  })

  app.post('/sign-in', { config: { public: true } }, async (request, reply) => {
    const form = readForm(signInFormSchema, request.body, signInFields, request.t)
    if (!form.ok) return await renderSignIn(reply, form, 400)
    const { value, values } = form
    const opened = await signIn(deps, { ...value, clientType: 'page', address: request.ip }).catch(rethrowUnlessSignInFailure)
    if (opened instanceof NotSignedIn) {
      return await renderSignIn(reply, { values, summary: [{ path: 'login', message: request.t('problems.not-signed-in.wrong-login') }] }, 401)
    }
    if (opened instanceof TooManyAttempts) {
      const message = request.t('problems.too-many-requests.sign-in', { minutes: Math.ceil(opened.seconds / 60) })
      return await renderSignIn(reply.header('retry-after', String(opened.seconds)), { values, summary: [{ message }] }, 429)
    }
    if (request.session !== null) await signOut(deps, request.session)
    reply.setCookie(cookies.session, opened.token, cookies.options)
    return await reply.redirect(safeReturnPath(values['next']) ?? findStartPage(opened.session), 303)
  })

  app.post('/sign-out', { config: { permission: 'own-session:end', withoutServicePoint: true } }, async (request, reply) => {
    await signOut(deps, requireSession(request))
    return await reply.clearCookie(cookies.session, cookies.options).redirect('/sign-in', 303)
  })

  app.get('/service-point', {
    config: { permission: 'own-service-point:choose', withoutServicePoint: true }, schema: { querystring: returnQuerySchema },
  }, async (request, reply) => await showServicePoints(request, reply, { values: { next: request.query.next ?? '' } }))

  app.post('/service-point', { config: { permission: 'own-service-point:choose', withoutServicePoint: true } }, async (request, reply) => {
    const session = requireSession(request)
    const form = readForm(servicePointFormSchema, request.body, servicePointFields, request.t)
    if (!form.ok) return await showServicePoints(request, reply, form, 400)
    if (!await switchServicePoint(deps, session, form.value.servicePointId)) {
      const errors = [{ path: 'servicePointId', message: 'not-your-service-point' }]
      return await showServicePoints(request, reply, describeFaults({ errors }, form.values, servicePointFields, request.t), 400)
    }
    return await reply.redirect(safeReturnPath(form.values['next']) ?? findStartPage(session), 303)
  })

  async function showServicePoints (request: FastifyRequest, reply: FastifyReply, { values, errors = {}, summary = [] }: ShownForm, status = 200): Promise<FastifyReply> {
    const session = requireSession(request)
    const own = await listStaffServicePoints(deps.db, session.staff.id)
    return await reply.page('staff/service-point', {
      choices: own.map(({ id, name }) => ({ id, label: name[request.language], checked: id === session.servicePoint?.id })),
      next: safeReturnPath(values['next']) ?? '',
      errors,
      summary,
    }, { status })
  }
}

async function renderSignIn (reply: FastifyReply, { values, errors = {}, summary = [] }: ShownForm, status = 200): Promise<FastifyReply> {
  return await reply.page('staff/sign-in', { login: values['login'] ?? '', next: safeReturnPath(values['next']) ?? '', errors, summary }, { status })
}

/** Returns the error that the form can show and rethrows any other. */
function rethrowUnlessSignInFailure (error: unknown): NotSignedIn | TooManyAttempts {
  if (error instanceof NotSignedIn || error instanceof TooManyAttempts) return error
  throw error
}
