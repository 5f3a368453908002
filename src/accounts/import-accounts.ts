/**
 * Imports accounts from a CSV file: creates new ones and updates changed ones. Each batch of rows is one transaction with
 * its audit event, so everything that an interrupted import wrote is recorded, and a second run imports the rest.
 */
import { basename } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { BatchCounter, BULK_ACCOUNT_LOCK_KEY } from '../audit/batch-counter.js'
import type { Database } from '../database/schema.js'
import { translator } from '../i18n/translate.js'
import type { FieldError } from '../institution/base-error.js'
import { formatFieldError, toFieldErrors } from '../institution/input.js'
import { accountRowSchema } from './account-row.js'
import { type AccountFile, type CsvRow, openAccountFile, RejectedRowsFile, streamAccountRows } from './accounts-csv.js'
import { type AccountDraft, upsertAccounts } from './upsert-accounts.js'

export interface ImportSummary {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
  /** The file with the rejected rows; undefined when there are none. */
  readonly rejectedFile: string | undefined
}

const BATCH_SIZE = 1000
const PROGRESS_INTERVAL_ROWS = 10_000
const t = translator('en')

/** The database, the clock and where progress is printed. */
export interface ImportContext {
  readonly db: Kysely<Database>
  readonly now: () => Date
  readonly printLine: (line: string) => void
}

interface BatchEntry { readonly row: CsvRow, readonly draft: AccountDraft }

/** Imports the file. @throws {AccountFileError} before anything is written, when the file cannot be imported at all */
export async function importAccounts (context: ImportContext, path: string): Promise<ImportSummary> {
  const file = await openAccountFile(path)
  reportHeader(context, file)
  const run = new AccountImport(context, file)
  await run.rejectedRows.removePrevious()
  let batch: BatchEntry[] = []
  for await (const row of streamAccountRows(file)) {
    const draft = run.parseRow(row)
    if (draft !== undefined) batch.push({ row, draft })
    if (batch.length === BATCH_SIZE) {
      await run.writeBatch(batch, false)
      batch = []
    }
    run.reportProgress()
  }
  await run.writeBatch(batch, true)
  return run.summary()
}

function reportHeader ({ printLine }: ImportContext, { header, columns, rowCount }: AccountFile): void {
  const unknown = header.filter((_name, index) => columns[index] === undefined)
  if (unknown.length > 0) printLine(`Ignored columns: ${unknown.map(name => JSON.stringify(name.slice(0, 60))).join(', ')}`)
  if (rowCount >= PROGRESS_INTERVAL_ROWS) printLine(`${rowCount} rows to read`)
}

class AccountImport {
  readonly rejectedRows: RejectedRowsFile
  readonly #context: ImportContext
  readonly #file: AccountFile
  readonly #schema: ReturnType<typeof accountRowSchema>
  readonly #counter: BatchCounter<'created' | 'updated' | 'unchanged' | 'rejected'>
  #rows = 0
  readonly #seen = new Map<string, number>()

  constructor (context: ImportContext, file: AccountFile) {
    this.#context = context
    this.#file = file
    this.#schema = accountRowSchema(context.now().toISOString().slice(0, 10))
    this.rejectedRows = new RejectedRowsFile(file)
    this.#counter = new BatchCounter({ created: 0, updated: 0, unchanged: 0, rejected: 0 }, { kind: 'accounts-imported', texts: { file: basename(file.path) } })
  }

  /** Returns the draft of the row, or undefined when it is rejected. */
  parseRow (row: CsvRow): AccountDraft | undefined {
    this.#rows++
    const { columns } = this.#file
    if (row.cells.length !== columns.length) return this.#reject(row, [{ path: '', message: 'cell-count', values: { count: row.cells.length, expected: columns.length } }])
    const cells = Object.fromEntries(columns.flatMap((column, index) => column === undefined ? [] : [[column, row.cells[index]]]))
    const parsed = this.#schema.safeParse(cells)
    if (!parsed.success) return this.#reject(row, toFieldErrors(parsed.error.issues))
    const keys = [['username', parsed.data.username], ['student_number', parsed.data.studentNumber]].filter(([, value]) => value != null)
    const twice = keys.find(key => this.#seen.has(key.join(' ')))
    if (twice !== undefined) return this.#reject(row, [{ path: twice[0]!, message: 'twice-in-file', values: { line: this.#seen.get(twice.join(' '))! } }])
    for (const key of keys) this.#seen.set(key.join(' '), row.line)
    return parsed.data
  }

  /** Writes the batch, and an audit event if it changed anything or is the last one. */
  async writeBatch (batch: readonly BatchEntry[], isLast: boolean): Promise<void> {
    const { db, now } = this.#context
    await db.transaction().execute(async trx => {
      await sql`select pg_advisory_xact_lock(${BULK_ACCOUNT_LOCK_KEY})`.execute(trx)
      const outcomes = await upsertAccounts(trx, batch.map(entry => entry.draft), now())
      outcomes.forEach((outcome, index) => {
        if (outcome === 'student-number-taken') this.#reject(batch[index]!.row, [{ path: 'student_number', message: outcome }])
        else this.#counter.totals[outcome]++
      })
      await this.rejectedRows.flush()
      if (!isLast && outcomes.every(outcome => outcome === 'unchanged' || outcome === 'student-number-taken')) return
      await this.#counter.appendCounts(trx, now(), isLast)
    })
  }

  #reject (row: CsvRow, errors: readonly FieldError[]): undefined {
    this.#counter.totals.rejected++
    this.rejectedRows.add(row, errors.map(error => `${error.path === '' ? '' : `${error.path.split('.')[0]}: `}${formatFieldError(t, error)}`).join(' '))
  }

  reportProgress (): void {
    if (this.#rows % PROGRESS_INTERVAL_ROWS === 0) this.#context.printLine(`${this.#rows} of ${this.#file.rowCount} rows read`)
  }

  summary (): ImportSummary {
    return { ...this.#counter.totals, rejectedFile: this.#counter.totals.rejected > 0 ? this.rejectedRows.path : undefined }
  }
}
