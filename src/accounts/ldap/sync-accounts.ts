/**
 * Copies what the rules need from the directory into the local table, a page at a time. When the last page has
 * come, whoever was on none is asked for by name, and locked when the directory has nobody of that name.
 * Interrupted, nobody has been locked by guess, and running it again finishes the rest.
 */
import type { CliContext } from '../../cli-context.js'
import { asFault } from './faults.js'
import { pagesOfPeople } from './find-people.js'
import { beginPass, countUnseen, endPass, listUnseen } from './passes.js'
import { openSession } from './session.js'
import { SessionPool } from './session-pool.js'
import type { LdapSettings } from './settings.js'
import { SyncRun, type SyncSummary } from './sync-run.js'

/** More gone at once look like a wrong filter, not like people who left; so few are always believed. */
const mostGone = { share: 0.1, few: 20 }
/** Accounts that are asked for between two writings. */
const batchSize = 100
/** A page takes longer than an entry. Milliseconds. */
const pageTimeout = 60_000

/**
 * @param anyNumberGone lock those who are gone, however many they are
 * @throws {DirectoryFault} when the directory stops answering; what it told until then is written
 */
export async function syncAccounts (context: CliContext, settings: LdapSettings, anyNumberGone: boolean): Promise<SyncSummary> {
  const run = new SyncRun(context, settings, await beginPass(context.db, context.now()))
  await readAll(run, settings)
  if (!anyNumberGone) await refuseTooManyGone(context, run)
  await settleUnseen(context, run, settings)
  await run.tellEnd()
  await endPass(context.db, run.pass)
  return run.summary
}

async function readAll (run: SyncRun, settings: LdapSettings): Promise<void> {
  const session = await openSession(settings.servers, { ...settings, timeout: Math.max(settings.timeout, pageTimeout) })
  try {
    const pages = pagesOfPeople(session, settings)
    for (let page = await next(pages); page !== undefined; page = await next(pages)) await run.write(page)
  } finally {
    session.end()
  }
}

/** The next page; whatever goes wrong with it is the directory's fault, not the database's. */
async function next<T> (pages: AsyncGenerator<T>): Promise<T | undefined> {
  try {
    const { done, value } = await pages.next()
    return done === true ? undefined : value as T
  } catch (error) {
    throw asFault(error)
  }
}

async function refuseTooManyGone ({ db }: CliContext, run: SyncRun): Promise<void> {
  const { all, unseen } = await countUnseen(db, run.pass)
  if (unseen <= Math.max(mostGone.few, all * mostGone.share)) return
  throw new Error(`The directory was read to its end, but ${unseen} of ${all} accounts are not in it: that looks like a wrong LDAP_FILTER or LDAP_BASE_DN. None of them was locked. If it is right, run it again with --any-number-gone.`)
}

/** Nobody is locked for being on no page: a page may lack who was moved meanwhile, so each is asked for. */
async function settleUnseen ({ db, now }: CliContext, run: SyncRun, settings: LdapSettings): Promise<void> {
  const pool = new SessionPool(settings, now)
  let beyond = '00000000-0000-0000-0000-000000000000'
  try {
    for (let some = await listUnseen(db, run.pass, beyond, batchSize); some.length > 0; some = await listUnseen(db, run.pass, beyond, batchSize)) {
      await run.settle(pool, some)
      beyond = some.at(-1)!.id
    }
  } finally {
    pool.close()
  }
}
