/** What one reading of the whole directory has come upon, kept in the database, so that memory does not grow with it. */
import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { AccountRef } from '../directory.js'

/** A pass that began so long ago was interrupted. Milliseconds. */
const MAX_SYNC_RUN_AGE_MS = 24 * 60 * 60_000

/** Begins a pass and forgets those that were interrupted. */
export async function startSyncRun (db: Kysely<Database>, now: Date): Promise<string> {
  await db.deleteFrom('directory_passes').where('begun_at', '<', new Date(now.getTime() - MAX_SYNC_RUN_AGE_MS)).execute()
  return (await db.insertInto('directory_passes').values({ begun_at: now }).returning('id').executeTakeFirstOrThrow()).id
}

/** Which of these user names this pass has come upon already. */
export async function findSeenUsernames (trx: Transaction<Database>, pass: string, usernames: readonly string[]): Promise<Set<string>> {
  const rows = await trx.selectFrom('directory_seen').innerJoin('accounts', 'accounts.id', 'directory_seen.account_id').select('accounts.username')
    .where('directory_seen.pass_id', '=', pass).where('accounts.username', '=', sql<string>`any(${usernames}::text[])`).execute()
  return new Set(rows.map(row => row.username))
}

/** Notes that the directory has these, as far as they have a row. */
export async function markSeen (trx: Transaction<Database>, pass: string, usernames: readonly string[]): Promise<void> {
  await trx.insertInto('directory_seen').columns(['pass_id', 'account_id'])
    .expression(eb => eb.selectFrom('accounts').select(({ val }) => [sql<string>`${val(pass)}::uuid`.as('pass_id'), 'accounts.id'])
      .where('accounts.username', '=', sql<string>`any(${usernames}::text[])`))
    .onConflict(conflict => conflict.doNothing()).execute()
}

/** How many accounts are not known to be gone, and how many of them this pass has not come upon. */
export async function countUnseenAccounts (db: Kysely<Database>, pass: string): Promise<{ all: number, unseen: number }> {
  const all = await db.selectFrom('accounts').select(eb => eb.fn.countAll<number>().as('count')).where('gone_at', 'is', null).executeTakeFirstOrThrow()
  const unseen = await selectUnseenAccounts(db, pass).select(eb => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return { all: all.count, unseen: unseen.count }
}

/** Those that this pass has not come upon, in the order of their ids, from beyond one of them. */
export async function listUnseenAccounts (db: Kysely<Database>, pass: string, beyond: string, limit: number): Promise<AccountRef[]> {
  return await selectUnseenAccounts(db, pass).select(['accounts.id', 'accounts.username']).where('accounts.id', '>', beyond).orderBy('accounts.id').limit(limit).execute()
}

export async function deleteSyncRun (db: Kysely<Database>, pass: string): Promise<void> {
  await db.deleteFrom('directory_passes').where('id', '=', pass).execute()
}

function selectUnseenAccounts (db: Kysely<Database>, pass: string) {
  return db.selectFrom('accounts').where('gone_at', 'is', null)
    .where(eb => eb.not(eb.exists(eb.selectFrom('directory_seen').select('directory_seen.account_id')
      .where('directory_seen.pass_id', '=', pass).whereRef('directory_seen.account_id', '=', 'accounts.id'))))
}
