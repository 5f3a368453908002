/** The route that settles an alert. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../database/schema.js'
import { NotFound } from '../../institution/errors.js'
import { settleCodeAlert } from '../../slips/code-alerts.js'
import { requireSession } from '../../staff/authenticate.js'

export interface AttentionPagesDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

export const attentionPages: FastifyPluginAsyncZod<AttentionPagesDeps> = async (app, { db, now }) => {
  app.post('/code-alerts/:id/settle', { config: { permission: 'code-alerts:settle' }, schema: { params: z.object({ id: z.string() }) } }, async (request, reply) => {
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
