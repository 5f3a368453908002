/**
 * Keeps activation codes out of addresses. The QR code of a slip has the code in the fragment, which browsers do not
 * send; apps that escape `#`, and people who paste a code into a search box, send it nevertheless.
 */
import type { FastifyInstance } from 'fastify'
import { languages } from '../i18n/locales.js'
import { containsActivationCode } from '../institution/typed-symbols.js'

/** The parameter of an address from which a code was removed. The page says so. */
export const REMOVED_PARAMETER = 'removed'

/** Leads every page request with a code in its address to a clean one. Register it before all other hooks of the pages. */
export function addCodeRemoval (app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return
    const clean = findCleanAddress(request.url, request.is404 ? undefined : request.routeOptions.url)
    if (clean === undefined) return
    return await reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).redirect(clean, 303)
  })
}

// Finds the clean address. Pure.

/** `/activate` with anything behind it, in any case, also below a language. */
export const activationPath = /^[/\\]*(?:[a-z]{2}[/\\]+)?activate/i
const activationRoutes: readonly string[] = ['/activate', '/activate/done']
const preferenceValues: Readonly<Record<string, readonly string[]>> = { language: languages, lang: languages, theme: ['auto', 'light', 'dark'] }

/**
 * Returns the address without the code; undefined if the address is clean. A code in a path leads to the activation page.
 * @param url path and query as they were sent
 * @param route the pattern of the page's route; undefined for an unknown path
 */
export function findCleanAddress (url: string, route: string | undefined): string | undefined {
  const [rawPath = '', ...rest] = url.split(/[?#]/)
  const path = decodeRepeatedly(rawPath)
  const query = [...new URLSearchParams(rest.join('&'))]
  if (route === undefined) {
    return activationPath.test(path) || holdsCode(path) || query.some(isCodeParameter) ? '/activate' : undefined
  }
  if (/[:*]/.test(route) && holdsCode(path)) return '/activate'
  if (activationRoutes.includes(route)) return query.every(isPreference) ? undefined : '/activate'
  const kept = query.filter(parameter => !isCodeParameter(parameter))
  if (kept.length === query.length) return undefined
  const { pathname } = new URL(`http://local${rawPath}`)
  return `${pathname.replace(/^\/+/, '/')}?${new URLSearchParams([...kept.filter(([name]) => name !== REMOVED_PARAMETER), [REMOVED_PARAMETER, 'code']]).toString()}`
}

function isPreference ([name, value]: readonly [string, string]): boolean {
  return preferenceValues[name]?.includes(value) === true
}

function isCodeParameter (parameter: readonly [string, string]): boolean {
  return parameter.some(text => containsActivationCode(decodeRepeatedly(text)))
}

function holdsCode (path: string): boolean {
  return containsActivationCode(path) || path.split('/').some(containsActivationCode)
}

/** Decodes a text that was percent-encoded once or several times. */
function decodeRepeatedly (text: string): string {
  let decoded = text
  for (let times = 0; times < 4 && decoded.includes('%'); times++) {
    // What cannot be decoded as a whole may have parts that can.
    decoded = decoded.replace(/(?:%[0-9a-f]{2})+/gi, encoded => {
      try {
        return decodeURIComponent(encoded)
      } catch {
        return encoded
      }
    })
  }
  return decoded
}
