/**
 * Expiry is by the clock: an expired slip is expired at that instant everywhere (`stateAt`). The sweep only
 * writes it down, so that the row, the steps and the log say so too.
 */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { recordExpiry } from './end-slip.js'

/** Slips recorded in one transaction: few, so that nobody waits for the sweep. */
const BATCH_SIZE = 50

/**
 * Records the expiry of every slip whose end has passed. A slip that somebody is at is left for the next sweep,
 * and two sweeps at once never record one slip twice.
 * @returns how many were recorded
 */
export async function recordExpiredSlips (db: Kysely<Database>, now: Date): Promise<number> {
  let recorded = 0
  for (;;) {
    const swept = await recordExpiredBatch(db, now)
    recorded += swept
    if (swept < BATCH_SIZE) return recorded
  }
}

async function recordExpiredBatch (db: Kysely<Database>, now: Date): Promise<number> {
  return await db.transaction().execute(async trx => {
    const slips = await trx.selectFrom('slips').select(['id', 'number', 'account_id', 'state', 'expires_at'])
      .where('ended_at', 'is', null).where('expires_at', '<=', now)
      .orderBy('expires_at').limit(BATCH_SIZE).forUpdate().skipLocked().execute()
    for (const slip of slips) await recordExpiry(trx, slip, now)
    return slips.length
  })
}
