/**
 * Binds accounts to the log: each batch of changed rows has one event with a digest over the digests of its rows, so that
 * `audit verify` finds a row that was changed outside Slipdesk. Everything that writes `accounts` calls it in its transaction.
 */
import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { type Actor, appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'

/** The columns that a digest covers, in the order of their marks in `account_digests.column_marks`. */
export const boundAccountColumns = [
  'username', 'student_number', 'display_name', 'folded_name', 'affiliation', 'status', 'preferred_language', 'birth_date', 'latin_name', 'last_name',
  'name_keys', 'index_version', 'updated_at', 'gone_at', 'erased_at',
] as const

/** The length of a column's mark (bytes). */
export const COLUMN_MARK_LENGTH = 3

/** SQL for the digest over the rows of one batch, base64: each account's id, digest and column marks, by account. */
export const batchDigest = sql<string>`encode(sha256(string_agg(uuid_send(account_id) || digest || column_marks, '' order by account_id)), 'base64')`

/**
 * Binds the accounts as they are now, with one `accounts-bound` event. Call it after the rows were written or locked, so
 * that the events of an account are in the order of its changes.
 * @param actor who changed them
 */
export async function bindAccounts (trx: Kysely<Database>, ids: readonly string[], now: Date, actor: Actor = 'system'): Promise<void> {
  if (ids.length === 0) return
  const batch = randomUUID()
  const { rows: [bound] } = await sql<{ accounts: number, digest: string }>`
    with salted as materialized (select accounts as account, gen_random_uuid() as salt from accounts where id = any(${ids}::uuid[])),
      written as (
        insert into account_digests (batch, account_id, salt, digest, column_marks)
        select ${batch}::uuid, (account).id, salt, account_digest(salt, account), account_column_marks(salt, account) from salted
        returning account_id, digest, column_marks)
    select count(*) as accounts, ${batchDigest} as digest from written`.execute(trx)
  await appendEvent(trx, { kind: 'accounts-bound', at: now, actor, facts: { batch, ...bound } })
}

/** Erases the salts of an account's digests: without them no one can find out what the row said. */
export async function eraseAccountSalts (trx: Kysely<Database>, id: string): Promise<void> {
  await trx.updateTable('account_digests').set({ salt: null }).where('account_id', '=', id).where('salt', 'is not', null).execute()
}
