/**
 * Imports accounts from a file: creates new ones and updates changed ones. Each batch of rows is one transaction with its
 * audit event, so everything that an interrupted import wrote is recorded, and a second run imports the rest. A dry run
 * takes the same way, but writes nothing.
 */
import { type Kysely, sql } from 'kysely'
import { BatchCounter, BULK_ACCOUNT_LOCK_KEY } from '../../audit/batch-counter.js'
import type { Actor } from '../../audit/events.js'
import type { Database } from '../../database/schema.js'
import type { FieldError } from '../../institution/base-error.js'
import { type AccountHeader, type FieldRemark, readAccountRow, type RowContext } from '../account-row.js'
import { type AccountDraft, type AccountPlan, type AccountRow, listReleasedNumbers, planAccounts, writeAccounts } from '../upsert-accounts.js'
import { type AccountFile, type CsvRow, streamAccountRows } from './account-file.js'

/** How many accounts the import creates and so on; `warned` of those that are not rejected have warnings. */
export type ImportCounts = Readonly<Record<'created' | 'updated' | 'unchanged' | 'warned' | 'rejected', number>>

export interface RejectedRow { readonly row: CsvRow, readonly errors: readonly FieldError[] }

/** A remark on a field of a person. */
export interface RowRemark extends FieldRemark { readonly line: number, readonly username: string }

/** One account that is created or updated. */
export interface AccountChange {
  readonly line: number
  readonly username: string
  readonly displayName: string
  readonly isNew: boolean
  /** Each field whose value differs; `from` is null for a field without a value, as of a new account. */
  readonly fields: ReadonlyArray<{ readonly column: AccountHeader, readonly from: string | null, readonly to: string | null }>
}

/** What one batch of rows has done, or would do. */
export interface BatchReport {
  readonly changes: readonly AccountChange[]
  readonly warnings: readonly RowRemark[]
  readonly notes: readonly RowRemark[]
  readonly rejected: readonly RejectedRow[]
  /** Rows read, and outcomes, since the start of the import. */
  readonly rows: number
  readonly counts: ImportCounts
  readonly isLast: boolean
}

export interface ImportOptions {
  readonly db: Kysely<Database>
  readonly now: () => Date
  readonly file: AccountFile
  readonly actor: Actor
  readonly isDryRun: boolean
  /** Shortens student numbers by their leading zeros where the file does. */
  readonly shortensNumbers: boolean
  /** Receives each batch, in the transaction that writes it; in a dry run, outside any transaction. */
  readonly report: (db: Kysely<Database>, batch: BatchReport) => Promise<void>
  /** Ends the import after the current batch. */
  readonly stop?: AbortSignal | undefined
}

const BATCH_SIZE = 1000

/** Imports the file. @throws the reason of `stop`, once it is aborted */
export async function importAccounts (options: ImportOptions): Promise<ImportCounts> {
  const run = new AccountImport(options)
  for await (const row of streamAccountRows(options.file)) {
    run.readRow(row)
    if (!run.isBatchFull) continue
    await run.writeBatch(false)
    options.stop?.throwIfAborted()
  }
  await run.writeBatch(true)
  return run.counts
}

interface BatchEntry { readonly row: CsvRow, readonly draft: AccountDraft, readonly warnings: readonly FieldRemark[], readonly notes: readonly FieldRemark[] }

class AccountImport {
  readonly #options: ImportOptions
  readonly #counter: BatchCounter<keyof ImportCounts>
  /** Of a dry run: no two rows of the file have one number, so this is all that an earlier batch can change for a later one. */
  readonly #releasedNumbers = new Set<string>()
  /** The line of each user name and student number that was read. */
  readonly #seen = new Map<string, number>()
  readonly #context: RowContext
  #batch: BatchEntry[] = []
  #rejected: RejectedRow[] = []
  #rows = 0

