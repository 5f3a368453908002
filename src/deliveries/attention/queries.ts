/** Finds envelopes and counts that need attention, for the start pages. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { AttentionCutoffs, NextCollectionTimes, UndeliveredEnvelope } from './rules.js'

export interface LateEnvelope extends UndeliveredEnvelope {
  readonly number: string
  /** The service point that issued the slip. */
  readonly office: string
  readonly expires_at: Date
  readonly ended_at: Date | null
}

export interface LateEnvelopes {
  readonly items: readonly LateEnvelope[]
  /** The number of all late envelopes, including those beyond the limit. */
  readonly count: number
}

export interface LateEnvelopeQuery {
  readonly cutoffs: AttentionCutoffs
  readonly nextCollections: NextCollectionTimes
  readonly ownOffice: string
  readonly limit: number
}

/** Lists envelopes that need attention: those of the user's office first, then by the last moment to collect them. */
export async function listLateEnvelopes (db: Kysely<Database>, { cutoffs, nextCollections, ownOffice, limit }: LateEnvelopeQuery): Promise<LateEnvelopes> {
  const { overdueBefore, reminderBefore, reportExpiredSince } = cutoffs
  const rows = await db.selectFrom('deliveries')
    .innerJoin('slips', 'slips.id', 'deliveries.slip_id')
    .leftJoin('slip_steps as dispatch', join => join.onRef('dispatch.slip_id', '=', 'slips.id').on('dispatch.step', '=', 'dispatch'))
    .select(['slips.number', 'slips.service_point_id as office', 'slips.expires_at', 'slips.ended_at', 'dispatch.at as dispatched_at'])
    .select(eb => [
      eb.ref('deliveries.envelope_at').$castTo<LateEnvelope['place']>().as('place'),
      eb.ref('deliveries.porter_service_point_id').$notNull().as('desk'),
      eb.ref('deliveries.collect_by').$notNull().as('collect_by'),
      sql<LateEnvelope['ended']>`case when slips.state in ('voided', 'locked') then slips.state end`.as('ended'),
      sql<number>`(count(*) over ())::int`.as('count'),
    ])
    .where('deliveries.channel', '=', 'porter')
    // Literals instead of parameters, so that PostgreSQL can use the partial index of undelivered envelopes.
    .where(sql<boolean>`deliveries.envelope_at in ('office', 'on-the-way', 'desk')`)
    .where(eb => {
      const hasLeft = eb('deliveries.envelope_at', '<>', 'office')
      const notReceived = eb.and([eb('deliveries.envelope_at', '=', 'on-the-way'), eb('dispatch.at', '<', overdueBefore)])
      const closedUntilEnd = [...nextCollections].map(([desk, opens]) => eb.and([
        eb('deliveries.porter_service_point_id', '=', desk),
        ...opens === undefined ? [] : [eb('deliveries.collect_by', '<=', opens)],
      ]))
      return eb.or([
        eb.and([eb('slips.state', 'in', ['voided', 'locked']), hasLeft, eb('slips.ended_at', '<', overdueBefore)]),
        eb.and([
          eb('slips.state', 'not in', ['voided', 'locked']),
          eb.or([hasLeft, eb('slips.expires_at', '>', reportExpiredSince)]),
          eb.or([notReceived, eb('deliveries.collect_by', '<', reminderBefore), ...closedUntilEnd]),
        ]),
      ])
    })
    .orderBy(sql`slips.service_point_id <> ${ownOffice}`).orderBy('deliveries.collect_by').orderBy('slips.number')
    .limit(limit).execute()
  return { items: rows, count: rows[0]?.count ?? 0 }
}

// The porters' counts that differ from the records.

export interface CountDifference {
  /** The porters' desk. */
  readonly desk: string
  readonly counted_at: Date
  readonly counted: number
  readonly expected: number
  /** Slip numbers. */
  readonly missing: string[]
  readonly unexpected: string[]
}

/** Lists, for each desk, the latest count since a time, if it differs from the records. */
export async function listCountDifferences (db: Kysely<Database>, since: Date): Promise<CountDifference[]> {
  return await db.selectFrom(eb => eb.selectFrom('envelope_counts')
    .distinctOn('service_point_id')
    .select(['service_point_id as desk', 'counted_at', 'counted', 'expected', 'missing', 'unexpected'])
    .where('counted_at', '>=', since)
    .orderBy('service_point_id').orderBy('counted_at', 'desc').as('last'))
    .selectAll()
    .where(sql<boolean>`cardinality(missing) + cardinality(unexpected) > 0`)
    .orderBy('counted_at', 'desc').execute()
}
