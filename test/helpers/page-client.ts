/** A minimal browser: stores cookies, follows no redirects and sends the CSRF token with each form. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

export interface PageClient {
  readonly cookies: Map<string, string>
  get (url: string): Promise<LightMyRequestResponse>
  /** Posts a form with the CSRF token of the last fetched page, unless the form has its own. */
  post (url: string, form: Record<string, string | string[]>, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  /** Fetches the sign-in page and signs in. */
  signIn (login: string, password?: string): Promise<LightMyRequestResponse>
}

export function createPageClient (app: FastifyInstance): PageClient {
  const cookies = new Map<string, string>()
  let token = ''
  function storeCookies (answer: LightMyRequestResponse): LightMyRequestResponse {
    for (const cookie of answer.cookies) {
      if (cookie.value === '') cookies.delete(cookie.name)
      else cookies.set(cookie.name, cookie.value)
    }
    token = /name="_csrf" value="([^"]*)"/.exec(answer.body)?.[1] ?? token
    return answer
  }
  const get: PageClient['get'] = async url => storeCookies(await app.inject({ url, cookies: Object.fromEntries(cookies) }))
  const post: PageClient['post'] = async (url, form, headers = {}) => {
    const body = new URLSearchParams(Object.entries({ _csrf: token, ...form }).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value])))
    return storeCookies(await app.inject({
      method: 'POST',
      url,
      payload: body.toString(),
      cookies: Object.fromEntries(cookies),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    }))
  }
  const signIn: PageClient['signIn'] = async (login, password = 'demo-slipdesk-2026') => {
    await get('/sign-in')
    return await post('/sign-in', { login, password })
  }
  return { cookies, get, post, signIn }
}
