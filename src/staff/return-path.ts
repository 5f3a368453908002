/** The local addresses to which signing in and choosing a service point lead. */
import type { FastifyRequest } from 'fastify'
import { boundFormOf, nameAction } from './bound-form.js'

const PLACEHOLDER_ORIGIN = 'http://slipdesk.invalid'
const signInPaths = ['/sign-in', '/sign-out', '/service-point']

/**
 * Returns the local path that `next` names, or undefined: only a path of this site, never a disguised other host
 * (`//host`, `/\host`, `/.//host`, tabs), and never a page of signing in.
 */
export function safeReturnPath (next: unknown): string | undefined {
  if (typeof next !== 'string' || next.length > 2000 || !/^\/[!-[\]-~]*$/.test(next) || !URL.canParse(next, PLACEHOLDER_ORIGIN)) return undefined
  const url = new URL(next, PLACEHOLDER_ORIGIN)
  if (url.origin !== PLACEHOLDER_ORIGIN || url.pathname.startsWith('//') || signInPaths.includes(url.pathname)) return undefined
  return url.pathname + url.search
}

/** Returns the page of this request that can be requested with GET; undefined for the start page. */
export function toReturnPath (request: FastifyRequest): string | undefined {
  const path = request.url.split('?')[0]!
  const fetched = request.method === 'GET' ? request.url : request.server.hasRoute({ method: 'GET', url: request.routeOptions.url ?? '' }) ? path : undefined
  return fetched === '/' ? undefined : fetched
}

/** Returns the sign-in page that leads to `next` and, for a form, says what was not recorded. */
export function toSignInPath (request: FastifyRequest, next: string | undefined): string {
  const form = request.method === 'POST' ? boundFormOf(request) : undefined
  return toPath('/sign-in', { next, unrecorded: form && nameAction(request, form) })
}

/** Builds a path with those parameters that have a value. */
export function toPath (path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString()
  return query === '' ? path : `${path}?${query}`
}
