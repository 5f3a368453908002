/**
 * Copies the accounts from the directory into the local table, page by page. After the last page, each account that was on
 * no page is looked up by user name, and locked if the directory does not have it. An interrupted run locks no account
 * without this check, and a second run completes the work.
 */
import { sql } from 'kysely'
import type { Entry } from 'ldapts'
import { BatchCounter, BULK_ACCOUNT_LOCK_KEY } from '../../audit/batch-counter.js'
import { translator } from '../../i18n/translate.js'
import type { FieldError } from '../../institution/base-error.js'
import { formatFieldError } from '../../institution/input.js'
import { type AccountRef, DirectoryError } from '../directory.js'
import { formatRemark } from '../import/remarks.js'
import type { ImportContext } from '../import/import-file.js'
import { NIL_UUID } from '../../institution/text.js'
import { type AccountDraft, upsertAccounts } from '../upsert-accounts.js'
import { toDirectoryError } from './errors.js'
import { streamEntryPages } from './find-entries.js'
import { applyDirectoryAnswers, type DirectoryAnswer, fetchAccountDraft, InvalidEntryError } from './ldap-directory.js'
import { createEntryParser, extractUsernames, type ParsedEntry } from './parse-entry.js'
import { SessionPool } from './session-pool.js'
import { openSession } from './session.js'
import type { LdapSettings } from './settings.js'
import { countUnseenAccounts, deleteSyncRun, findSeenUsernames, listUnseenAccounts, markSeen, startSyncRun } from './sync-runs.js'

/** More missing accounts suggest a wrong filter, not people who left. Up to `minCount` are always plausible. */
const goneLimit = { share: 0.1, minCount: 20 }
/** Accounts to look up before each write. */
const BATCH_SIZE = 100
/** A page takes longer than an entry (milliseconds). */
const PAGE_TIMEOUT_MS = 60_000

/**
 * Synchronises all accounts.
 * @param anyNumberGone locks all missing accounts, even if there are many
 * @throws {DirectoryError} when the directory stops answering; everything read until then is written
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

/** Reads the next page. Any error is an error of the directory, not of the database. */
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
  if (unseen <= Math.max(goneLimit.minCount, all * goneLimit.share)) return
  throw new Error(`The directory was read to its end, but ${unseen} of ${all} accounts are not in it: that looks like a wrong LDAP_FILTER or LDAP_BASE_DN. None of them was locked. If it is right, run it again with --any-number-gone.`)
}

/** Looks up each account that was on no page, because entries moved in the meantime may be missing from the pages. */
async function checkUnseenAccounts ({ db, now }: ImportContext, run: AccountSync, settings: LdapSettings): Promise<void> {
  const pool = new SessionPool(settings, now)
  let after = NIL_UUID
  try {
    for (let batch = await listUnseenAccounts(db, run.syncRunId, after, BATCH_SIZE); batch.length > 0; batch = await listUnseenAccounts(db, run.syncRunId, after, BATCH_SIZE)) {
      await run.checkAccounts(pool, batch)
      after = batch.at(-1)!.id
    }
  } finally {
    pool.close()
  }
}

export type SyncSummary = Readonly<Record<'created' | 'updated' | 'unchanged' | 'rejected' | 'gone', number>>

interface EntryDraft { readonly dn: string, readonly draft: AccountDraft }

const PROGRESS_INTERVAL_ENTRIES = 10_000
const MAX_SHOWN_NAME_LENGTH = 200
const t = translator('en')

/** One run of `accounts sync`. Each page is one transaction with its audit event. */
class AccountSync {
  /** Identifies the accounts that this run has seen. */
  readonly syncRunId: string
  readonly #context: ImportContext
  readonly #settings: LdapSettings
  readonly #counter = new BatchCounter({ created: 0, updated: 0, unchanged: 0, rejected: 0, gone: 0 }, { kind: 'accounts-synced' })
  readonly #parse: (entry: Entry) => ParsedEntry
  #entries = 0

  constructor (context: ImportContext, settings: LdapSettings, syncRunId: string) {
    this.#context = context
    this.#settings = settings
    this.#parse = createEntryParser(settings.attributes, context.now())
    this.syncRunId = syncRunId
  }

