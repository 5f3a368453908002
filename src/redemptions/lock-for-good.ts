/** The last wrong try ends the slip, never the account. */
import type { Transaction } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import type { OpenSlip } from '../slips/end-slip.js'

/** Locks an open slip. @param slip under lock, `state` as of the moment */
export async function recordLockout (trx: Transaction<Database>, slip: Omit<OpenSlip, 'expires_at'>, now: Date): Promise<void> {
  await trx.updateTable('slips').set({ state: 'locked', ended_at: now }).where('id', '=', slip.id).execute()
  await trx.insertInto('slip_steps').values({ slip_id: slip.id, step: 'lock', from_state: slip.state, to_state: 'locked', at: now }).execute()
  await appendEvent(trx, { kind: 'slip-locked', at: now, actor: 'system', slip: slip.number, account: slip.account_id, facts: { from: slip.state } })
}
