/** Counts wrong tries. Every try writes here, counted or not and whoever's it is, so that none is quicker than another. */
import { createHash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { AttemptCount } from './rules.js'

/** Enough that strangers do not wait for each other, few enough to be kept for good. */
const SURROGATE_KEY_COUNT = 4096

/** What a try counts under where there is no slip to count it on: one of a few keys, by the user name. */
export function surrogateKey (username: string): string {
  const digest = createHash('sha256').update(username).digest()
  return `00000000-0000-4000-8000-${String(digest.readUInt32BE(0) % SURROGATE_KEY_COUNT).padStart(12, '0')}`
}

/** Writes how many wrong tries there are now. @param key a slip's id, or a stand-in */
export async function saveAttempts (trx: Transaction<Database>, key: string, { tries, waitsUntil }: AttemptCount, now: Date): Promise<void> {
  await trx.insertInto('code_tries').values({ key, tries, waits_until: waitsUntil, last_at: now })
    .onConflict(conflict => conflict.column('key').doUpdateSet(eb => ({
      tries: eb.ref('excluded.tries'), waits_until: eb.ref('excluded.waits_until'), last_at: eb.ref('excluded.last_at'),
    }))).execute()
}

/** A slip that has ended needs none. */
export async function deleteAttemptsOfEndedSlips (db: Kysely<Database>): Promise<void> {
  await db.deleteFrom('code_tries').using('slips').whereRef('slips.id', '=', 'code_tries.key').where('slips.ended_at', 'is not', null).execute()
}
