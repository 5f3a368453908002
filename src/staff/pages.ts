/** Signing in, choosing the service point, signing out. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeFaults, type FormFields, optionalQueryText, readForm, type ShownForm } from '../http/forms.js'
import { CLEAR_AT_SIGN_OUT } from '../http/security-headers.js'
import { formatTime } from '../i18n/formatters.js'
import { NotSignedIn, PasswordChangeRequired, TooManyAttempts } from '../institution/errors.js'
import { readFormValues } from '../institution/input.js'
import { listStaffServicePoints } from '../service-points/queries.js'
import { pageCookiesFor, requireSession } from './authenticate.js'
import { type FormAction, formActionSchema } from './bound-form.js'
import { addDevice } from './sign-in/device-cookie.js'
import { findKeptForm } from './kept-forms.js'
import { findStartPage } from './menu.js'
import { safeReturnPath } from './return-path.js'
import type { ShowKeptForm } from './returned-forms.js'
import { servicePointFormSchema, signInSchema } from './schemas.js'
import { signIn, type SignInDeps, signOut, switchServicePoint } from './sign-in/sign-in.js'
import { hashSessionToken } from './tokens.js'

const returnQuerySchema = z.object({ next: optionalQueryText })
const signInQuerySchema = returnQuerySchema.extend({ unrecorded: formActionSchema })
const signInFormSchema = signInSchema.omit({ servicePointId: true })
const signInFields: FormFields = { labels: { login: 'staff.signIn.login', password: 'staff.signIn.password' } }
const servicePointFields: FormFields = { labels: { servicePointId: 'staff.servicePoint.legend' } }

export interface SignInPagesDeps extends SignInDeps {
  readonly publicUrl: string
  readonly profile: { readonly timeZone: string }
}

export const signInPages: FastifyPluginAsyncZod<SignInPagesDeps & { readonly showKeptForm: ShowKeptForm }> = async (app, deps) => {
  const cookies = pageCookiesFor(deps.publicUrl)

  app.get('/', { config: { permission: 'own-session:end', withoutServicePoint: true } }, async (request, reply) =>
    await reply.redirect(findStartPage(requireSession(request)), 303))

  app.get('/sign-in', { config: { public: true }, schema: { querystring: signInQuerySchema } }, async (request, reply) => {
    const { next = '', unrecorded = '' } = request.query
    if (request.session !== null) return await reply.redirect(safeReturnPath(next) ?? findStartPage(request.session), 303)
    return await renderSignIn(reply, { values: { next, unrecorded } })
  })

  app.post('/sign-in', { config: { public: true, form: { action: 'sign-in', show: showSignInAgain } } }, async (request, reply) => {
    const form = readForm(signInFormSchema, request.body, signInFields, request.t)
    if (!form.ok) return await renderSignIn(reply, form, 400)
    const { value, values } = form
    const opened = await signIn({ ...deps, logger: request.log }, { ...value, clientType: 'page', address: request.ip, deviceCookie: request.cookies[cookies.device], earlierTokenHash: hashEarlierToken(request) }).catch(rethrowUnlessSignInFailure)
    if (opened instanceof NotSignedIn) {
      return await renderSignIn(reply, { values, summary: [{ path: 'login', message: request.t('problems.not-signed-in.wrong-login') }] }, 401)
    }
    if (opened instanceof PasswordChangeRequired) {
      return await renderSignIn(reply, { values, summary: [{ path: 'password', message: request.t('problems.password-change-required.ended') }] }, 401)
    }
    if (opened instanceof TooManyAttempts) {
      const message = request.t('problems.too-many-requests.sign-in', { minutes: Math.ceil(opened.seconds / 60) })
      return await renderSignIn(reply.header('retry-after', String(opened.seconds)), { values, summary: [{ message }] }, 429)
    }
    if (request.session !== null) await signOut(deps, request.session)
    reply.setCookie(cookies.session, opened.token, cookies.options)
    reply.setCookie(cookies.device, addDevice(request.cookies[cookies.device], value.login, { ...deps, now: deps.now() }), cookies.deviceOptions)
    return await reply.redirect(safeReturnPath(values['next']) ?? findStartPage(opened.session), 303)
  })

  app.post('/sign-out', { config: { permission: 'own-session:end', withoutServicePoint: true, withoutOwnPassword: true, form: 'not-returned' } }, async (request, reply) => {
    await signOut(deps, requireSession(request))
    return await reply.clearCookie(cookies.session, cookies.options).header('clear-site-data', CLEAR_AT_SIGN_OUT).redirect('/sign-in', 303)
  })

  app.get('/service-point', {
    config: { permission: 'own-service-point:choose', withoutServicePoint: true }, schema: { querystring: returnQuerySchema },
  }, async (request, reply) => await showServicePoints(request, reply, { values: { next: request.query.next ?? '' } }))

  app.post('/service-point', {
    config: { permission: 'own-service-point:choose', withoutServicePoint: true, form: { action: 'choose-service-point', show: showServicePointsAgain } },
  }, async (request, reply) => {
    const session = requireSession(request)
    const form = readForm(servicePointFormSchema, request.body, servicePointFields, request.t)
    if (!form.ok) return await showServicePoints(request, reply, form, 400)
    const proof = { token: request.cookies[cookies.session]!, sessionKey: deps.sessionKey }
    if (!await switchServicePoint(deps, session, proof, form.value.servicePointId)) {
      const errors = [{ path: 'servicePointId', message: 'not-your-service-point' }]
      return await showServicePoints(request, reply, describeFaults({ errors }, form.values, servicePointFields, request.t), 400)
    }
    return await reply.redirect(safeReturnPath(form.values['next']) ?? findStartPage(session), 303)
  })

  app.get('/returned-form', { config: { permission: 'own-session:end' }, schema: { querystring: z.object({ page: optionalQueryText }) } }, async (request, reply) => {
    const session = requireSession(request)
    const page = safeReturnPath(request.query.page) ?? findStartPage(session)
    const kept = await findKeptForm(deps.db, session, deps.now())
    if (kept === undefined) return await reply.redirect(page, 303)
    if (kept.servicePointId !== null && kept.servicePointId !== session.servicePoint?.id) {
      return await reply.page('staff/returned-form', {
        servicePoint: kept.servicePoint?.name[request.language] ?? kept.servicePointId,
        until: formatTime(kept.keptUntil, deps.profile.timeZone),
        here: request.url,
        page,
      }, { status: 409 })
    }
    return await (deps.showKeptForm(request, reply, kept, session) ?? reply.redirect(page, 303))
  })

  async function showServicePoints (request: FastifyRequest, reply: FastifyReply, shown: ShownForm, status = 200): Promise<FastifyReply> {
    return await renderServicePoints(deps, request, reply, { ...shown, status })
  }

  async function showServicePointsAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await showServicePoints(request, reply, { values: readFormValues(request.body) })
  }

  function hashEarlierToken (request: FastifyRequest): Buffer | undefined {
    const token = request.cookies[cookies.session]
    return token === undefined ? undefined : hashSessionToken(deps.sessionKey, token)
  }
}

async function showSignInAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await renderSignIn(reply, { values: readFormValues(request.body) })
}

/** Renders the choice of a service point. */
export async function renderServicePoints (
  deps: Pick<SignInDeps, 'db'>, request: FastifyRequest, reply: FastifyReply, { values, errors = {}, summary = [], status = 200 }: ShownForm & { readonly status?: number }
): Promise<FastifyReply> {
  const session = requireSession(request)
  const own = await listStaffServicePoints(deps.db, session.staff.id)
  return await reply.page('staff/service-point', {
    choices: own.map(({ id, name }) => ({ id, label: name[request.language], checked: id === session.servicePoint?.id })),
    next: safeReturnPath(values['next']) ?? '',
    errors,
    summary,
  }, { status })
}

async function renderSignIn (reply: FastifyReply, { values, errors = {}, summary = [] }: ShownForm, status = 200): Promise<FastifyReply> {
  const next = safeReturnPath(values['next']) ?? ''
  const unrecorded: FormAction | undefined = formActionSchema.parse(values['unrecorded'])
  return await reply.page('staff/sign-in', { login: values['login'] ?? '', next, unrecorded, isFormKept: next.startsWith('/returned-form'), errors, summary }, { status })
}

/** Returns the error that the form can show and rethrows any other. */
function rethrowUnlessSignInFailure (error: unknown): NotSignedIn | PasswordChangeRequired | TooManyAttempts {
  if (error instanceof NotSignedIn || error instanceof PasswordChangeRequired || error instanceof TooManyAttempts) return error
  throw error
}
