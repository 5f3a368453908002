/** Pages for anyone: the API in words, and the accessibility statement. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Language } from '../../institution/vocabulary.js'
import { buildApiReference } from './api-reference.js'
import type { OpenApiDocument } from './document.js'
import { API_PREFIX, type OpenApiDeps } from './api.js'

export const docsPages: FastifyPluginAsync<Pick<OpenApiDeps, 'profile'>> = async (app, { profile }) => {
  const calls = new Map<Language, Promise<string>>()

  /** The calls as HTML, made once a language: anyone may ask, so asking costs no more than another page. */
  async function callsIn ({ language, t }: FastifyRequest): Promise<string> {
    const made = calls.get(language) ?? app.view('docs/calls', { t, ...buildApiReference(app.swagger() as unknown as OpenApiDocument, API_PREFIX, t) })
    calls.set(language, made)
    return await made
  }

  app.get('/docs', { config: { public: true } }, async (request, reply) =>
    await reply.page('docs/api', { base: API_PREFIX, calls: await callsIn(request) }))

  app.get('/accessibility', { config: { public: true } }, async (_request, reply) =>
    await reply.page('accessibility', { contact: profile.contact }))
}
