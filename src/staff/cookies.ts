/** The pages' two cookies: one carries the session, one tells a visitor's forms from a stranger's. */
import type { CookieSerializeOptions } from '@fastify/cookie'

export interface PageCookies {
  readonly session: string
  readonly visitor: string
  readonly options: CookieSerializeOptions
}

/** Over https the `__Host-` prefix keeps neighbours on the domain from planting a cookie; plain http cannot have it. */
export function pageCookiesFor (publicUrl: string): PageCookies {
  const secure = publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  return {
    session: `${prefix}slipdesk`,
    visitor: `${prefix}slipdesk-visitor`,
    options: { path: '/', httpOnly: true, sameSite: 'lax', secure },
  }
}
