/**
 * Copies what the rules need from the directory into the local table, a page at a time. When the last page has
 * come, whoever was on none is asked for by name, and locked when the directory has nobody of that name.
 * Interrupted, nobody has been locked by guess, and running it again finishes the rest.
 */
import { sql } from 'kysely'
import type { Entry } from 'ldapts'
import { BatchCounter, BULK_ACCOUNT_LOCK_KEY } from '../../audit/batch-counter.js'
import { translator } from '../../i18n/translate.js'
import type { FieldError } from '../../institution/errors.js'
import { formatFieldError } from '../../institution/input.js'
import { type AccountRef, DirectoryError } from '../directory.js'
import type { ImportContext } from '../import-accounts.js'
import { type AccountDraft, upsertAccounts } from '../upsert-accounts.js'
import { toDirectoryError } from './errors.js'
import { streamEntryPages } from './find-entries.js'
import { applyDirectoryAnswer, fetchAccountDraft, InvalidEntryError } from './ldap-directory.js'
import { createEntryParser, extractUsernames, type ParsedEntry } from './parse-entry.js'
import { SessionPool } from './session-pool.js'
import { openSession } from './session.js'
import type { LdapSettings } from './settings.js'
import { countUnseenAccounts, deleteSyncRun, findSeenUsernames, listUnseenAccounts, markSeen, startSyncRun } from './sync-runs.js'

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
export async function syncAccounts (context: ImportContext, settings: LdapSettings, anyNumberGone: boolean): Promise<SyncSummary> {
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

async function requirePlausibleGoneCount ({ db }: ImportContext, run: AccountSync): Promise<void> {
  const { all, unseen } = await countUnseenAccounts(db, run.syncRunId)
  if (unseen <= Math.max(goneLimit.few, all * goneLimit.share)) return
  throw new Error(`The directory was read to its end, but ${unseen} of ${all} accounts are not in it: that looks like a wrong LDAP_FILTER or LDAP_BASE_DN. None of them was locked. If it is right, run it again with --any-number-gone.`)
}

/** Nobody is locked for being on no page: a page may lack who was moved meanwhile, so each is asked for. */
async function checkUnseenAccounts ({ db, now }: ImportContext, run: AccountSync, settings: LdapSettings): Promise<void> {
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

// One run of `accounts sync`: each page in a transaction of its own with the audit event that tells it.

export type SyncSummary = Readonly<Record<'created' | 'updated' | 'unchanged' | 'rejected' | 'gone', number>>

interface EntryDraft { readonly dn: string, readonly draft: AccountDraft }

const PROGRESS_INTERVAL_ENTRIES = 10_000
const MAX_SHOWN_NAME_LENGTH = 200
const t = translator('en')

export class AccountSync {
  /** What this run has come upon is noted under it. */
  readonly syncRunId: string
  readonly #context: ImportContext
  readonly #settings: LdapSettings
  readonly #tally = new BatchCounter({ created: 0, updated: 0, unchanged: 0, rejected: 0, gone: 0 }, { kind: 'accounts-synced' })
  readonly #read: (entry: Entry) => ParsedEntry
  #entries = 0

  constructor (context: ImportContext, settings: LdapSettings, pass: string) {
    this.#context = context
    this.#settings = settings
    this.#read = createEntryParser(settings.attributes, context.now())
    this.syncRunId = pass
  }

  /** Writes a page and, where it changed anything, its audit event. */
  async writePage (entries: readonly Entry[]): Promise<void> {
    const { db, now } = this.#context
    const read = entries.map(entry => ({ dn: entry.dn, read: this.#read(entry) }))
    const usernames = entries.flatMap(entry => extractUsernames(entry, this.#settings.attributes))
    await db.transaction().execute(async trx => {
      await sql`select pg_advisory_xact_lock(${BULK_ACCOUNT_LOCK_KEY})`.execute(trx)
      const people = this.#pick(read, await findSeenUsernames(trx, this.syncRunId, usernames))
      const outcomes = await upsertAccounts(trx, people.map(person => person.draft), now())
      outcomes.forEach((outcome, index) => {
        if (outcome === 'student-number-taken') this.#reject(people[index]!.dn, [{ path: 'student_number', message: outcome }])
        else this.#tally.totals[outcome]++
      })
      await markSeen(trx, this.syncRunId, usernames)
      if (outcomes.some(outcome => outcome === 'created' || outcome === 'updated')) await this.#tally.appendCounts(trx, now(), false)
    })
    this.#reportProgress(entries.length)
  }

  /** Asks for accounts that were on no page, and locks those that the directory does not have. */
  async checkAccounts (pool: SessionPool, accounts: readonly AccountRef[]): Promise<void> {
    const { db, now } = this.#context
    const answers: Array<{ id: string, draft: AccountDraft | undefined }> = []
    for (const account of accounts) {
      try {
        answers.push({ id: account.id, draft: await fetchAccountDraft(pool, this.#settings, account, now()) })
      } catch (error) {
        this.#leaveAsItIs(account.username, error)
      }
    }
    await db.transaction().execute(async trx => {
      for (const { id, draft } of answers) await applyDirectoryAnswer(trx, id, draft, now())
      this.#tally.totals.gone += answers.filter(({ draft }) => draft === undefined).length
      await this.#tally.appendCounts(trx, now(), false)
    })
  }

  /** The run's last audit event. */
  async recordCompletion (): Promise<void> {
    const { db, now } = this.#context
    await db.transaction().execute(async trx => await this.#tally.appendCounts(trx, now(), true))
  }

  get summary (): SyncSummary {
    return { ...this.#tally.totals }
  }

  /** Those of whom an account can be made. Of several with one user name or student number the first counts. */
  #pick (read: ReadonlyArray<{ dn: string, read: ParsedEntry }>, usernames: Set<string>): EntryDraft[] {
    const numbers = new Set<string>()
    return read.flatMap(({ dn, read }) => {
      if (!read.ok) return this.#reject(dn, read.errors)
      const { username, studentNumber } = read.draft
      if (usernames.has(username)) return this.#reject(dn, [{ path: 'username', message: 'twice-in-directory' }])
      if (studentNumber != null && numbers.has(studentNumber)) return this.#reject(dn, [{ path: 'student_number', message: 'twice-in-directory' }])
      usernames.add(username)
      if (studentNumber != null) numbers.add(studentNumber)
      return [{ dn, draft: read.draft }]
    })
  }

  /** @throws when the directory does not answer at all */
  #leaveAsItIs (username: string, error: unknown): void {
    if (error instanceof InvalidEntryError) this.#reject(error.dn, error.errors)
    else if (error instanceof DirectoryError && error.kind === 'ambiguous') this.#reject(username, [{ path: 'username', message: 'twice-in-directory' }])
    else throw error
  }

  /** Names it on a line of its own. What a directory sends must not steer the terminal that shows it. */
  #reject (name: string, errors: readonly FieldError[]): [] {
    this.#tally.totals.rejected++
    const shown = name.replace(/\p{C}/gu, '�').slice(0, MAX_SHOWN_NAME_LENGTH)
    this.#context.printLine(`Rejected ${shown}: ${errors.map(error => `${error.path}: ${formatFieldError(t, error)}`).join(' ')}`)
    return []
  }

  #reportProgress (count: number): void {
    const before = this.#entries
    this.#entries += count
    if (Math.floor(this.#entries / PROGRESS_INTERVAL_ENTRIES) > Math.floor(before / PROGRESS_INTERVAL_ENTRIES)) this.#context.printLine(`${this.#entries} entries read`)
  }
}
