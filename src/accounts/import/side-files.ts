/** The files beside an imported file: its rejected rows, which can be corrected and imported again, and its warnings. */
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import { type Translate, translator } from '../../i18n/translate.js'
import type { FieldError } from '../../institution/base-error.js'
import { formatFieldError } from '../../institution/input.js'
import { type AccountFile, rejectedHeader } from './account-file.js'
import { formatRemark } from './remarks.js'
import type { RejectedRow, RowRemark } from './import-accounts.js'

/** Formats the lines of a CSV file for a spreadsheet: cells that begin like a formula get an apostrophe. */
export function formatCsv (rows: ReadonlyArray<readonly string[]>, delimiter: string): string {
  return stringify(rows.map(row => [...row]), { delimiter, escape_formulas: true })
}

/**
 * Returns the cells of a rejected row: its line, the reasons, and the cells of the file.
 * @param ownColumns how many of the file's cells an earlier import had added
 */
export function toRejectedCells (t: Translate, { row, errors }: RejectedRow, ownColumns: number): string[] {
  return [String(row.line), formatRejection(t, errors), ...row.cells.slice(ownColumns)]
}

/** Formats why a row is rejected, in the reader's language. */
export function formatRejection (t: Translate, errors: readonly FieldError[]): string {
  return errors.map(error => `${error.path === '' ? '' : `${error.path}: `}${formatFieldError(t, error)}`).join(' ')
}

/** Returns the cells of a warning. */
export function toWarningCells (t: Translate, warning: RowRemark): string[] {
  return [String(warning.line), warning.username, warning.column, formatRemark(t, 'warnings', warning)]
}

export const warningHeader = ['line', 'username', 'column', 'warning'] as const

const t = translator('en')

/** A CSV file that is created with its first row. It starts with a BOM, so that a spreadsheet detects UTF-8. */
class SideFile {
  readonly path: string
  readonly #header: readonly string[]
  readonly #delimiter: string
  #exists = false

  constructor (path: string, header: readonly string[], delimiter: string) {
    this.path = path
    this.#header = header
    this.#delimiter = delimiter
  }

  /** Deletes the file of an earlier import. */
  async removePrevious (): Promise<void> {
    await rm(this.path, { force: true })
  }

  async append (rows: ReadonlyArray<readonly string[]>): Promise<void> {
    if (rows.length === 0) return
    if (!this.#exists) await writeFile(this.path, `\ufeff${formatCsv([this.#header], this.#delimiter)}`, { mode: 0o600 })
    this.#exists = true
    await appendFile(this.path, formatCsv(rows, this.#delimiter))
  }
}

/** The rejected rows of `people.csv` go to `people.rejected.csv` in the same folder. */
export class RejectedRowsFile extends SideFile {
  readonly #file: AccountFile

  constructor (path: string, file: AccountFile) {
    super(nameBeside(path, 'rejected'), [...rejectedHeader, ...file.header.slice(file.ownColumns)], file.dialect.delimiter)
    this.#file = file
  }

  async appendRows (rows: readonly RejectedRow[]): Promise<void> {
    await this.append(rows.map(row => toRejectedCells(t, row, this.#file.ownColumns)))
  }
}

/** More warnings than a person reads on the screen go to `people.warnings.csv` as well. */
export class WarningsFile extends SideFile {
  constructor (path: string, delimiter: string) {
    super(nameBeside(path, 'warnings'), warningHeader, delimiter)
  }

  async appendWarnings (warnings: readonly RowRemark[]): Promise<void> {
    await this.append(warnings.map(warning => toWarningCells(t, warning)))
  }
}

function nameBeside (path: string, kind: 'rejected' | 'warnings'): string {
  return `${path.replace(/\.(csv|txt|tsv)$/i, '')}.${kind}.csv`
}
