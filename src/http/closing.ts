/** Lets the process end as soon as the last request is answered. */
import type { FastifyInstance } from 'fastify'

/**
 * Ends each connection with its last answer once the application is closing. `forceCloseConnections` ends only those
 * that are idle when closing begins; a connection that is kept alive after that would hold up the end of the process.
 */
export function endConnectionsWhenClosing (app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => { isClosing = true })
  app.addHook('onSend', async (_request, reply) => { if (isClosing) reply.header('connection', 'close') })
  // The header was sent before closing began, as in a long export.
  app.addHook('onResponse', async () => { if (isClosing) app.server.closeIdleConnections() })
}
