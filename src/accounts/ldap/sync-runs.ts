/** Records which accounts a sync run has seen, in the database, so that memory use does not grow. */
import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { AccountRef } from '../directory.js'

/** An older run was interrupted (milliseconds). */
const MAX_SYNC_RUN_AGE_MS = 24 * 60 * 60_000

/** Starts a sync run and deletes interrupted ones. @returns its id */
export async function startSyncRun (db: Kysely<Database>, now: Date): Promise<string> {
  await db.deleteFrom('directory_passes').where('begun_at', '<', new Date(now.getTime() - MAX_SYNC_RUN_AGE_MS)).execute()
  return (await db.insertInto('directory_passes').values({ begun_at: now }).returning('id').executeTakeFirstOrThrow()).id
}

/** Returns those of the user names that this run has seen already. */
export async function findSeenUsernames (trx: Transaction<Database>, syncRunId: string, usernames: readonly string[]): Promise<Set<string>> {
  const rows = await trx.selectFrom('directory_seen').innerJoin('accounts', 'accounts.id', 'directory_seen.account_id').select('accounts.username')
    .where('directory_seen.pass_id', '=', syncRunId).where('accounts.username', '=', sql<string>`any(${usernames}::text[])`).execute()
  return new Set(rows.map(row => row.username))
}

/** Marks the accounts of these user names as seen, if they exist. */
export async function markSeen (trx: Transaction<Database>, syncRunId: string, usernames: readonly string[]): Promise<void> {
  await trx.insertInto('directory_seen').columns(['pass_id', 'account_id'])
    .expression(eb => eb.selectFrom('accounts').select(({ val }) => [sql<string>`${val(syncRunId)}::uuid`.as('pass_id'), 'accounts.id'])
      .where('accounts.username', '=', sql<string>`any(${usernames}::text[])`))
    .onConflict(conflict => conflict.doNothing()).execute()
}

/** Counts the accounts that are not marked as gone, and those of them that this run has not seen. */
export async function countUnseenAccounts (db: Kysely<Database>, syncRunId: string): Promise<{ all: number, unseen: number }> {
  const all = await db.selectFrom('accounts').select(eb => eb.fn.countAll<number>().as('count')).where('gone_at', 'is', null).executeTakeFirstOrThrow()
  const unseen = await selectUnseenAccounts(db, syncRunId).select(eb => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  return { all: all.count, unseen: unseen.count }
}

/** Lists accounts that this run has not seen, in the order of their ids, after the id `after`. */
export async function listUnseenAccounts (db: Kysely<Database>, syncRunId: string, after: string, limit: number): Promise<AccountRef[]> {
  return await selectUnseenAccounts(db, syncRunId).select(['accounts.id', 'accounts.username']).where('accounts.id', '>', after).orderBy('accounts.id').limit(limit).execute()
}

export async function deleteSyncRun (db: Kysely<Database>, syncRunId: string): Promise<void> {
  await db.deleteFrom('directory_passes').where('id', '=', syncRunId).execute()
}

function selectUnseenAccounts (db: Kysely<Database>, syncRunId: string) {
  return db.selectFrom('accounts').where('gone_at', 'is', null)
    .where(eb => eb.not(eb.exists(eb.selectFrom('directory_seen').select('directory_seen.account_id')
      .where('directory_seen.pass_id', '=', syncRunId).whereRef('directory_seen.account_id', '=', 'accounts.id'))))
}
