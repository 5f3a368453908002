/**
 * Copies what the rules need from the directory into the local table, a page at a time. When the last page has
 * come, whoever was on none is asked for by name, and locked when the directory has nobody of that name.
 * Interrupted, nobody has been locked by guess, and running it again finishes the rest.
 */
import type { CliContext } from '../../cli-context.js'
import { toDirectoryError } from './faults.js'
import { streamEntryPages } from './find-people.js'
import { startSyncRun, countUnseenAccounts, deleteSyncRun, listUnseenAccounts } from './passes.js'
import { openSession } from './session.js'
import { SessionPool } from './session-pool.js'
import type { LdapSettings } from './settings.js'
import { AccountSync, type SyncSummary } from './sync-run.js'

/** More gone at once look like a wrong filter, not like people who left; so few are always believed. */
const goneLimit = { share: 0.1, few: 20 }
/** Accounts that are asked for between two writings. */
const BATCH_SIZE = 100
/** A page takes longer than an entry. Milliseconds. */
const PAGE_TIMEOUT_MS = 60_000

/**
 * @param anyNumberGone lock those who are gone, however many they are
 * @throws {DirectoryError} when the directory stops answering; what it told until then is written
 */
export async function syncAccounts (context: CliContext, settings: LdapSettings, anyNumberGone: boolean): Promise<SyncSummary> {
  const run = new AccountSync(context, settings, await startSyncRun(context.db, context.now()))
  await writeAllPages(run, settings)
  if (!anyNumberGone) await requirePlausibleGoneCount(context, run)
  await checkUnseenAccounts(context, run, settings)
  await run.recordCompletion()
  await deleteSyncRun(context.db, run.syncRunId)
  return run.summary
}

async function writeAllPages (run: AccountSync, settings: LdapSettings): Promise<void> {
  const session = await openSession(settings.servers, { ...settings, timeout: Math.max(settings.timeout, PAGE_TIMEOUT_MS) })
  try {
    const pages = streamEntryPages(session, settings)
    for (let page = await readNextPage(pages); page !== undefined; page = await readNextPage(pages)) await run.writePage(page)
  } finally {
    session.close()
  }
}

/** The next page; whatever goes wrong with it is the directory's fault, not the database's. */
async function readNextPage<T> (pages: AsyncGenerator<T>): Promise<T | undefined> {
  try {
    const { done, value } = await pages.next()
    return done === true ? undefined : value as T
  } catch (error) {
    throw toDirectoryError(error)
  }
}

async function requirePlausibleGoneCount ({ db }: CliContext, run: AccountSync): Promise<void> {
  const { all, unseen } = await countUnseenAccounts(db, run.syncRunId)
  if (unseen <= Math.max(goneLimit.few, all * goneLimit.share)) return
  throw new Error(`The directory was read to its end, but ${unseen} of ${all} accounts are not in it: that looks like a wrong LDAP_FILTER or LDAP_BASE_DN. None of them was locked. If it is right, run it again with --any-number-gone.`)
}

/** Nobody is locked for being on no page: a page may lack who was moved meanwhile, so each is asked for. */
async function checkUnseenAccounts ({ db, now }: CliContext, run: AccountSync, settings: LdapSettings): Promise<void> {
  const pool = new SessionPool(settings, now)
  let beyond = '00000000-0000-0000-0000-000000000000'
  try {
    for (let some = await listUnseenAccounts(db, run.syncRunId, beyond, BATCH_SIZE); some.length > 0; some = await listUnseenAccounts(db, run.syncRunId, beyond, BATCH_SIZE)) {
      await run.checkAccounts(pool, some)
      beyond = some.at(-1)!.id
    }
  } finally {
    pool.close()
  }
}
