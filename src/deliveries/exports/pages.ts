/** Taking records away from the pages: each a ZIP of the file and its manifest; how far it has come is told meanwhile. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { optionalQueryText } from '../../http/forms.js'
import { NotFound } from '../../institution/errors.js'
import { listServicePointNames } from '../../service-points/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import { buildFilterLink, readRecordFilter } from '../records/filter-form.js'
import { manifestPath } from './api.js'
import { recordDownloadFormats } from './formats.js'
import { ExportProgressStore } from './running-exports.js'
import { buildRecordExport, buildSummaryExport, type ExportDeps, sendZip } from './send-export.js'

/** Loose, because the filters stand in the same address. */
const exportQuerySchema = z.looseObject({ format: optionalQueryText, ticket: z.string().regex(/^[A-Za-z0-9-]{16,64}$/).optional().catch(undefined) })

export const exportPages: FastifyPluginAsyncZod<ExportDeps> = async (app, deps) => {
  const progress = new ExportProgressStore()

  // A HEAD would read everything to send nothing.
  app.get('/delivery-records/export', {
    config: { permission: 'delivery-records:read' }, schema: { querystring: exportQuerySchema }, exposeHeadRoute: false,
  }, async (request, reply) => {
    const { format, ticket } = request.query
    const read = readRecordFilter(request, deps.profile.timeZone)
    const by = requireSession(request)
    if (format === undefined || (format !== 'pdf' && !Object.hasOwn(recordDownloadFormats, format))) throw new NotFound('page')
    if (Object.keys(read.errors).length > 0) return await reply.redirect(buildFilterLink('/delivery-records', read), 303)
    const tracked = ticket === undefined ? undefined : progress.startTracking(`${by.staff.id} ${ticket}`)
    const wanted = format === 'pdf'
      ? buildSummaryExport(deps, request, { read, names: await listServicePointNames(deps.db), progress: tracked })
      : buildRecordExport(deps, { filter: read.filter, ...recordDownloadFormats[format]! }, tracked)
    return await sendZip(deps, reply, { session: by, manifestPath }, wanted)
  })

  app.get('/delivery-records/export/progress/:ticket', {
    config: { permission: 'delivery-records:read' }, schema: { params: z.object({ ticket: z.string() }) },
  }, async request => progress.getProgress(`${requireSession(request).staff.id} ${request.params.ticket}`))
}
