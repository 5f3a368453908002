/** The page with the overview of the filtered records. */
import type { FastifyPluginAsync } from 'fastify'
import { formatTypedDate } from '../../i18n/formatters.js'
import { addDays, institutionDay, weekdayIndex } from '../../service-points/institution-day.js'
import { listServicePointNames } from '../../service-points/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import { buildFilterLink, readRecordFilter, loadRecordFilterOptions, type ParsedRecordFilter, type RecordPagesDeps } from '../records/filter-form.js'
import { resolveFilter } from '../records/list-records.js'
import { recordAccess } from '../../slips/access-events.js'
import { readFigures, type Figures } from './figures.js'
import { buildOverview } from './build-overview.js'

const DEFAULT_WEEKS = 12
const emptyFigures: Figures = { issued: 0, weeks: [], channels: [], refusals: { attempts: 0, reasons: [] }, points: [], patterns: [] }

export const overviewPages: FastifyPluginAsync<RecordPagesDeps> = async (app, deps) => {
  const { db, profile, now } = deps
  const zone = profile.timeZone

  app.get('/overview', { config: { permission: 'delivery-records:read' } }, async (request, reply) => {
    const read = withDefaultPeriod(readRecordFilter(request, { zone, now: now() }))
    const failed = Object.keys(read.errors).length > 0
    if (!failed) await recordAccess(deps, requireSession(request), 'overview-read', { filter: read.filter, format: 'page' })
    const resolved = await resolveFilter(db, read.filter)
    const figures = failed ? emptyFigures : await db.transaction().execute(async trx => await readFigures(trx, resolved, zone, now()))
    const overview = buildOverview(figures, { t: request.t, language: request.language, names: await listServicePointNames(db), profile })
    return await reply.page('records/overview', {
      ...await loadRecordFilterOptions(db, request, read),
      ...overview,
      patterns: {
        ...overview.patterns,
        columns: (['pattern', 'how', 'slips', 'newest'] as const).map(name => ({ label: request.t(`overview.patterns.${name}`), number: name === 'slips' })),
        items: overview.patterns.items.map(item => ({ ...item, href: buildFilterLink('/delivery-records', read, { pattern: item.pattern }) })),
      },
      isEmpty: figures.issued === 0 && figures.refusals.attempts === 0,
      records: buildFilterLink('/delivery-records', read),
      pdf: buildFilterLink('/delivery-records/export', read, { format: 'pdf' }),
    }, { status: failed ? 400 : 200 })
  })

  /** By default, the current week and the twelve weeks before it. */
  function withDefaultPeriod (read: ParsedRecordFilter): ParsedRecordFilter {
    if (read.typed['from'] !== '' || read.typed['to'] !== '') return read
    const today = institutionDay(now(), zone)
    const from = addDays(today, -weekdayIndex(today) - 7 * (DEFAULT_WEEKS - 1))
    return { ...read, filter: { ...read.filter, from }, typed: { ...read.typed, from: formatTypedDate(from) } }
  }
}
