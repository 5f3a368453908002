/** API routes for auditors: delivery records as a stream, and the manifest of an export. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Conflict, InvalidInput, NotFound } from '../../institution/errors.js'
import { isPeriodReversed } from '../../slips/slip-filter.js'
import { requireSession } from '../../staff/authenticate.js'
import { deliveryRecordSchema } from '../records/delivery-record.js'
import { recordFilterFields } from '../records/record-filter.js'
import { contentTypes, recordFormats } from './formats.js'
import { findManifest, manifestSchema } from './manifest.js'
import { type ExportDeps, sendRecords } from './send-export.js'

const { accountId: _ofOneAccount, ...filters } = recordFilterFields
const querySchema = z.strictObject({
  ...filters,
  format: z.enum(recordFormats).default('json'),
  delimiter: z.enum([',', ';']).default(',').describe('For CSV'),
  bom: z.stringbool().default(false).describe('For CSV: a byte order mark, so that Excel reads UTF-8'),
})

/** Returns the path of an export's manifest. */
export function manifestPath (exportId: string): string {
  return `/api/v1/delivery-records/exports/${exportId}`
}

export const deliveryRecordsApi: FastifyPluginAsyncZod<ExportDeps> = async (app, deps) => {
  app.get('/delivery-records', {
    config: { permission: 'delivery-records:read' },
    // A HEAD request would read all records and send none.
    exposeHeadRoute: false,
    schema: {
      tags: ['Delivery records'],
      summary: 'Delivery records, newest first, as a stream',
      description: 'One record for each slip, with all its steps. In CSV and XLSX, one cell contains the steps. `Link` names the export’s manifest, ' +
        'which exists after the last byte has been sent. A file is incomplete if its rows or its SHA-256 differ from the manifest. A user can run up to four exports at the same time.',
      querystring: querySchema,
      response: {
        200: {
          description: 'The filtered records, as a stream',
          content: {
            'application/json': { schema: z.object({ items: z.array(deliveryRecordSchema) }) },
            'text/csv': { schema: z.string().describe('RFC 4180, with a header line') },
            'application/x-ndjson': { schema: z.string().describe('One delivery record per line, as JSON') },
            [contentTypes.xlsx]: { schema: z.string().describe('A workbook; times are in the institution’s time zone') },
          },
        },
      },
    },
  }, async (request, reply) => {
    const { format, delimiter, bom, ...filter } = request.query
    if (isPeriodReversed(filter, deps.profile.timeZone)) {
      throw new InvalidInput([{ path: 'to', message: 'period-ends-before-it-begins' }])
    }
    return await sendRecords(deps, reply, { session: requireSession(request), manifestPath }, { filter, format, dialect: { delimiter, byteOrderMark: bom } })
  })

  app.get('/delivery-records/exports/:id', {
    config: { permission: 'delivery-records:read' },
    schema: {
      tags: ['Delivery records'],
      summary: 'The manifest of an export',
      description: 'The filter, who exported and when, the number of rows, the first and last sequence of the audit log, its checkpoint, and the file’s SHA-256.',
      params: z.object({ id: z.uuid() }),
      response: { 200: manifestSchema },
    },
  }, async request => {
    const manifest = await findManifest(deps.db, request.params.id)
    if (manifest === undefined) throw new NotFound('export')
    if (manifest === null) throw new Conflict('export-incomplete')
    return manifest
  })
}
