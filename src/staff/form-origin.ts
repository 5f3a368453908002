/** Whether a browser says that a form comes from another site. Pure. */

export interface OriginHeaders {
  readonly 'sec-fetch-site'?: string | string[] | undefined
  readonly origin?: string | string[] | undefined
}

/**
 * True for a request that another site, or another host of ours, has caused. Browsers say it in
 * `Sec-Fetch-Site` (over https and on loopback), else in `Origin`; who says neither is left to the token.
 * @param host host and port that the request was sent to
 */
export function isCrossSite (headers: OriginHeaders, host: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin } = headers
  if (typeof origin !== 'string' || origin === 'null') return false
  return !URL.canParse(origin) || new URL(origin).host !== host
}
