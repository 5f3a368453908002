/** One run of `accounts sync`: each page in a transaction of its own with the audit event that tells it. */
import { sql } from 'kysely'
import type { Entry } from 'ldapts'
import type { CliContext } from '../../cli-context.js'
import { formatFieldError } from '../../http/forms.js'
import type { FieldError } from '../../http/problems.js'
import { translator } from '../../i18n/translate.js'
import { DirectoryError, type AccountRef } from '../directory.js'
import { BULK_ACCOUNT_LOCK_KEY, BatchCounter } from '../tally.js'
import { upsertAccounts, type AccountDraft } from '../upsert-accounts.js'
import { markSeen, findSeenUsernames } from './passes.js'
import { createEntryParser, extractUsernames, type ParsedEntry } from './read-entry.js'
import { fetchAccountDraft, InvalidEntryError, applyDirectoryAnswer } from './refresh-account.js'
import type { SessionPool } from './session-pool.js'
import type { LdapSettings } from './settings.js'

export type SyncSummary = Readonly<Record<'created' | 'updated' | 'unchanged' | 'rejected' | 'gone', number>>

interface EntryDraft { readonly dn: string, readonly draft: AccountDraft }

const PROGRESS_INTERVAL_ENTRIES = 10_000
const MAX_SHOWN_NAME_LENGTH = 200
const t = translator('en')

export class AccountSync {
  /** What this run has come upon is noted under it. */
  readonly syncRunId: string
  readonly #context: CliContext
  readonly #settings: LdapSettings
  readonly #tally = new BatchCounter({ created: 0, updated: 0, unchanged: 0, rejected: 0, gone: 0 }, { kind: 'accounts-synced' })
  readonly #read: (entry: Entry) => ParsedEntry
  #entries = 0

  constructor (context: CliContext, settings: LdapSettings, pass: string) {
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
