/** Delivery records on the screen: filtered, counted, in order; each leads to its story. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatHolderName, formatUsername } from '../../accounts/erasure-markers.js'
import { formatDateTime } from '../../i18n/formatters.js'
import { refusalCodes } from '../../institution/refusals.js'
import { channels, type Localised, prohibitedChannels } from '../../institution/vocabulary.js'
import { listServicePointNames } from '../../service-points/queries.js'
import { recordAccess } from '../../slips/access-events.js'
import { buildPagerLinks, loadFilterOptions, parseFilter, periodFields } from '../../slips/pages/slip-list.js'
import { listSlipsById, type SlipDetails } from '../../slips/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import { buildAttentionPanel } from '../attention/panel.js'
import { pageDownloadFormats } from '../exports/formats.js'
import { buildFilterLink, loadRecordFilterOptions, readRecordFilter, type ReadRecordFilter, type RecordPagesDeps } from './filter-form.js'
import { countRecords, listIssuers, listRecords, type RecordSort } from './list-records.js'
import { countRefusals, listRefusals, refusalFilterFields } from './list-refusals.js'

const RECORDS_PAGE_SIZE = 50
const RECORDS_PATH = '/delivery-records'

export const deliveryRecordsPages: FastifyPluginAsync<RecordPagesDeps> = async (app, deps) => {
  const { db, profile, now } = deps
  const zone = profile.timeZone

  app.get('/delivery-records', { config: { permission: 'delivery-records:read' } }, async (request, reply) => {
    const read = readRecordFilter(request, zone)
    const failed = Object.keys(read.errors).length > 0
    const isStart = Object.keys(request.query as object).length === 0
    const shown = failed ? emptyResult : await recordsShown(read)
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

  async function recordsShown ({ filter, sort, cursor }: ReadRecordFilter) {
    const page = await listRecords(db, { filter, sort, cursor, limit: RECORDS_PAGE_SIZE }, zone, now())
    return {
      ...await countRecords(db, filter, zone, now()),
      next: page.next,
      slips: await listSlipsById(db, page.items.map(item => item.slip_id), now()),
    }
  }
}

const emptyResult = { count: 0, more: false, next: undefined, slips: [] }

/** A heading that sorts: how the list stands by it now, and where the next press leads. */
function buildSortLinks (read: ReadRecordFilter, first: RecordSort, second: RecordSort) {
  const now = read.sort === first || read.sort === second
  const ascending = read.sort === 'oldest' || read.sort === 'number'
  return {
    sort: now ? (ascending ? 'ascending' : 'descending') : undefined,
    href: buildFilterLink(RECORDS_PATH, { ...read, sort: read.sort === first ? second : first }),
  }
}

function toRecordRow (slip: SlipDetails, zone: string, { t, language }: Pick<FastifyRequest, 't' | 'language'>, names: ReadonlyMap<string, Localised>) {
  return {
    slipNumber: slip.number,
    username: formatUsername(slip.username),
    displayName: formatHolderName(t, slip.display_name),
    affiliation: slip.affiliation,
    channel: slip.channel,
    state: slip.state,
    issuedAt: formatDateTime(slip.issued_at, zone, language),
    issuedBy: slip.issued_by_name,
    servicePoint: names.get(slip.service_point_id)?.[language] ?? slip.service_point_id,
    documents: [...new Set(slip.steps.flatMap(step => step.document_type ?? []))],
  }
}

// The list of refused attempts.

const REFUSALS_PAGE_SIZE = 50
const refusalFilterSchema = z.object({ ...refusalFilterFields, ...periodFields })

export const refusalsPages: FastifyPluginAsync<RecordPagesDeps> = async (app, deps) => {
  const { db, profile: { timeZone: zone } } = deps

  app.get('/delivery-records/refusals', { config: { permission: 'delivery-records:read' } }, async (request, reply) => {
    const read = parseFilter(refusalFilterSchema, request, zone)
    const failed = Object.keys(read.errors).length > 0
    if (!failed) await recordAccess(deps, requireSession(request), 'refusals-read', { filter: read.filter, format: 'page' })
    const page = failed ? { items: [], next: undefined } : await listRefusals(db, { filter: read.filter, limit: REFUSALS_PAGE_SIZE, cursor: read.cursor }, zone)
    const names = await listServicePointNames(db)
    return await reply.page('records/refusals', {
      ...await loadFilterOptions(db, request.language, read),
      ...failed ? { count: 0, more: false } : await countRefusals(db, read.filter, zone),
      channels: [...channels, ...prohibitedChannels],
      reasons: refusalCodes,
      agents: (await listIssuers(db)).map(({ login, name }) => ({ value: login, label: name })),
      attempts: page.items.map(({ at, service_point: point, ...attempt }) => ({
        ...attempt,
        display_name: attempt.display_name === null ? null : formatHolderName(request.t, attempt.display_name),
        username: attempt.username === null ? null : formatUsername(attempt.username),
        at: formatDateTime(at, zone, request.language),
        servicePoint: point === null ? undefined : names.get(point)?.[request.language] ?? point,
      })),
      ...buildPagerLinks('/delivery-records/refusals', read, page.next),
    }, { status: failed ? 400 : 200 })
  })
}
