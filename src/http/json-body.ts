/** Bodies at the API: JSON, or nothing at all from a client that says `application/json` on every call. */
import type { FastifyInstance } from 'fastify'

/** An empty body is none; a route that needs one says so field by field. */
export function acceptEmptyJson (app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, body as string, done)
  })
}
