/** The page of delivery records, filtered and sorted. On an auditor's start page it also shows what needs attention. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { formatBothNames, formatUsername } from '../../accounts/erasure-markers.js'
import { formatDateTime } from '../../i18n/formatters.js'
import type { Localised } from '../../institution/vocabulary.js'
import { listServicePointNames } from '../../service-points/queries.js'
import { recordAccess } from '../../slips/access-events.js'
import { listSlipsById, type SlipDetails } from '../../slips/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import { buildAttentionPanel } from '../attention/panel.js'
import { pageDownloadFormats } from '../../deliveries/exports/formats.js'
import { buildFilterLink, loadRecordFilterOptions, readRecordFilter, type ParsedRecordFilter, type RecordPagesDeps } from '../../deliveries/records/filter-form.js'
import { countRecords, listRecords, type RecordSort } from '../../deliveries/records/list-records.js'

const RECORDS_PAGE_SIZE = 50
const RECORDS_PATH = '/delivery-records'

export const deliveryRecordsPages: FastifyPluginAsync<RecordPagesDeps> = async (app, deps) => {
  const { db, profile, now } = deps
  const zone = profile.timeZone

  app.get('/delivery-records', { config: { permission: 'delivery-records:read' } }, async (request, reply) => {
    const read = readRecordFilter(request, { zone, now: now() })
    const failed = Object.keys(read.errors).length > 0
    const isStart = Object.keys(request.query ?? {}).length === 0
    const shown = failed ? emptyResult : await loadRecords(read)
    if (!failed) await recordAccess(deps, requireSession(request), 'delivery-records-read', { filter: read.filter, format: 'page' })
    const names = await listServicePointNames(db)
    return await reply.page('records/list', {
      attention: isStart ? await buildAttentionPanel(deps, request) : undefined,
      ...await loadRecordFilterOptions(db, request, read),
      ...shown,
      downloads: pageDownloadFormats,
      sorts: { issued: buildSortLinks(read, 'newest', 'oldest'), number: buildSortLinks(read, 'number', 'number-down') },
      records: shown.slips.map(slip => toRecordRow(slip, zone, request, names)),
      next: shown.next && buildFilterLink(RECORDS_PATH, read, { cursor: shown.next }),
      first: read.cursor && buildFilterLink(RECORDS_PATH, read),
      overview: buildFilterLink('/overview', { ...read, sort: 'newest' }),
      refusals: buildFilterLink('/delivery-records/refusals', { sort: 'newest', typed: { from: read.typed['from']!, to: read.typed['to']! } }),
    }, { status: failed ? 400 : 200 })
  })

  async function loadRecords ({ filter, sort, cursor }: ParsedRecordFilter) {
    const page = await listRecords(db, { filter, sort, cursor, limit: RECORDS_PAGE_SIZE }, zone, now())
    return {
      ...await countRecords(db, filter, zone, now()),
      next: page.next,
      slips: await listSlipsById(db, page.items.map(item => item.slip_id), now()),
    }
  }
}

const emptyResult = { count: 0, more: false, next: undefined, slips: [] }

/** Builds a sortable column heading: the current direction, and the link that changes it. */
function buildSortLinks (read: ParsedRecordFilter, first: RecordSort, second: RecordSort) {
  const isCurrent = read.sort === first || read.sort === second
  const ascending = read.sort === 'oldest' || read.sort === 'number'
  return {
    sort: isCurrent ? (ascending ? 'ascending' : 'descending') : undefined,
    href: buildFilterLink(RECORDS_PATH, { ...read, sort: read.sort === first ? second : first }),
  }
}

function toRecordRow (slip: SlipDetails, zone: string, { t, language }: Pick<FastifyRequest, 't' | 'language'>, names: ReadonlyMap<string, Localised>) {
  return {
    slipNumber: slip.number,
    username: formatUsername(slip.username),
    displayName: formatBothNames(t, slip),
    affiliation: slip.affiliation,
    channel: slip.channel,
    state: slip.state,
    issuedAt: formatDateTime(slip.issued_at, zone, language),
    issuedBy: slip.issued_by_name,
    servicePoint: names.get(slip.service_point_id)?.[language] ?? slip.service_point_id,
    documents: [...new Set(slip.steps.flatMap(step => step.document_type ?? []))],
  }
}
