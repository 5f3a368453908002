/** Takes a person out of the database: account, words, password, and whatever was kept about any of the slips. */
import { sql, type Transaction } from 'kysely'
import { ERASED_NAME, toErasedUsername } from '../accounts/erased.js'
import type { Account } from '../accounts/queries.js'
import type { Database } from '../database/schema.js'
import { anyUuid, eraseAddresses, eraseDetails } from './forget-slips.js'

/** A shorter user name stands in too many other words to be looked for within what was typed. */
const MIN_SUBSTRING_LENGTH = 4

/**
 * The account keeps its random id and its affiliation, so that slips and events still belong together and every count
 * stays; its user name is free. Give the account's row under lock, without an open slip.
 * @returns how many slips it had
 */
export async function eraseAccount (trx: Transaction<Database>, account: Account, now: Date): Promise<number> {
  const slips = await trx.selectFrom('slips').select(['id', 'number']).where('account_id', '=', account.id).execute()
  await eraseAddresses(trx, slips, now)
  await eraseDetails(trx, slips, now)
  await sql`delete from audit_texts where event_id in (select id from audit_events where account = ${account.id})`.execute(trx)
  await deleteTypedLogins(trx, account)
  // A key of the API is a text of its client's choice; a count of wrong tries is of somebody's slip.
  await trx.deleteFrom('idempotency_keys').where('slip_number', '=', sql<string>`any(${slips.map(slip => slip.number)}::text[])`).execute()
  await trx.deleteFrom('code_tries').where('key', '=', anyUuid(slips.map(slip => slip.id))).execute()
  for (const table of ['account_words', 'account_word_pairs', 'account_passwords', 'directory_seen'] as const) {
    await trx.deleteFrom(table).where('account_id', '=', account.id).execute()
  }
  await trx.updateTable('accounts').set({
    username: toErasedUsername(account.id),
    display_name: ERASED_NAME,
    folded_name: '',
    student_number: null,
    birth_date: null,
    preferred_language: 'fi',
    status: 'locked',
    gone_at: now,
    updated_at: now,
    erased_at: now,
  }).where('id', '=', account.id).execute()
  return slips.length
}

/** A holder may have tried the staff's sign-in: such a login names somebody and belongs to no account. */
async function deleteTypedLogins (trx: Transaction<Database>, { username, student_number: number, display_name: name }: Account): Promise<void> {
  const named = [username, number, name].filter(word => word !== null).map(word => word.toLowerCase())
  const within = named.filter(word => word.length >= MIN_SUBSTRING_LENGTH)
  await sql`delete from audit_texts using audit_events where audit_events.id = event_id and kind = 'sign-in-failed'
    and (lower(btrim(text)) = any(${named}::text[]) or exists (select from unnest(${within}::text[]) as word where position(word in lower(text)) > 0))`.execute(trx)
}
