/**
 * Takes accounts from a CSV file of the directory: creates, updates, leaves what is the same. Rows go in
 * batches, each in a transaction of its own with the audit event that tells it, so that whatever an
 * interrupted import has written is on record, and running it again finishes the rest.
 */
import { basename } from 'node:path'
import { sql } from 'kysely'
import type { CliContext } from '../cli-context.js'
import { fieldErrors, fieldMessage } from '../http/forms.js'
import type { FieldError } from '../http/problems.js'
import { translator } from '../i18n/translate.js'
import { accountRows, openAccountFile, type AccountFile, type FileRow } from './account-file.js'
import { accountRowSchema } from './account-row.js'
import { RejectedRows } from './rejected-rows.js'
import { manyAccountsLock, Tally } from './tally.js'
import { upsertAccounts, type AccountDraft } from './upsert-accounts.js'

export interface ImportSummary {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
  /** Where the rejected rows are; undefined when there are none. */
  readonly rejectedFile: string | undefined
}

const batchSize = 1000
const progressEvery = 10_000
const t = translator('en')

interface Entry { readonly row: FileRow, readonly draft: AccountDraft }

/** @throws {FileRefused} before anything is written, when the file cannot be imported at all */
export async function importAccounts (context: CliContext, path: string): Promise<ImportSummary> {
  const file = await openAccountFile(path)
  reportHeader(context, file)
  const run = new ImportRun(context, file)
  await run.rejects.begin()
  let batch: Entry[] = []
  for await (const row of accountRows(file)) {
    const draft = run.check(row)
    if (draft !== undefined) batch.push({ row, draft })
    if (batch.length === batchSize) {
      await run.write(batch, false)
      batch = []
    }
    run.reportProgress()
  }
  await run.write(batch, true)
  return run.summary()
}

function reportHeader ({ out }: CliContext, { header, columns, rowCount }: AccountFile): void {
  const unknown = header.filter((_name, index) => columns[index] === undefined)
  if (unknown.length > 0) out(`Ignored columns: ${unknown.map(name => JSON.stringify(name.slice(0, 60))).join(', ')}`)
  if (rowCount >= progressEvery) out(`${rowCount} rows to read`)
}

class ImportRun {
  readonly rejects: RejectedRows
  readonly #context: CliContext
  readonly #file: AccountFile
  readonly #schema: ReturnType<typeof accountRowSchema>
  readonly #tally: Tally<'created' | 'updated' | 'unchanged' | 'rejected'>
  #rows = 0
  readonly #seen = new Map<string, number>()

  constructor (context: CliContext, file: AccountFile) {
    this.#context = context
    this.#file = file
    this.#schema = accountRowSchema(context.now().toISOString().slice(0, 10))
    this.rejects = new RejectedRows(file)
    this.#tally = new Tally({ created: 0, updated: 0, unchanged: 0, rejected: 0 }, { kind: 'accounts-imported', texts: { file: basename(file.path) } })
  }

  /** The row's draft, or undefined when it has been rejected. */
  check (row: FileRow): AccountDraft | undefined {
    this.#rows++
    const { columns } = this.#file
    if (row.cells.length !== columns.length) return this.#reject(row, [{ path: '', message: 'cell-count', values: { count: row.cells.length, expected: columns.length } }])
    const cells = Object.fromEntries(columns.flatMap((column, index) => column === undefined ? [] : [[column, row.cells[index]]]))
    const parsed = this.#schema.safeParse(cells)
    if (!parsed.success) return this.#reject(row, fieldErrors(parsed.error.issues))
    const keys = [['username', parsed.data.username], ['student_number', parsed.data.studentNumber]].filter(([, value]) => value != null)
    const twice = keys.find(key => this.#seen.has(key.join(' ')))
    if (twice !== undefined) return this.#reject(row, [{ path: twice[0]!, message: 'twice-in-file', values: { line: this.#seen.get(twice.join(' '))! } }])
    for (const key of keys) this.#seen.set(key.join(' '), row.line)
    return parsed.data
  }

  /** Writes the batch and, where it changed anything or is the last, its audit event. */
  async write (batch: readonly Entry[], isLast: boolean): Promise<void> {
    const { db, now } = this.#context
    await db.transaction().execute(async trx => {
      await sql`select pg_advisory_xact_lock(${manyAccountsLock})`.execute(trx)
      const outcomes = await upsertAccounts(trx, batch.map(entry => entry.draft), now())
      outcomes.forEach((outcome, index) => {
        if (outcome === 'student-number-taken') this.#reject(batch[index]!.row, [{ path: 'student_number', message: outcome }])
        else this.#tally.total[outcome]++
      })
      await this.rejects.flush()
      if (!isLast && outcomes.every(outcome => outcome === 'unchanged' || outcome === 'student-number-taken')) return
      await this.#tally.tell(trx, now(), isLast)
    })
  }

  #reject (row: FileRow, errors: readonly FieldError[]): undefined {
    this.#tally.total.rejected++
    this.rejects.add(row, errors.map(error => `${error.path === '' ? '' : `${error.path.split('.')[0]}: `}${fieldMessage(t, error)}`).join(' '))
  }

  reportProgress (): void {
    if (this.#rows % progressEvery === 0) this.#context.out(`${this.#rows} of ${this.#file.rowCount} rows read`)
  }

  summary (): ImportSummary {
    return { ...this.#tally.total, rejectedFile: this.#tally.total.rejected > 0 ? this.rejects.path : undefined }
  }
}
