/** One run of `accounts sync`: each page in a transaction of its own with the audit event that tells it. */
import { sql } from 'kysely'
import type { Entry } from 'ldapts'
import type { CliContext } from '../../cli-context.js'
import { fieldMessage } from '../../http/forms.js'
import type { FieldError } from '../../http/problems.js'
import { translator } from '../../i18n/translate.js'
import { DirectoryFault, type DirectoryName } from '../directory.js'
import { manyAccountsLock, Tally } from '../tally.js'
import { upsertAccounts, type AccountDraft } from '../upsert-accounts.js'
import { noteSeen, seenBefore } from './passes.js'
import { entryReader, usernamesOf, type EntryRead } from './read-entry.js'
import { askFor, UnreadableEntry, writeAnswer } from './refresh-account.js'
import type { SessionPool } from './session-pool.js'
import type { LdapSettings } from './settings.js'

export type SyncSummary = Readonly<Record<'created' | 'updated' | 'unchanged' | 'rejected' | 'gone', number>>

interface Person { readonly dn: string, readonly draft: AccountDraft }

const progressEvery = 10_000
const longestName = 200
const t = translator('en')

export class SyncRun {
  /** What this run has come upon is noted under it. */
  readonly pass: string
  readonly #context: CliContext
  readonly #settings: LdapSettings
  readonly #tally = new Tally({ created: 0, updated: 0, unchanged: 0, rejected: 0, gone: 0 }, { kind: 'accounts-synced' })
  readonly #read: (entry: Entry) => EntryRead
  #entries = 0

  constructor (context: CliContext, settings: LdapSettings, pass: string) {
    this.#context = context
    this.#settings = settings
    this.#read = entryReader(settings.attributes, context.now())
    this.pass = pass
  }

  /** Writes a page and, where it changed anything, its audit event. */
  async write (entries: readonly Entry[]): Promise<void> {
    const { db, now } = this.#context
    const read = entries.map(entry => ({ dn: entry.dn, read: this.#read(entry) }))
    const usernames = entries.flatMap(entry => usernamesOf(entry, this.#settings.attributes))
    await db.transaction().execute(async trx => {
      await sql`select pg_advisory_xact_lock(${manyAccountsLock})`.execute(trx)
      const people = this.#pick(read, await seenBefore(trx, this.pass, usernames))
      const outcomes = await upsertAccounts(trx, people.map(person => person.draft), now())
      outcomes.forEach((outcome, index) => {
        if (outcome === 'student-number-taken') this.#reject(people[index]!.dn, [{ path: 'student_number', message: outcome }])
        else this.#tally.total[outcome]++
      })
      await noteSeen(trx, this.pass, usernames)
      if (outcomes.some(outcome => outcome === 'created' || outcome === 'updated')) await this.#tally.tell(trx, now(), false)
    })
    this.#reportProgress(entries.length)
  }

  /** Asks for accounts that were on no page, and locks those that the directory does not have. */
  async settle (pool: SessionPool, accounts: readonly DirectoryName[]): Promise<void> {
    const { db, now } = this.#context
    const answers: Array<{ id: string, draft: AccountDraft | undefined }> = []
    for (const account of accounts) {
      try {
        answers.push({ id: account.id, draft: await askFor(pool, this.#settings, account, now()) })
      } catch (error) {
        this.#leaveAsItIs(account.username, error)
      }
    }
    await db.transaction().execute(async trx => {
      for (const { id, draft } of answers) await writeAnswer(trx, id, draft, now())
      this.#tally.total.gone += answers.filter(({ draft }) => draft === undefined).length
      await this.#tally.tell(trx, now(), false)
    })
  }

  /** The run's last audit event. */
  async tellEnd (): Promise<void> {
    const { db, now } = this.#context
    await db.transaction().execute(async trx => await this.#tally.tell(trx, now(), true))
  }

  get summary (): SyncSummary {
    return { ...this.#tally.total }
  }

  /** Those of whom an account can be made. Of several with one user name or student number the first counts. */
  #pick (read: ReadonlyArray<{ dn: string, read: EntryRead }>, usernames: Set<string>): Person[] {
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
    if (error instanceof UnreadableEntry) this.#reject(error.dn, error.errors)
    else if (error instanceof DirectoryFault && error.kind === 'ambiguous') this.#reject(username, [{ path: 'username', message: 'twice-in-directory' }])
    else throw error
  }

  /** Names it on a line of its own. What a directory sends must not steer the terminal that shows it. */
  #reject (name: string, errors: readonly FieldError[]): [] {
    this.#tally.total.rejected++
    const shown = name.replace(/\p{C}/gu, '�').slice(0, longestName)
    this.#context.out(`Rejected ${shown}: ${errors.map(error => `${error.path}: ${fieldMessage(t, error)}`).join(' ')}`)
    return []
  }

  #reportProgress (count: number): void {
    const before = this.#entries
    this.#entries += count
    if (Math.floor(this.#entries / progressEvery) > Math.floor(before / progressEvery)) this.#context.out(`${this.#entries} entries read`)
  }
}
