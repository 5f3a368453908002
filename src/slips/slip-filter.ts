/** What lists of slips are filtered by, at the API and on the pages. */
import { type ExpressionBuilder, type ExpressionWrapper, type RawBuilder, sql, type SqlBool } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database/schema.js'
import { channels, type SlipState, slipStates } from '../institution/vocabulary.js'
import { addDays, zonedTimeToDate } from '../service-points/institution-day.js'

const offsetDateTime = z.iso.datetime({ offset: true })
/** In an address an unescaped `+` is a space: the offset is read as it was meant. */
const offsetDateTimeWithLostPlus = z.string().regex(/ \d{2}:\d{2}$/).transform(text => text.replace(/ (?=\d{2}:\d{2}$)/, '+')).pipe(offsetDateTime)
const timestampFilter = z.union([offsetDateTimeWithLostPlus, z.iso.date(), offsetDateTime], 'no-such-moment')

/** An empty filter is none: `?state=&channel=` asks for everything. */
export function optionalUnlessBlank<S extends z.ZodType> (schema: S) {
  return z.literal('').transform(() => undefined).or(schema).optional()
}

export const slipFilterFields = {
  state: optionalUnlessBlank(z.enum(slipStates)),
  channel: optionalUnlessBlank(z.enum(channels)),
  servicePointId: optionalUnlessBlank(z.string().regex(/^[a-z0-9-]{1,60}$/, 'no-such-service-point')).describe('Where it was issued, or the porter’s desk that it goes to'),
  accountId: optionalUnlessBlank(z.guid('no-such-account')),
  from: optionalUnlessBlank(timestampFilter).describe('Issued at or after: a day of the institution, or RFC 3339'),
  to: optionalUnlessBlank(timestampFilter).describe('Issued before this moment, or on this day at the latest'),
}

export type SlipFilter = z.output<z.ZodObject<typeof slipFilterFields>>

/** The bounds in time, as moments: `from` inclusive, `before` exclusive. */
export function resolvePeriod ({ from, to }: Pick<SlipFilter, 'from' | 'to'>, zone: string): { from?: Date, before?: Date } {
  return {
    ...(from === undefined ? {} : { from: isDateOnly(from) ? zonedTimeToDate(from, '00:00', zone) : new Date(from) }),
    ...(to === undefined ? {} : { before: isDateOnly(to) ? zonedTimeToDate(addDays(to, 1), '00:00', zone) : new Date(to) }),
  }
}

/** True when the period ends before it begins; a period of one day does not. */
export function isPeriodReversed (filter: Pick<SlipFilter, 'from' | 'to'>, zone: string): boolean {
  const { from, before } = resolvePeriod(filter, zone)
  return from !== undefined && before !== undefined && before <= from
}

type SlipsAndDeliveries = ExpressionBuilder<Database, 'slips' | 'deliveries'>

/** The filter as a condition over `slips` joined with `deliveries`. */
export function buildSlipCondition (eb: SlipsAndDeliveries, filter: SlipFilter, zone: string, now: Date): ExpressionWrapper<Database, 'slips' | 'deliveries', SqlBool> {
  const { from, before } = resolvePeriod(filter, zone)
  return eb.and([
    ...(filter.state === undefined ? [] : [eb(stateAtSql(now), '=', filter.state)]),
    ...(filter.channel === undefined ? [] : [eb('slips.channel', '=', filter.channel)]),
    ...(filter.servicePointId === undefined
      ? []
      : [eb.or([eb('slips.service_point_id', '=', filter.servicePointId), eb('deliveries.porter_service_point_id', '=', filter.servicePointId)])]),
    ...(filter.accountId === undefined ? [] : [eb('slips.account_id', '=', filter.accountId)]),
    ...(from === undefined ? [] : [eb('slips.issued_at', '>=', from)]),
    ...(before === undefined ? [] : [eb('slips.issued_at', '<', before)]),
  ])
}

function isDateOnly (text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text)
}

// The state as of a moment, in SQL: the same as `stateAt`, for filters and lists.

/** An open slip past its end is expired whatever its row says. Expects the table `slips` in the query. */
export function stateAtSql (now: Date): RawBuilder<SlipState> {
  return sql<SlipState>`case when slips.ended_at is null and slips.expires_at <= ${now} then 'expired' else slips.state end`
}
