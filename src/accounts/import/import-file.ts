/** Imports an account file from the command line, and prints what it does, or would do, in English. */
import type { Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { translator } from '../../i18n/translate.js'
import { type AccountFile, fileSource, openAccountFile } from './account-file.js'
import { type AccountChange, type BatchReport, importAccounts, type ImportCounts, type RowRemark } from './import-accounts.js'
import { formatRemark, NoteGroups } from './remarks.js'
import { formatRejection, RejectedRowsFile, WarningsFile } from './side-files.js'

/** The database, the clock and where progress is printed. */
export interface ImportContext {
  readonly db: Kysely<Database>
  readonly now: () => Date
  readonly printLine: (line: string) => void
}

export interface FileImportOptions {
  /** Prints every change, and writes neither to the database nor beside the file. */
  readonly isDryRun?: boolean
  /** The encoding of a file that is not in Unicode. */
  readonly encoding?: 'windows-1252' | undefined
  readonly shortensNumbers?: boolean
}

export interface ImportSummary extends ImportCounts {
  /** The file with the rejected rows; undefined when there are none. */
  readonly rejectedFile: string | undefined
  /** The file with all warnings; undefined when all of them were printed. */
  readonly warningsFile: string | undefined
}

const PROGRESS_INTERVAL_ROWS = 10_000
/** More warnings are counted, and written to a file. */
const MAX_PRINTED_WARNINGS = 100
const t = translator('en')

/** Imports the file of a path. @throws {AccountFileError} before anything is written, when the file cannot be imported at all */
export async function importAccountFile (context: ImportContext, path: string, { isDryRun = false, encoding, shortensNumbers = false }: FileImportOptions = {}): Promise<ImportSummary> {
  const file = await openAccountFile(fileSource(path), encoding)
  const printer = new ImportPrinter(context.printLine, file, path, isDryRun)
  await printer.begin(encoding)
  const { db, now } = context
  const counts = await importAccounts({ db, now, file, actor: 'system', isDryRun, shortensNumbers, report: async (_db, batch) => await printer.printBatch(batch) })
  return printer.end(counts)
}

class ImportPrinter {
  readonly #print: (line: string) => void
  readonly #file: AccountFile
  readonly #isDryRun: boolean
  readonly #rejectedFile: RejectedRowsFile
  readonly #warningsFile: WarningsFile
  readonly #notes = new NoteGroups()
  /** The printed warnings, until there are too many and a file is needed. */
  #firstWarnings: RowRemark[] = []
  #warningCount = 0
  #rejectedCount = 0
  #hasKeptZeros = false
  #nextProgress = PROGRESS_INTERVAL_ROWS

  constructor (print: (line: string) => void, file: AccountFile, path: string, isDryRun: boolean) {
    this.#print = print
    this.#file = file
    this.#isDryRun = isDryRun
    this.#rejectedFile = new RejectedRowsFile(path, file)
    this.#warningsFile = new WarningsFile(path, file.dialect.delimiter)
  }

  async begin (encoding: FileImportOptions['encoding']): Promise<void> {
    const { header, columns, ownColumns, rowCount } = this.#file
    const unknown = header.filter((name, index) => columns[index] === undefined && index >= ownColumns && name.trim() !== '')
    if (this.#isDryRun) this.#print('Dry run: nothing is changed.')
    if (encoding !== undefined && this.#file.encoding !== encoding) this.#print(`The file is in ${this.#file.encoding.toUpperCase()} and was read as that.`)
    if (unknown.length > 0) this.#print(`Ignored columns: ${unknown.map(name => JSON.stringify(name.slice(0, 60))).join(', ')}`)
    if (rowCount >= PROGRESS_INTERVAL_ROWS) this.#print(`${rowCount} rows to read`)
    if (this.#isDryRun) return
    await this.#rejectedFile.removePrevious()
    await this.#warningsFile.removePrevious()
  }

  async printBatch ({ changes, warnings, notes, rejected, rows }: BatchReport): Promise<void> {
    if (this.#isDryRun) for (const change of changes) this.#print(formatChange(change))
    this.#notes.add(notes)
    this.#hasKeptZeros ||= warnings.some(({ code }) => code === 'zeros-kept')
    await this.#printWarnings(warnings)
    this.#rejectedCount += rejected.length
    if (this.#isDryRun) for (const { row, errors } of rejected) this.#print(`line ${row.line}: would be rejected. ${formatRejection(t, errors)}`)
    else await this.#rejectedFile.appendRows(rejected)
    if (rows < this.#nextProgress) return
    const passed = Math.floor(rows / PROGRESS_INTERVAL_ROWS) * PROGRESS_INTERVAL_ROWS
    this.#nextProgress = passed + PROGRESS_INTERVAL_ROWS
    this.#print(`${passed} of ${this.#file.rowCount} rows read`)
  }

  end (counts: ImportCounts): ImportSummary {
    const hasWarningsFile = !this.#isDryRun && this.#warningCount > MAX_PRINTED_WARNINGS
    const hasRejectedFile = !this.#isDryRun && this.#rejectedCount > 0
    for (const { first, count } of this.#notes.list()) {
      this.#print(`${first.column}: ${formatRemark(t, 'notes', first)} (${count === 1 ? '' : `${count} rows, the first on `}line ${first.line})`)
    }
    if (this.#hasKeptZeros) this.#print('Student numbers that only lack their leading zeros are not changed. If the shorter numbers are right, add --force.')
    return {
      ...counts,
      rejectedFile: hasRejectedFile ? this.#rejectedFile.path : undefined,
      warningsFile: hasWarningsFile ? this.#warningsFile.path : undefined,
    }
  }

  async #printWarnings (warnings: readonly RowRemark[]): Promise<void> {
    const wasInFile = this.#warningCount > MAX_PRINTED_WARNINGS
    const room = this.#isDryRun ? warnings.length : Math.max(0, MAX_PRINTED_WARNINGS - this.#warningCount)
    for (const warning of warnings.slice(0, room)) this.#print(`line ${warning.line} ${warning.username}: ${warning.column}: ${formatRemark(t, 'warnings', warning)}`)
    this.#warningCount += warnings.length
    if (this.#isDryRun) return
    if (this.#warningCount <= MAX_PRINTED_WARNINGS) {
      this.#firstWarnings.push(...warnings)
      return
    }
    if (!wasInFile) this.#print(`More than ${MAX_PRINTED_WARNINGS} warnings: all of them are in ${this.#warningsFile.path}`)
    await this.#warningsFile.appendWarnings([...this.#firstWarnings, ...warnings])
    this.#firstWarnings = []
  }
}

function formatChange ({ line, username, displayName, isNew, fields }: AccountChange): string {
  const values = fields.map(({ column, from, to }) => isNew ? `${column} ${to ?? '–'}` : `${column} ${from ?? '–'} → ${to ?? '–'}`)
  return isNew ? `line ${line} ${username}: would be created. ${values.join(', ')}` : `line ${line} ${username} (${displayName}): would be updated. ${values.join(', ')}`
}