  /** Writes a page, and an audit event if it changed anything. */
  async writePage (entries: readonly Entry[]): Promise<void> {
    const { db, now } = this.#context
    const parsedEntries = entries.map(entry => ({ dn: entry.dn, parsed: this.#parse(entry) }))
    const usernames = entries.flatMap(entry => extractUsernames(entry, this.#settings.attributes))
    await db.transaction().execute(async trx => {
      await sql`select pg_advisory_xact_lock(${BULK_ACCOUNT_LOCK_KEY})`.execute(trx)
      const people = this.#selectDrafts(parsedEntries, await findSeenUsernames(trx, this.syncRunId, usernames))
      const outcomes = await upsertAccounts(trx, people.map(person => person.draft), now())
      outcomes.forEach((outcome, index) => {
        if (outcome === 'student-number-taken') this.#reject(people[index]!.dn, [{ path: 'student_number', message: outcome }])
        else this.#counter.totals[outcome]++
      })
      await markSeen(trx, this.syncRunId, usernames)
      if (outcomes.some(outcome => outcome === 'created' || outcome === 'updated')) await this.#counter.appendCounts(trx, now(), false)
    })
    this.#reportProgress(entries.length)
  }

  /** Looks up accounts that were on no page, and locks those that the directory does not have. */
  async checkAccounts (pool: SessionPool, accounts: readonly AccountRef[]): Promise<void> {
    const { db, now } = this.#context
    const answers: DirectoryAnswer[] = []
    for (const account of accounts) {
      try {
        answers.push({ id: account.id, draft: await fetchAccountDraft(pool, this.#settings, account, now()) })
      } catch (error) {
        this.#rejectAccount(account.username, error)
      }
    }
    await db.transaction().execute(async trx => {
      await applyDirectoryAnswers(trx, answers, now())
      this.#counter.totals.gone += answers.filter(({ draft }) => draft === undefined).length
      await this.#counter.appendCounts(trx, now(), false)
    })
  }

  /** Appends the last audit event of the run. */
  async recordCompletion (): Promise<void> {
    const { db, now } = this.#context
    await db.transaction().execute(async trx => await this.#counter.appendCounts(trx, now(), true))
  }

  get summary (): SyncSummary {
    return { ...this.#counter.totals }
  }

  /** Selects the valid entries. Of several with the same user name or student number, the first one counts. */
  #selectDrafts (entries: ReadonlyArray<{ dn: string, parsed: ParsedEntry }>, usernames: Set<string>): EntryDraft[] {
    const numbers = new Set<string>()
    return entries.flatMap(({ dn, parsed }) => {
      if (!parsed.ok) return this.#reject(dn, parsed.errors)
      const { username, studentNumber } = parsed.draft
      if (usernames.has(username)) return this.#reject(dn, [{ path: 'username', message: 'twice-in-directory' }])
      if (studentNumber != null && numbers.has(studentNumber)) return this.#reject(dn, [{ path: 'student_number', message: 'twice-in-directory' }])
      usernames.add(username)
      if (studentNumber != null) numbers.add(studentNumber)
      for (const warning of parsed.warnings) this.#print('Warning for', dn, `${warning.column}: ${formatRemark(t, 'warnings', warning)}`)
      return [{ dn, draft: parsed.draft }]
    })
  }

  /** Reports an account whose entry is invalid. @throws when the directory does not answer */
  #rejectAccount (username: string, error: unknown): void {
    if (error instanceof InvalidEntryError) this.#reject(error.dn, error.errors)
    else if (error instanceof DirectoryError && error.kind === 'ambiguous') this.#reject(username, [{ path: 'username', message: 'twice-in-directory' }])
    else throw error
  }

  #reject (name: string, errors: readonly FieldError[]): [] {
    this.#counter.totals.rejected++
    this.#print('Rejected', name, errors.map(error => `${error.path}: ${formatFieldError(t, error)}`).join(' '))
    return []
  }

  /** Prints a line about an entry. Control characters are replaced, so that data from the directory cannot control the terminal. */
  #print (what: string, name: string, text: string): void {
    this.#context.printLine(`${what} ${name.slice(0, MAX_SHOWN_NAME_LENGTH)}: ${text}`.replace(/\p{C}/gu, '�'))
  }

  #reportProgress (count: number): void {
    const before = this.#entries
    this.#entries += count
    if (Math.floor(this.#entries / PROGRESS_INTERVAL_ENTRIES) > Math.floor(before / PROGRESS_INTERVAL_ENTRIES)) this.#context.printLine(`${this.#entries} entries read`)
  }
}
