/** Makes sure that a repeated request issues no second slip: by the Idempotency-Key of the API, or the token of a form. */
import { sql, type Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import { KeyAlreadyUsed } from '../../institution/slip-errors.js'

const KEY_RETENTION_DAYS = 30

/** A key of the API or the token of a form. The prefix separates the two. */
export type IdempotencyKey = `api:${string}` | `form:${string}`

export interface KeyClaim {
  readonly staffId: string
  readonly slipNumber: string
  readonly now: Date
}

/**
 * Claims the key for the slip that is about to be issued. It waits for a concurrent request with the same key. A refused
 * request does not use its key up, because it rolls back.
 * @throws {KeyAlreadyUsed} with the number of the slip that was issued with this key
 */
export async function claimIdempotencyKey (trx: Transaction<Database>, key: IdempotencyKey, { staffId, slipNumber, now }: KeyClaim): Promise<void> {
  await deleteExpiredKeys(trx, now)
  const claimed = await trx.insertInto('idempotency_keys')
    .values({ staff_id: staffId, key, slip_number: slipNumber, created_at: now })
    .onConflict(conflict => conflict.columns(['staff_id', 'key']).doNothing())
    .returning('key').executeTakeFirst()
  if (claimed !== undefined) return
  const earlier = await trx.selectFrom('idempotency_keys').select('slip_number')
    .where('staff_id', '=', staffId).where('key', '=', key).executeTakeFirstOrThrow()
  throw new KeyAlreadyUsed(earlier.slip_number)
}

/** Deletes expired keys, at most 100 for each issued slip. Skips keys that another transaction has locked. */
async function deleteExpiredKeys (trx: Transaction<Database>, now: Date): Promise<void> {
  await sql`delete from idempotency_keys where (staff_id, key) in
    (select staff_id, key from idempotency_keys where created_at < ${getRetentionCutoff(now)} order by created_at limit 100 for update skip locked)`.execute(trx)
}

function getRetentionCutoff (now: Date): Date {
  return new Date(now.getTime() - KEY_RETENTION_DAYS * 24 * 60 * 60_000)
}
