/** A minimal browser: stores cookies, follows no redirects and sends the CSRF token with each form. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

export interface PageClient {
  readonly cookies: Map<string, string>
  get (url: string): Promise<LightMyRequestResponse>
  /** Posts a form with the CSRF token of the last fetched page, unless the form has its own. */
  post (url: string, form: Record<string, string | string[]>, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  /** Posts a form with a file, as `post` does. */
  upload (url: string, file: { field: string, name: string, content: string | Buffer }, form?: Record<string, string>): Promise<LightMyRequestResponse>
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
  const upload: PageClient['upload'] = async (url, { field, name, content }, form = {}) => {
    const boundary = 'a-boundary-between-fields'
    const part = (disposition: string, value: string | Buffer) => Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`), Buffer.from(value as string), Buffer.from('\r\n')])
    const fields = Object.entries({ _csrf: token, ...form }).map(([key, value]) => part(`name="${key}"`, value))
    return storeCookies(await app.inject({
      method: 'POST',
      url,
      payload: Buffer.concat([...fields, part(`name="${field}"; filename="${name}"`, content), Buffer.from(`--${boundary}--\r\n`)]),
      cookies: Object.fromEntries(cookies),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    }))
  }
  const signIn: PageClient['signIn'] = async (login, password = 'demo-slipdesk-2026') => {
    await get('/sign-in')
    return await post('/sign-in', { login, password })
  }
  return { cookies, get, post, upload, signIn }
}
