/** Pages that export records as a ZIP of the file and its manifest, and report the progress. */
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

/** A loose object, because the query string also contains the filters. */
const exportQuerySchema = z.looseObject({ format: optionalQueryText, ticket: z.string().regex(/^[A-Za-z0-9-]{16,64}$/).optional().catch(undefined) })

export const exportPages: FastifyPluginAsyncZod<ExportDeps> = async (app, deps) => {
  const progress = new ExportProgressStore()

  // A HEAD request would read all records and send none.
  app.get('/delivery-records/export', {
    config: { permission: 'delivery-records:read' }, schema: { querystring: exportQuerySchema }, exposeHeadRoute: false,
  }, async (request, reply) => {
    const { format, ticket } = request.query
    const parsed = readRecordFilter(request, { zone: deps.profile.timeZone, now: deps.now() })
    const by = requireSession(request)
    if (format === undefined || (format !== 'pdf' && !Object.hasOwn(recordDownloadFormats, format))) throw new NotFound('page')
    if (Object.keys(parsed.errors).length > 0) return await reply.redirect(buildFilterLink('/delivery-records', parsed), 303)
    const tracked = ticket === undefined ? undefined : progress.startTracking(`${by.staff.id} ${ticket}`)
    const exportRequest = format === 'pdf'
      ? buildSummaryExport(deps, request, { read: parsed, names: await listServicePointNames(deps.db), progress: tracked })
      : buildRecordExport(deps, { filter: parsed.filter, ...recordDownloadFormats[format]! }, tracked)
    return await sendZip(deps, reply, { session: by, manifestPath }, exportRequest)
  })

  app.get('/delivery-records/export/progress/:ticket', {
    config: { permission: 'delivery-records:read' }, schema: { params: z.object({ ticket: z.string() }) },
  }, async request => progress.getProgress(`${requireSession(request).staff.id} ${request.params.ticket}`))
}
