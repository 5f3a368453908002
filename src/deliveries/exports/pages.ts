/** Taking records away from the pages: each a ZIP of the file and its manifest; how far it has come is told meanwhile. */
import type { FastifyPluginAsync } from 'fastify'
import { Problem } from '../../http/problems.js'
import { namesOfServicePoints } from '../../slips/show-slip.js'
import { signedIn } from '../../staff/authenticate.js'
import { summaryRequest } from '../overview/summary-request.js'
import { filteredLink, readRecordFilter } from '../records/filter-page.js'
import { recordDownloads } from './page-downloads.js'
import { ExportProgress } from './progress.js'
import { recordsRequest, sendZipped, type ExportDeps } from './send-export.js'

const ticketShape = /^[A-Za-z0-9-]{16,64}$/

export const exportPages: FastifyPluginAsync<ExportDeps> = async (app, deps) => {
  const progress = new ExportProgress()

  // A HEAD would read everything to send nothing.
  app.get('/delivery-records/export', { config: { may: 'delivery-records:read' }, exposeHeadRoute: false }, async (request, reply) => {
    const { format, ticket } = request.query as { format?: unknown, ticket?: unknown }
    const read = readRecordFilter(request, deps.profile.timeZone)
    const by = signedIn(request)
    const isKnown = typeof format === 'string' && (format === 'pdf' || Object.hasOwn(recordDownloads, format))
    if (!isKnown) throw new Problem('not-found')
    if (Object.keys(read.errors).length > 0) return await reply.redirect(filteredLink('/delivery-records', read), 303)
    const told = typeof ticket === 'string' && ticketShape.test(ticket) ? progress.begin(`${by.staff.id} ${ticket}`) : undefined
    const wished = format === 'pdf'
      ? summaryRequest(deps, request, read, await namesOfServicePoints(deps), told)
      : recordsRequest(deps, { filter: read.filter, ...recordDownloads[format]! }, told)
    return await sendZipped(deps, reply, by, wished)
  })

  app.get('/delivery-records/export/progress/:ticket', { config: { may: 'delivery-records:read' } }, async request =>
    progress.of(`${signedIn(request).staff.id} ${(request.params as { ticket: string }).ticket}`))
}
