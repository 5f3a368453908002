/** The porters' counts that did not come out, for the start page. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database/schema.js'

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

/** Of each desk that has counted since a moment the last count, where it differs from what should lie there. */
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
