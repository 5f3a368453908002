/**
 * Returns a form that was not accepted because it belongs to another session or service point. Nothing is recorded: the
 * form comes back with what was typed, without identity ticks, and the page says who is signed in and where. A form whose
 * session has ended is kept, and comes back after the same person has signed in again at the same service point.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import type { z } from 'zod'
import type { Database } from '../database/schema.js'
import type { ReturnReason } from '../http/fastify-types.js'
import { NotPermitted } from '../institution/errors.js'
import { networkOf } from '../institution/network-address.js'
import { logSecurityEvent } from '../monitoring/security-log.js'
import { pageCookiesFor } from './authenticate.js'
import { type BoundForm, boundFormOf, type FormAction, nameAction } from './bound-form.js'
import { isFormOfPlace, isUnsafeRequest } from './csrf.js'
import { shouldChooseServicePoint } from './guard.js'
import { findPastSession, keepForm, KEPT_FORM_MAX_BYTES, type KeptForm, type PastSession, type TypedFields } from './kept-forms.js'
import { hasPermission, type Permission } from './permissions.js'
import { toPath, toReturnPath, toSignInPath } from './return-path.js'
import type { Session } from './session.js'
import { hashSessionToken } from './tokens.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** For a form without a session: the session that it came from. */
    pastSession: PastSession | null
  }
}

export interface ReturnedFormsDeps {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
  readonly publicUrl: string
  readonly now: () => Date
  /** True for a text that contains an activation code, which is not shown again. */
  readonly isSecret: (text: string) => boolean
  /** Shows the choice of a service point instead of the form, which comes back afterwards. */
  readonly showServicePoints: (request: FastifyRequest, reply: FastifyReply, next: string) => Promise<FastifyReply>
}

/** Shows a kept form again. @returns undefined where it has no page for this session */
export type ShowKeptForm = (request: FastifyRequest, reply: FastifyReply, kept: KeptForm, session: Session) => Promise<FastifyReply> | undefined

/** Returns the forms of this scope. Register it between authentication and guard. */
export function addReturnedForms (app: FastifyInstance, deps: ReturnedFormsDeps): { showKeptForm: ShowKeptForm } {
  const cookieName = pageCookiesFor(deps.publicUrl).session
  const routes = new Map<string, FormRoute>()

  app.decorateRequest('pastSession', null)
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    if (method !== 'POST' || config?.form === undefined || config.form === 'not-returned') return
    routes.set(url, { form: config.form, permission: config.permission, params: schema?.params })
  })
  app.addHook('onRequest', async request => {
    const cookie = request.cookies[cookieName]
    if (request.session === null && cookie !== undefined && canBeKept(request)) {
      request.pastSession = await findPastSession(deps.db, hashSessionToken(deps.sessionKey, cookie)) ?? null
    }
  })
  app.addHook('preValidation', async (request, reply) => {
    if (!request.isFormStale) return
    const form = boundFormOf(request)
    if (form === undefined) throw new NotPermitted('stale-form')
    logSecurityEvent(request.log, { event: 'security.form-refused', reason: 'stale', method: request.method, route: request.routeOptions.url, staff: request.session?.staff.id, network: networkOf(request.ip) })
    const body = removeUnrepeatable(request.body, deps.isSecret)
    if (request.pastSession !== null) return await reply.redirect(await keepOfPastSession(request, request.pastSession, body), 303)
    if (request.session !== null && shouldChooseServicePoint(request, request.session)) {
      await keep(request, { sessionId: request.session.id, servicePointId: null }, body)
      markAsReturned(request, form, 'stale')
      return await deps.showServicePoints(request, reply, toKeptFormPath(request))
    }
    request.body = body
  })
  app.addHook('preHandler', async (request, reply) => {
    const form = boundFormOf(request)
    if (!request.isFormStale || form === undefined) return
    markAsReturned(request, form, request.session === null ? 'visitor' : 'stale')
    return await form.show(request, reply)
  })

  /** Keeps the form under the session that it came from. @returns the address of the sign-in page */
  async function keepOfPastSession (request: FastifyRequest, past: PastSession, body: TypedFields): Promise<string> {
    const cookie = request.cookies[cookieName]!
    const places = [past.servicePointId, null, ...past.ownServicePointIds]
    const servicePointId = places.find(id => isFormOfPlace(request.body, { sessionKey: deps.sessionKey, cookie }, { staffId: past.staffId, servicePointId: id }))
    const isKept = servicePointId !== undefined && await keep(request, { sessionId: past.id, servicePointId }, body)
    return toSignInPath(request, isKept ? toKeptFormPath(request) : toReturnPath(request))
  }

  async function keep (request: FastifyRequest, place: { readonly sessionId: string, readonly servicePointId: string | null }, body: TypedFields): Promise<boolean> {
    return await keepForm(deps.db, { ...place, route: request.routeOptions.url!, params: request.params, body }, deps.now())
  }

  function showKeptForm (request: FastifyRequest, reply: FastifyReply, kept: KeptForm, session: Session): Promise<FastifyReply> | undefined {
    const route = routes.get(kept.route)
    if (route?.permission === undefined || !hasPermission(session.staff.roles, route.permission)) return undefined
    request.params = parseParams(route, kept.params)
    request.body = kept.body
    markAsReturned(request, route.form, 'restored')
    return route.form.show(request, reply)
  }

  return { showKeptForm }
}

interface FormRoute {
  readonly form: BoundForm
  readonly permission: Permission | undefined
  readonly params: unknown
}

/** Only forms of private pages are kept. A larger one is not even read. */
function canBeKept (request: FastifyRequest): boolean {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  return isUnsafeRequest(request) && request.routeOptions.config.public !== true && boundFormOf(request) !== undefined &&
    isForm && Number(request.headers['content-length'] ?? KEPT_FORM_MAX_BYTES + 1) <= KEPT_FORM_MAX_BYTES
}

/** The next person, or the same one at another time, has to confirm these again. */
const confirmations = new Set([...['noExpiry', 'photoMatches', 'nameMatches', 'nameMatchesAlone', 'birthDateMatches'].map(tick => `identityCheck.${tick}`), 'sure'])
const confirmedActions: readonly FormAction[] = ['issue', 'hand-over', 'erase-holder']

/** Returns the fields that may be shown again: no passwords, tokens, confirmations of an identity check, or codes. */
function removeUnrepeatable (body: unknown, isSecret: (text: string) => boolean): TypedFields {
  const repeatable = Object.entries(body ?? {}).filter(([name]) => !/^(?:password|_csrf$)/.test(name) && !confirmations.has(name))
  return Object.fromEntries(repeatable.flatMap(([name, value]: [string, unknown]) => {
    const texts = [value].flat().filter(text => typeof text === 'string').map(text => isSecret(text) ? '' : text)
    return texts.length === 0 ? [] : [[name, Array.isArray(value) ? texts : texts[0]!]]
  }))
}

function markAsReturned (request: FastifyRequest, form: BoundForm, reason: ReturnReason): void {
  const action = nameAction(request, form)
  request.returnedForm = { reason, action, needsConfirmation: confirmedActions.includes(action), status: reason === 'restored' ? 200 : 403 }
}

function parseParams ({ params }: FormRoute, kept: unknown): unknown {
  return params === undefined ? kept : (params as z.ZodType).parse(kept)
}

function toKeptFormPath (request: FastifyRequest): string {
  return toPath('/returned-form', { page: toReturnPath(request) })
}
