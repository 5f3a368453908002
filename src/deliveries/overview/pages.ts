/** The overview on the screen: what the filters hold, added up. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Deps } from '../../app.js'
import { shortDay } from '../../i18n/moments.js'
import { addDays, institutionDay, weekdayOf } from '../../service-points/institution-day.js'
import { namesOfServicePoints } from '../../slips/show-slip.js'
import { signedIn } from '../../staff/authenticate.js'
import { filteredLink, readRecordFilter, recordFilterChoices, type ReadRecordFilter } from '../records/filter-page.js'
import { soughtBy } from '../records/list-records.js'
import { recordReading } from '../../slips/reading-event.js'
import { readFigures, type Figures } from './figures.js'
import { overviewOf } from './overview.js'

const path = '/overview'
const weeksByDefault = 12
const nothing: Figures = { issued: 0, weeks: [], channels: [], refusals: { attempts: 0, reasons: [] }, points: [] }

export const overviewPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, profile: { timeZone: zone }, now } = deps

  app.get(path, { config: { may: 'delivery-records:read' } }, async (request, reply) => {
    const read = withDefaultPeriod(readRecordFilter(request, zone), request)
    const failed = Object.keys(read.errors).length > 0
    if (!failed) await recordReading(deps, signedIn(request), 'overview-read', { filter: read.filter, format: 'page' })
    const sought = await soughtBy(db, read.filter)
    const figures = failed ? nothing : await db.transaction().execute(async trx => await readFigures(trx, sought, zone, now()))
    return await reply.page('records/overview', {
      ...await recordFilterChoices(deps, request, read),
      ...overviewOf(figures, { t: request.t, language: request.language, names: await namesOfServicePoints(deps) }),
      isEmpty: figures.issued === 0 && figures.refusals.attempts === 0,
      records: filteredLink('/delivery-records', read),
      pdf: filteredLink('/delivery-records/export', read, { format: 'pdf' }),
    }, { status: failed ? 400 : 200 })
  })

  /** Twelve whole weeks and the present one, unless somebody says otherwise. */
  function withDefaultPeriod (read: ReadRecordFilter, request: FastifyRequest): ReadRecordFilter {
    if (read.typed['from'] !== '' || read.typed['to'] !== '') return read
    const today = institutionDay(now(), zone)
    const from = addDays(today, -weekdayOf(today) - 7 * (weeksByDefault - 1))
    return { ...read, filter: { ...read.filter, from }, typed: { ...read.typed, from: shortDay(from, request.language === 'en' ? 'fi' : request.language) } }
  }
}
