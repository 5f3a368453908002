/** Delivery records on the screen: filtered, counted, in order; each leads to its story. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { shownName, shownUsername } from '../../accounts/erased.js'
import type { Deps } from '../../app.js'
import { momentInWords } from '../../i18n/moments.js'
import type { Localised } from '../../institution/words.js'
import { readSlips, type SlipRow } from '../../slips/queries.js'
import { namesOfServicePoints } from '../../slips/show-slip.js'
import { signedIn } from '../../staff/authenticate.js'
import { attentionPanel } from '../attention-panel.js'
import { pageDownloads } from '../exports/page-downloads.js'
import { filteredLink, readRecordFilter, recordFilterChoices, type ReadRecordFilter } from './filter-page.js'
import { countRecords, listRecords, type RecordSort } from './list-records.js'
import { recordReading } from '../../slips/reading-event.js'

const aPage = 50
const path = '/delivery-records'

export const deliveryRecordsPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, profile, now } = deps
  const zone = profile.timeZone

  app.get(path, { config: { may: 'delivery-records:read' } }, async (request, reply) => {
    const read = readRecordFilter(request, zone)
    const failed = Object.keys(read.errors).length > 0
    const isStart = Object.keys(request.query as object).length === 0
    const shown = failed ? noRecords : await recordsShown(read)
    if (!failed) await recordReading(deps, signedIn(request), 'delivery-records-read', { filter: read.filter, format: 'page' })
    const names = await namesOfServicePoints(deps)
    return await reply.page('records/list', {
      attention: isStart ? await attentionPanel(deps, request) : undefined,
      ...await recordFilterChoices(deps, request, read),
      ...shown,
      downloads: pageDownloads,
      sorts: { issued: sortLinks(read, 'newest', 'oldest'), number: sortLinks(read, 'number', 'number-down') },
      records: shown.slips.map(slip => line(slip, zone, request, names)),
      next: shown.next && filteredLink(path, read, { cursor: shown.next }),
      first: read.cursor && filteredLink(path, read),
      overview: filteredLink('/overview', { ...read, sort: 'newest' }),
      refusals: filteredLink('/delivery-records/refusals', { sort: 'newest', typed: { from: read.typed['from']!, to: read.typed['to']! } }),
    }, { status: failed ? 400 : 200 })
  })

  async function recordsShown ({ filter, sort, cursor }: ReadRecordFilter) {
    const page = await listRecords(db, { filter, sort, cursor, limit: aPage }, zone, now())
    return {
      ...await countRecords(db, filter, zone, now()),
      next: page.next,
      slips: await readSlips(db, page.items.map(item => item.slip_id), now()),
    }
  }
}

const noRecords = { count: 0, more: false, next: undefined, slips: [] }

/** A heading that sorts: how the list stands by it now, and where the next press leads. */
function sortLinks (read: ReadRecordFilter, first: RecordSort, second: RecordSort) {
  const now = read.sort === first || read.sort === second
  const ascending = read.sort === 'oldest' || read.sort === 'number'
  return {
    sort: now ? (ascending ? 'ascending' : 'descending') : undefined,
    href: filteredLink(path, { ...read, sort: read.sort === first ? second : first }),
  }
}

function line (slip: SlipRow, zone: string, { t, language }: Pick<FastifyRequest, 't' | 'language'>, names: ReadonlyMap<string, Localised>) {
  return {
    slipNumber: slip.number,
    username: shownUsername(slip.username),
    displayName: shownName(t, slip.display_name),
    affiliation: slip.affiliation,
    channel: slip.channel,
    state: slip.state,
    issuedAt: momentInWords(slip.issued_at, zone, language),
    issuedBy: slip.issued_by_name,
    servicePoint: names.get(slip.service_point_id)?.[language] ?? slip.service_point_id,
    documents: [...new Set(slip.steps.flatMap(step => step.document_type ?? []))],
  }
}
