/**
 * Accepts forms only from our own pages. Every form carries a token: a keyed hash of the browser's own cookie and, for
 * someone who is signed in, of the staff member and the service point. So one token is valid for all forms of one session
 * at one service point. A request that the browser marks as coming from another site is refused before its body is read.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotPermitted } from '../institution/errors.js'
import { type PageCookies, pageCookiesFor } from './authenticate.js'
import type { Session } from './session.js'
import { csrfTokenFor, generateToken, isCsrfTokenFor } from './tokens.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** True for a form with a token of another session, service point or browser. Such a form records nothing. */
    isFormStale: boolean
  }
  interface FastifyReply {
    /** The token for the forms of this page, in a hidden field `_csrf`. */
    generateCsrf (): string
  }
}

const tokenFormSchema = z.object({ _csrf: z.string() })

export interface CsrfDeps {
  readonly sessionKey: Buffer
  readonly publicUrl: string
  readonly randomBytes: (size: number) => Buffer
}

/** Protects every form of this scope. Register it first: `addReturnedForms` answers the forms that it marks as stale. */
export function addCsrfProtection (app: FastifyInstance, deps: CsrfDeps): void {
  const cookies = pageCookiesFor(deps.publicUrl)
  const visitors = new WeakMap<FastifyRequest, string>()

  app.decorateRequest('isFormStale', false)
  app.decorateReply('generateCsrf', function (this: FastifyReply) {
    const { request } = this
    if (request.session !== null) return csrfTokenFor(deps.sessionKey, bindToPlace(request.cookies[cookies.session]!, toPlace(request.session)))
    const visitor = request.cookies[cookies.visitor] ?? visitors.get(request) ?? generateToken(deps.randomBytes)
    if (request.cookies[cookies.visitor] === undefined && !visitors.has(request)) this.setCookie(cookies.visitor, visitor, cookies.options)
    visitors.set(request, visitor)
    return csrfTokenFor(deps.sessionKey, visitor)
  })

  app.addHook('onRequest', async request => {
    if (isUnsafeRequest(request) && isCrossSite(request.headers, request.host)) throw new NotPermitted('stale-form')
  })
  app.addHook('preValidation', async request => {
    request.isFormStale = isUnsafeRequest(request) && !hasValidCsrfToken(request, deps.sessionKey, cookies)
  })
}

/** True for a request that can change something. An unknown address has no form. */
export function isUnsafeRequest (request: FastifyRequest): boolean {
  return !request.is404 && !['GET', 'HEAD', 'OPTIONS'].includes(request.method)
}

/** Who works where: what a form is bound to, besides the browser's cookie. */
export interface FormPlace {
  readonly staffId: string
  readonly servicePointId: string | null
}

/** True when the form was rendered for this cookie, person and service point. */
export function isFormOfPlace (body: unknown, { sessionKey, cookie }: { readonly sessionKey: Buffer, readonly cookie: string }, place: FormPlace): boolean {
  const form = tokenFormSchema.safeParse(body)
  return form.success && isCsrfTokenFor(sessionKey, bindToPlace(cookie, place), form.data._csrf)
}

/** A public page may have been opened before signing in, so the visitor's token still counts there. */
function hasValidCsrfToken (request: FastifyRequest, key: Buffer, cookies: PageCookies): boolean {
  const form = tokenFormSchema.safeParse(request.body)
  if (!form.success) return false
  const session = request.session === null ? undefined : bindToPlace(request.cookies[cookies.session]!, toPlace(request.session))
  const visitor = request.routeOptions.config.public === true ? request.cookies[cookies.visitor] : undefined
  return [session, visitor].some(bound => bound !== undefined && isCsrfTokenFor(key, bound, form.data._csrf))
}

function toPlace ({ staff, servicePoint }: Session): FormPlace {
  return { staffId: staff.id, servicePointId: servicePoint?.id ?? null }
}

function bindToPlace (cookie: string, { staffId, servicePointId }: FormPlace): string {
  return [cookie, staffId, servicePointId ?? ''].join('\0')
}

// Whether a browser says that a form comes from another site. Pure.

export interface OriginHeaders {
  readonly 'sec-fetch-site'?: string | string[] | undefined
  readonly origin?: string | string[] | undefined
}

/**
 * True for a request that another site, or another host of ours, has caused. Browsers say so in `Sec-Fetch-Site`
 * (over https and on loopback), else in `Origin`. Without both headers, only the token protects.
 * @param host host and port that the request was sent to
 */
export function isCrossSite (headers: OriginHeaders, host: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin } = headers
  if (typeof origin !== 'string' || origin === 'null') return false
  return !URL.canParse(origin) || new URL(origin).host !== host
}
