/** Where a sign-in leads afterwards. Pure. */

const PLACEHOLDER_ORIGIN = 'http://slipdesk.invalid'
const signInPaths = ['/sign-in', '/sign-out', '/service-point']

/**
 * The local path that `next` names, or undefined: only a path of this site, never another host in any
 * disguise (`//host`, `/\host`, `/.//host`, tabs), and never back into signing in.
 */
export function safeReturnPath (next: unknown): string | undefined {
  if (typeof next !== 'string' || next.length > 2000 || !/^\/[!-[\]-~]*$/.test(next) || !URL.canParse(next, PLACEHOLDER_ORIGIN)) return undefined
  const url = new URL(next, PLACEHOLDER_ORIGIN)
  if (url.origin !== PLACEHOLDER_ORIGIN || url.pathname.startsWith('//') || signInPaths.includes(url.pathname)) return undefined
  return url.pathname + url.search
}
