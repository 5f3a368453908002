/** The history forgets somebody whom the directory still has: the old id knows nobody, a fresh account has no history. */
import type { Transaction } from 'kysely'
import { lockAccountByUsername, type Account } from '../accounts/queries.js'
import { upsertAccounts } from '../accounts/upsert-accounts.js'
import type { Database } from '../database/schema.js'
import { eraseAccount } from './erase-account.js'

/** True while a source of accounts stands behind it: search must find the person, who may need a slip tomorrow. */
export function isInDirectory ({ status, gone_at: goneAt }: Account): boolean {
  return goneAt === null && status !== 'locked'
}

/**
 * Erases the account and makes a fresh one of the same person, with the same password where the built-in directory keeps
 * it. Nothing links the two. @returns how many slips the old one had
 */
export async function recreateAccount (trx: Transaction<Database>, account: Account, now: Date): Promise<number> {
  const password = await trx.selectFrom('account_passwords').select(['password_hash', 'set_at']).where('account_id', '=', account.id).executeTakeFirst()
  const slips = await eraseAccount(trx, account, now)
  await upsertAccounts(trx, [{
    username: account.username,
    displayName: account.display_name,
    affiliation: account.affiliation,
    status: account.status,
    preferredLanguage: account.preferred_language,
    studentNumber: account.student_number,
    birthDate: account.birth_date,
  }], now)
  const fresh = await lockAccountByUsername(trx, account.username)
  if (password !== undefined) await trx.insertInto('account_passwords').values({ account_id: fresh!.id, ...password }).execute()
  return slips
}
