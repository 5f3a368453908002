/** Indexes accounts again whose search terms and name keys were made by older rules. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { NIL_UUID } from '../institution/text.js'
import { INDEX_VERSION } from './search-terms.js'
import { reindexWithin } from './upsert-accounts.js'

/** Accounts written by one transaction. */
const BATCH_SIZE = 1000
const PROGRESS_INTERVAL = 100_000

/**
 * Indexes all accounts of an older index version, in batches by id. Search works in the meantime, by the older terms. An
 * interrupted run can be repeated: it continues with the accounts that are left.
 * @returns the number of accounts that were indexed again
 */
export async function reindexAccounts (db: Kysely<Database>, now: Date, printLine: (line: string) => void = () => {}): Promise<number> {
  let count = 0
  for (let after = NIL_UUID; ;) {
    const batch = await db.transaction().execute(async trx => {
      const accounts = await trx.selectFrom('accounts').selectAll()
        .where('index_version', '<>', INDEX_VERSION).where('erased_at', 'is', null).where('id', '>', after)
        .orderBy('id').limit(BATCH_SIZE).forUpdate().execute()
      await reindexWithin(trx, accounts, now)
      return accounts
    })
    const previous = count
    count += batch.length
    if (Math.floor(count / PROGRESS_INTERVAL) > Math.floor(previous / PROGRESS_INTERVAL)) printLine(`${count} accounts indexed again`)
    if (batch.length < BATCH_SIZE) return count
    after = batch.at(-1)!.id
  }
}
