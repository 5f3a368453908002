/** Where a sign-in leads afterwards. Pure. */

const nowhere = 'http://slipdesk.invalid'
const signingPages = ['/sign-in', '/sign-out', '/service-point']

/**
 * The local path that `next` names, or undefined: only a path of this site, never another host in any
 * disguise (`//host`, `/\host`, `/.//host`, tabs), and never back into signing in.
 */
export function safeNext (next: unknown): string | undefined {
  if (typeof next !== 'string' || next.length > 2000 || !/^\/[!-[\]-~]*$/.test(next) || !URL.canParse(next, nowhere)) return undefined
  const url = new URL(next, nowhere)
  if (url.origin !== nowhere || url.pathname.startsWith('//') || signingPages.includes(url.pathname)) return undefined
  return url.pathname + url.search
}
