/**
 * Finds who is behind a request. At the API: by a bearer token, of a session or of an identity system. On the pages: by a
 * cookie. Never the other way round.
 */
import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { NotSignedIn } from '../institution/errors.js'
import { logSecurityEvent } from '../monitoring/security-log.js'
import { findIdentitySystem, type IdentitySystem, type TokenKeys, type TokenMismatch } from './api-tokens.js'
import { DEVICE_LIFETIME_DAYS } from './sign-in/device-cookie.js'
import { findSession } from './session-store.js'
import type { Session } from './session.js'
import { createTokenNetworkCheck } from './token-networks.js'

declare module 'fastify' {
  interface FastifyRequest {
    session: Session | null
    /** At the API, for a request with an identity system's token. */
    identitySystem: IdentitySystem | null
  }
}

/** Gives every request the properties that authentication fills in. */
export function decorateRequests (app: FastifyInstance): void {
  app.decorateRequest('session', null)
  app.decorateRequest('identitySystem', null)
}

export interface AuthenticationDeps extends TokenKeys {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
  readonly publicUrl: string
  readonly now: () => Date
}

/** Gives every request of this scope its `session` or, at the API, its `identitySystem`; null where there is none. */
export function addAuthentication (app: FastifyInstance, deps: AuthenticationDeps, clientType: Session['clientType']): void {
  const cookie = pageCookiesFor(deps.publicUrl).session
  const tokenOf = clientType === 'api' ? readBearerToken : (request: FastifyRequest) => request.cookies[cookie]
  const findNewNetwork = createTokenNetworkCheck(deps)
  app.addHook('onRequest', async request => {
    const token = tokenOf(request)
    if (token === undefined) return
    const findBySession = async () => {
      const onBindingMismatch = (session: string, staff: string) => { logSecurityEvent(request.log, { event: 'security.session-binding-mismatch', session, staff, clientType }) }
      request.session = await findSession(deps.db, { token, sessionKey: deps.sessionKey, clientType, now: deps.now(), onBindingMismatch }) ?? null
    }
    const onTokenMismatch = (id: string, reason: TokenMismatch) => { logSecurityEvent(request.log, { event: 'security.token-binding-mismatch', token: id, reason }) }
    const findByToken = async () => {
      request.identitySystem = await findIdentitySystem({ ...deps, onTokenMismatch }, token) ?? null
      const network = request.identitySystem === null ? undefined : await findNewNetwork({ tokenId: request.identitySystem.id, address: request.ip })
      if (network !== undefined) logSecurityEvent(request.log, { event: 'security.token-network-changed', token: request.identitySystem!.id, network })
    }
    if (clientType === 'page') return await findBySession()
    // On the routes of identity systems, their tokens are looked up first. A token of the other kind is found too: 403, not 401.
    const [likely, otherwise] = request.routeOptions.config.scope === undefined ? [findBySession, findByToken] : [findByToken, findBySession]
    await likely()
    if (request.session === null && request.identitySystem === null) await otherwise()
  })
}

/** @throws {NotSignedIn} */
export function requireIdentitySystem (request: FastifyRequest): IdentitySystem {
  if (request.identitySystem === null) throw new NotSignedIn()
  return request.identitySystem
}

/** @throws {NotSignedIn} */
export function requireSession (request: FastifyRequest): Session {
  if (request.session === null) throw new NotSignedIn()
  return request.session
}

function readBearerToken (request: FastifyRequest): string | undefined {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

// The pages' cookies: one carries the session, one binds forms to the visitor's browser, one says who has signed in with it.

export interface PageCookies {
  readonly session: string
  readonly visitor: string
  readonly device: string
  readonly options: CookieSerializeOptions
  /** Only the sign-in form reads the device cookie, and signing out does not delete it. */
  readonly deviceOptions: CookieSerializeOptions
}

/** Over https the `__Host-` prefix prevents other hosts of the domain from setting the cookie; plain http cannot have it. */
export function pageCookiesFor (publicUrl: string): PageCookies {
  const secure = publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  return {
    session: `${prefix}slipdesk`,
    visitor: `${prefix}slipdesk-visitor`,
    device: `${prefix}slipdesk-device`,
    options: { path: '/', httpOnly: true, sameSite: 'lax', secure },
    deviceOptions: { path: '/', httpOnly: true, sameSite: 'strict', secure, maxAge: DEVICE_LIFETIME_DAYS * 24 * 60 * 60 },
  }
}
