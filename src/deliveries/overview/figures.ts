/** Reads the figures of the overview for a filter. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { type Channel, channels, type SlipState } from '../../institution/vocabulary.js'
import { addDays } from '../../service-points/institution-day.js'
import { stateAtSql } from '../../slips/slip-filter.js'
import { countRefusalReasons } from '../records/list-refusals.js'
import { facetCondition, periodCondition, type ResolvedFilter } from '../records/record-filter.js'
import { type PatternFigures, readPatterns } from './patterns.js'

export interface WeekCounts {
  /** The Monday of the week, `YYYY-MM-DD`. */
  readonly monday: string
  readonly counts: Readonly<Record<Channel, number>>
  readonly total: number
}

/** The figures of a channel. `median` and `ninetieth` are seconds from issue to handover, or null if no slip was handed over. */
export interface ChannelFigures {
  readonly channel: Channel
  readonly issued: number
  readonly handedOver: number
  readonly median: number | null
  readonly ninetieth: number | null
  /** Slips that expired before they were handed over. */
  readonly uncollected: number
  readonly returned: number
}

export interface Figures {
  readonly issued: number
  /** All weeks without gaps, earliest first. */
  readonly weeks: readonly WeekCounts[]
  readonly channels: readonly ChannelFigures[]
  /** The number of refused attempts, and their reasons, most frequent first. */
  readonly refusals: { readonly attempts: number, readonly reasons: ReadonlyArray<{ readonly code: string, readonly count: number }> }
  /** The service points that issued the most slips. */
  readonly points: ReadonlyArray<{ readonly id: string, readonly count: number }>
  readonly patterns: readonly PatternFigures[]
}

interface SlipGroup { readonly monday: string, readonly channel: Channel, readonly state: SlipState, readonly point: string, readonly handed_over: boolean, readonly count: number }

const MAX_SERVICE_POINTS = 8

/** Reads the figures in the caller's transaction. This takes seconds for all records, and far less for three months. */
export async function readFigures (trx: Kysely<Database>, filter: ResolvedFilter, zone: string, now: Date): Promise<Figures> {
  const groups = await countGroups(trx, filter, zone, now)
  const times = await readDeliveryTimes(trx, filter, zone, now)
  const sum = (of: readonly SlipGroup[]) => of.reduce((total, { count }) => total + count, 0)
  const points = [...new Set(groups.map(({ point }) => point))].map(id => ({ id, count: sum(groups.filter(({ point }) => point === id)) }))
  return {
    issued: sum(groups),
    weeks: countByWeek(groups),
    channels: channels.map(channel => {
      const own = groups.filter(group => group.channel === channel)
      const time = times.find(one => one.channel === channel)
      return {
        channel,
        issued: sum(own),
        handedOver: sum(own.filter(({ handed_over: done }) => done)),
        median: time?.median ?? null,
        ninetieth: time?.ninetieth ?? null,
        uncollected: sum(own.filter(({ state, handed_over: done }) => state === 'expired' && !done)),
        returned: sum(own.filter(({ state }) => state === 'returned')),
      }
    }).filter(({ issued }) => issued > 0),
    refusals: await countRefusalReasons(trx, filter, zone),
    points: points.toSorted((a, b) => b.count - a.count || a.id.localeCompare(b.id)).slice(0, MAX_SERVICE_POINTS),
    patterns: await readPatterns(trx, filter, zone, now),
  }
}

async function countGroups (trx: Kysely<Database>, filter: ResolvedFilter, zone: string, now: Date): Promise<SlipGroup[]> {
  const { rows } = await sql<SlipGroup>`select to_char(date_trunc('week', record.issued_at at time zone ${zone}), 'YYYY-MM-DD') as monday, slips.channel, ${stateAtSql(now)} as state,
      slips.service_point_id as point, record.handed_over_at is not null as handed_over, count(*) as count
    from delivery_records as record join slips on slips.id = record.slip_id
    where ${periodCondition(filter, zone)} and ${facetCondition(filter, now)}
    group by 1, 2, 3, 4, 5`.execute(trx)
  return rows
}

async function readDeliveryTimes (trx: Kysely<Database>, filter: ResolvedFilter, zone: string, now: Date) {
  const { rows } = await sql<{ channel: Channel, median: number, ninetieth: number }>`select slips.channel,
      percentile_cont(0.5) within group (order by extract(epoch from record.handed_over_at - record.issued_at)) as median,
      percentile_cont(0.9) within group (order by extract(epoch from record.handed_over_at - record.issued_at)) as ninetieth
    from delivery_records as record join slips on slips.id = record.slip_id
    where record.handed_over_at is not null and slips.channel <> 'counter' and ${periodCondition(filter, zone)} and ${facetCondition(filter, now)}
    group by 1`.execute(trx)
  return rows
}

function countByWeek (groups: readonly SlipGroup[]): WeekCounts[] {
  const mondays = groups.map(({ monday }) => monday).sort()
  const weeks: WeekCounts[] = []
  for (let monday = mondays[0]; monday !== undefined && monday <= mondays.at(-1)!; monday = addDays(monday, 7)) {
    const own = groups.filter(group => group.monday === monday)
    const counts = Object.fromEntries(channels.map(channel => [channel, own.reduce((sum, group) => sum + (group.channel === channel ? group.count : 0), 0)])) as Record<Channel, number>
    weeks.push({ monday, counts, total: Object.values(counts).reduce((a, b) => a + b, 0) })
  }
  return weeks
}
