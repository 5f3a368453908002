/** The porter's doors: the desk, the scan, and behind them one envelope, receiving several, counting. */
import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../../app.js'
import { countPages } from './count-pages.js'
import { buildDeskPage } from './desk-page.js'
import { envelopePages } from './envelope-pages.js'
import { receivePages } from './receive-pages.js'
import { lookUpScan } from './scan-field.js'

export const porterPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  app.get('/porter', { config: { may: 'envelopes:keep' } }, async (request, reply) =>
    await reply.page('porter/desk', await buildDeskPage(deps, request)))

  // Posted, although it only looks: what is scanned by mistake may hold a code, and an address is kept in many places.
  app.post('/porter/scan', { config: { may: 'envelopes:keep' } }, async (request, reply) => {
    const scan = await lookUpScan(deps, request)
    if (scan.slip !== undefined) return await reply.redirect(`/porter/envelopes/${scan.slip.number}`, 303)
    return await reply.page('porter/desk', await buildDeskPage(deps, request, scan.field), { status: scan.status })
  })
  app.get('/porter/scan', { config: { may: 'envelopes:keep' } }, async (_request, reply) => await reply.redirect('/porter', 303))

  await app.register(envelopePages, deps)
  await app.register(receivePages, deps)
  await app.register(countPages, deps)
}
