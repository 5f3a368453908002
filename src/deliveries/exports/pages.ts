/** Taking records away from the pages: each a ZIP of the file and its manifest; how far it has come is told meanwhile. */
import type { FastifyPluginAsync } from 'fastify'
import { Problem } from '../../http/problems.js'
import { listServicePointNames } from '../../service-points/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import { buildFilterLink, readRecordFilter } from '../records/filter-form.js'
import { recordDownloadFormats } from './formats.js'
import { ExportProgressStore } from './running-exports.js'
import { buildRecordExport, buildSummaryExport, type ExportDeps, sendZip } from './send-export.js'

const ticketPattern = /^[A-Za-z0-9-]{16,64}$/

export const exportPages: FastifyPluginAsync<ExportDeps> = async (app, deps) => {
  const progress = new ExportProgressStore()

  // A HEAD would read everything to send nothing.
  app.get('/delivery-records/export', { config: { permission: 'delivery-records:read' }, exposeHeadRoute: false }, async (request, reply) => {
    const { format, ticket } = request.query as { format?: unknown, ticket?: unknown }
    const read = readRecordFilter(request, deps.profile.timeZone)
    const by = requireSession(request)
    const isKnown = typeof format === 'string' && (format === 'pdf' || Object.hasOwn(recordDownloadFormats, format))
    if (!isKnown) throw new Problem('not-found')
    if (Object.keys(read.errors).length > 0) return await reply.redirect(buildFilterLink('/delivery-records', read), 303)
    const told = typeof ticket === 'string' && ticketPattern.test(ticket) ? progress.startTracking(`${by.staff.id} ${ticket}`) : undefined
    const wished = format === 'pdf'
      ? buildSummaryExport(deps, request, read, await listServicePointNames(deps.db), told)
      : buildRecordExport(deps, { filter: read.filter, ...recordDownloadFormats[format]! }, told)
    return await sendZip(deps, reply, by, wished)
  })

  app.get('/delivery-records/export/progress/:ticket', { config: { permission: 'delivery-records:read' } }, async request =>
    progress.getProgress(`${requireSession(request).staff.id} ${(request.params as { ticket: string }).ticket}`))
}
