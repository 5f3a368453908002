/** Reservations that nobody confirmed in time: the code works again from that instant on, and the record says so. */
import type { Kysely, Transaction } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'

/** Reservations recorded in one transaction. */
const BATCH_SIZE = 50

/** Records those that have run out, of one slip or of all. A reservation that somebody is at is left for the next time. @returns how many */
export async function recordExpiredReservations (trx: Transaction<Database>, now: Date, slipId?: string): Promise<number> {
  const overdue = await trx.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id')
    .select(['redemptions.id', 'redemptions.token_id', 'redemptions.confirm_by', 'slips.number', 'slips.account_id'])
    .where('redemptions.ended_at', 'is', null).where('redemptions.confirm_by', '<=', now)
    .$if(slipId !== undefined, query => query.where('slips.id', '=', slipId!))
    .orderBy('redemptions.confirm_by').limit(BATCH_SIZE).forUpdate('redemptions')
    // Whoever reserves anew must not find the old reservation still open; the sweep may come again.
    .$if(slipId === undefined, query => query.skipLocked()).execute()
  for (const { id, token_id: token, confirm_by: confirmBy, number, account_id: account } of overdue) {
    await trx.updateTable('redemptions').set({ ended_at: confirmBy, outcome: 'unfinished' }).where('id', '=', id).execute()
    await appendEvent(trx, {
      kind: 'redemption-unfinished', at: now, actor: 'system', slip: number, account, facts: { confirmBy: confirmBy.toISOString(), ...token === null ? {} : { token } },
    })
  }
  return overdue.length
}

/** Records every reservation that has run out. @returns how many */
export async function sweepExpiredReservations (db: Kysely<Database>, now: Date): Promise<number> {
  let recorded = 0
  for (;;) {
    const swept = await db.transaction().execute(async trx => await recordExpiredReservations(trx, now))
    recorded += swept
    if (swept < BATCH_SIZE) return recorded
  }
}
