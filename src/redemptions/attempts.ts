/** Stores the count of wrong attempts. Every attempt writes a row, counted or not, so that all take the same time. */
import { createHash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { AttemptCount } from './rules.js'

/** Enough that unrelated attempts rarely wait for each other, few enough to be stored permanently. */
const SURROGATE_KEY_COUNT = 4096

/** Returns the key for an attempt without a slip: one of a few keys, chosen by the user name. */
export function surrogateKey (username: string): string {
  const digest = createHash('sha256').update(username).digest()
  return `00000000-0000-4000-8000-${String(digest.readUInt32BE(0) % SURROGATE_KEY_COUNT).padStart(12, '0')}`
}

/** Saves the current count of wrong attempts. @param key the id of a slip, or a surrogate key */
export async function saveAttempts (trx: Transaction<Database>, key: string, { tries, waitsUntil }: AttemptCount, now: Date): Promise<void> {
  await trx.insertInto('code_tries').values({ key, tries, waits_until: waitsUntil, last_at: now })
    .onConflict(conflict => conflict.column('key').doUpdateSet(eb => ({
      tries: eb.ref('excluded.tries'), waits_until: eb.ref('excluded.waits_until'), last_at: eb.ref('excluded.last_at'),
    }))).execute()
}

/** Deletes the counts of ended slips, which are not needed any more. */
export async function deleteAttemptsOfEndedSlips (db: Kysely<Database>): Promise<void> {
  await db.deleteFrom('code_tries').using('slips').whereRef('slips.id', '=', 'code_tries.key').where('slips.ended_at', 'is not', null).execute()
}