  constructor (options: ImportOptions) {
    this.#options = options
    this.#context = { today: options.now().toISOString().slice(0, 10), hasMonthFirstDates: options.file.hasMonthFirstDates }
    this.#counter = new BatchCounter({ created: 0, updated: 0, unchanged: 0, warned: 0, rejected: 0 }, {
      kind: 'accounts-imported', actor: options.actor, texts: { file: options.file.source.name },
    })
  }

  get isBatchFull (): boolean {
    return this.#batch.length + this.#rejected.length >= BATCH_SIZE
  }

  get counts (): ImportCounts {
    return { ...this.#counter.totals }
  }

  /** Adds the row to the batch, or rejects it. */
  readRow (row: CsvRow): void {
    this.#rows++
    const { columns } = this.#options.file
    // Spreadsheets add separators at the end of a row.
    const cells = row.cells.slice(columns.length).every(cell => cell.trim() === '') ? row.cells.slice(0, columns.length) : row.cells
    if (cells.length !== columns.length) return this.#reject(row, [{ path: '', message: 'cell-count', values: { count: cells.length, expected: columns.length } }])
    const read = readAccountRow(Object.fromEntries(columns.flatMap((column, index) => column === undefined ? [] : [[column, cells[index]]])), this.#context)
    if (!read.ok) return this.#reject(row, read.errors)
    const keys = [['username', read.draft.username], ['student_number', read.draft.studentNumber]].filter(([, value]) => value != null)
    const twice = keys.find(key => this.#seen.has(key.join(' ')))
    if (twice !== undefined) return this.#reject(row, [{ path: twice[0]!, message: 'twice-in-file', values: { line: this.#seen.get(twice.join(' '))! } }])
    for (const key of keys) this.#seen.set(key.join(' '), row.line)
    this.#batch.push({ ...read, row })
  }

  /** Writes the batch, and an audit event if it changed anything or is the last one. */
  async writeBatch (isLast: boolean): Promise<void> {
    const { db, now, isDryRun, shortensNumbers } = this.#options
    const drafts = this.#batch.map(entry => entry.draft)
    if (isDryRun) {
      const plans = await planAccounts(db, drafts, { lock: false, keepsZeros: !shortensNumbers, releasedNumbers: this.#releasedNumbers })
      for (const number of listReleasedNumbers(plans)) this.#releasedNumbers.add(number)
      await this.#options.report(db, this.#finishBatch(plans, isLast))
    } else {
      await db.transaction().execute(async trx => {
        await sql`select pg_advisory_xact_lock(${BULK_ACCOUNT_LOCK_KEY})`.execute(trx)
        const plans = await planAccounts(trx, drafts, { lock: true, keepsZeros: !shortensNumbers })
        await writeAccounts(trx, plans, now(), this.#options.actor)
        const report = this.#finishBatch(plans, isLast)
        await this.#options.report(trx, report)
        if (isLast || report.changes.length > 0) await this.#counter.appendCounts(trx, now(), isLast)
      })
    }
  }

  #reject (row: CsvRow, errors: readonly FieldError[]): void {
    this.#counter.totals.rejected++
    this.#rejected.push({ row, errors })
  }

  /** Counts the outcomes of the batch and starts the next one. */
  #finishBatch (plans: readonly AccountPlan[], isLast: boolean): BatchReport {
    const batch = this.#batch
    plans.forEach(({ outcome }, index) => {
      if (outcome === 'student-number-taken') this.#reject(batch[index]!.row, [{ path: 'student_number', message: outcome }])
      else this.#counter.totals[outcome]++
    })
    const taken = plans.flatMap((plan, index) => plan.outcome === 'student-number-taken' ? [] : [{ plan, ...batch[index]! }])
    const warnings = taken.flatMap(entry => locateRemarks(entry.row, entry.plan, [...entry.warnings, ...listNumberWarnings(entry.plan)]))
    this.#counter.totals.warned += new Set(warnings.map(({ username }) => username)).size
    const report: BatchReport = {
      changes: taken.flatMap(({ plan, row }) => plan.outcome === 'unchanged' ? [] : [toChange(plan, row.line)]),
      warnings,
      notes: taken.flatMap(entry => locateRemarks(entry.row, entry.plan, entry.notes)),
      rejected: this.#rejected,
      rows: this.#rows,
      counts: this.counts,
      isLast,
    }
    this.#batch = []
    this.#rejected = []
    return report
  }
}

function locateRemarks ({ line }: CsvRow, { draft }: AccountPlan, remarks: readonly FieldRemark[]): RowRemark[] {
  return remarks.map(remark => ({ ...remark, line, username: draft.username }))
}

function listNumberWarnings ({ refusedNumber, row }: AccountPlan): FieldRemark[] {
  return refusedNumber === undefined ? [] : [{ column: 'student_number', code: 'zeros-kept', values: { value: refusedNumber, stored: row.student_number! } }]
}

/** The columns of the file by column of the table. */
const comparedColumns = {
  display_name: 'display_name', student_number: 'student_number', affiliation: 'affiliations', status: 'status', preferred_language: 'preferred_language', birth_date: 'birth_date', latin_name: 'latin_name',
} as const satisfies Partial<Record<keyof AccountRow, AccountHeader>>

function toChange ({ row, before, draft }: AccountPlan, line: number): AccountChange {
  const fields = Object.entries(comparedColumns).map(([name, column]) => ({
    column, from: before?.[name as keyof typeof comparedColumns] ?? null, to: row[name as keyof typeof comparedColumns],
  }))
  return { line, username: draft.username, displayName: row.display_name, isNew: before === undefined, fields: fields.filter(({ from, to }) => from !== to) }
}
