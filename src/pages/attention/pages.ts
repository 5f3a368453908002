/** The route that settles an alert. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { NotFound } from '../../institution/errors.js'
import { settleCodeAlert } from '../../slips/code-alerts.js'
import { requireSession } from '../../staff/authenticate.js'
import { renderSearchPage } from '../account-search/page.js'
import type { AttentionPanelDeps } from './panel.js'

export const attentionPages: FastifyPluginAsyncZod<AttentionPanelDeps> = async (app, deps) => {
  const { db, now } = deps

  app.post('/code-alerts/:id/settle', {
    config: { permission: 'code-alerts:settle', form: { action: 'settle-alert', show: async (request, reply) => await renderSearchPage(deps, request, reply) } },
    schema: { params: z.object({ id: z.string() }) },
  }, async (request, reply) => {
    const id = z.guid().safeParse(request.params.id)
    if (!id.success) throw new NotFound('code-alert')
    try {
      await settleCodeAlert(db, id.data, requireSession(request), now())
    } catch (error) {
      // Another agent was faster, or the button was pressed twice. The alert is settled in any case.
      if (!(error instanceof NotFound)) throw error
    }
    return await reply.redirect('/accounts', 303)
  })

  app.get('/code-alerts/:id/settle', { config: { permission: 'code-alerts:settle' } }, async (_request, reply) => await reply.redirect('/accounts', 303))
}
