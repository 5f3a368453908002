/** Public pages: the API reference and the accessibility statement. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Language } from '../../institution/vocabulary.js'
import { buildApiReference } from './api-reference.js'
import { asOpenApiDocument } from './document.js'
import { API_PREFIX, type OpenApiDeps } from './api.js'

export const docsPages: FastifyPluginAsync<Pick<OpenApiDeps, 'profile'>> = async (app, { profile }) => {
  const renderedCalls = new Map<Language, Promise<string>>()

  /** Renders the calls of the API as HTML, once per language, because rendering is slow and the page is public. */
  async function renderCalls ({ language, t }: FastifyRequest): Promise<string> {
    const rendered = renderedCalls.get(language) ?? app.view('docs/calls', { t, ...buildApiReference(asOpenApiDocument(app.swagger()), API_PREFIX, t) })
    renderedCalls.set(language, rendered)
    return await rendered
  }

  app.get('/docs', { config: { public: true } }, async (request, reply) =>
    await reply.page('docs/api', { base: API_PREFIX, calls: await renderCalls(request) }))

  app.get('/accessibility', { config: { public: true } }, async (_request, reply) =>
    await reply.page('accessibility', { contact: profile.contact }))
}
