/** The filters of slip lists, for the API and the pages. */
import { type ExpressionBuilder, type ExpressionWrapper, type RawBuilder, sql, type SqlBool } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database/schema.js'
import { channels, type SlipState, slipStates } from '../institution/vocabulary.js'
import { addDays, zonedTimeToDate } from '../service-points/institution-day.js'

const offsetDateTime = z.iso.datetime({ offset: true })
/** An unescaped `+` in a URL is decoded as a space. This restores the `+` of the offset. */
const offsetDateTimeWithLostPlus = z.string().regex(/ \d{2}:\d{2}$/).transform(text => text.replace(/ (?=\d{2}:\d{2}$)/, '+')).pipe(offsetDateTime)
const timestampFilter = z.union([offsetDateTimeWithLostPlus, z.iso.date(), offsetDateTime], 'no-such-moment')

/** Makes a filter optional and treats an empty value as no filter, as in `?state=&channel=`. */
export function optionalUnlessBlank<S extends z.ZodType> (schema: S) {
  return z.literal('').transform(() => undefined).or(schema).optional()
}

export const slipFilterFields = {
  state: optionalUnlessBlank(z.enum(slipStates)),
  channel: optionalUnlessBlank(z.enum(channels)),
  servicePointId: optionalUnlessBlank(z.string().regex(/^[a-z0-9-]{1,60}$/, 'no-such-service-point')).describe('The service point that issued the slip, or the porter’s desk that it goes to'),
  accountId: optionalUnlessBlank(z.guid('no-such-account')),
  from: optionalUnlessBlank(timestampFilter).describe('Issued at or after: a day of the institution, or RFC 3339'),
  to: optionalUnlessBlank(timestampFilter).describe('Issued before this moment, or on this day at the latest'),
}

export type SlipFilter = z.output<z.ZodObject<typeof slipFilterFields>>

/** Returns the period as dates: `from` is inclusive, `before` is exclusive. */
export function resolvePeriod ({ from, to }: Pick<SlipFilter, 'from' | 'to'>, zone: string): { from?: Date, before?: Date } {
  return {
    ...(from === undefined ? {} : { from: isDateOnly(from) ? zonedTimeToDate(from, '00:00', zone) : new Date(from) }),
    ...(to === undefined ? {} : { before: isDateOnly(to) ? zonedTimeToDate(addDays(to, 1), '00:00', zone) : new Date(to) }),
  }
}

/** Returns true if the period ends before it begins. A period of one day is valid. */
export function isPeriodReversed (filter: Pick<SlipFilter, 'from' | 'to'>, zone: string): boolean {
  const { from, before } = resolvePeriod(filter, zone)
  return from !== undefined && before !== undefined && before <= from
}

type SlipsAndDeliveries = ExpressionBuilder<Database, 'slips' | 'deliveries'>

/** Builds the filter as a condition on `slips` joined with `deliveries`. */
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

/** Builds the SQL of `stateAt`: an open slip past its end is expired, whatever state its row has. Needs the table `slips`. */
export function stateAtSql (now: Date): RawBuilder<SlipState> {
  return sql<SlipState>`case when slips.ended_at is null and slips.expires_at <= ${now} then 'expired' else slips.state end`
}
