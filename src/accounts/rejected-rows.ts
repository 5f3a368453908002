/** Keeps the rows that an import did not take, with line number and reason, so that they can be corrected and imported again. */
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import type { AccountFile, CsvRow } from './account-file.js'

export class RejectedRowsFile {
  readonly path: string
  count = 0
  readonly #file: AccountFile
  #waiting: string[][] = []

  /** `people.csv` has its rejected rows in `people.rejected.csv` beside it. */
  constructor (file: AccountFile) {
    this.#file = file
    this.path = `${file.path.replace(/\.csv$/i, '')}.rejected.csv`
  }

  /** Takes away what an earlier import left. */
  async removePrevious (): Promise<void> {
    await rm(this.path, { force: true })
  }

  add (row: CsvRow, reason: string): void {
    this.count++
    this.#waiting.push([String(row.line), reason, ...row.cells])
  }

  /** Writes what has been added since. The file begins with a BOM, so that a spreadsheet reads the names right. */
  async flush (): Promise<void> {
    if (this.#waiting.length === 0) return
    const isFirst = this.count === this.#waiting.length
    if (isFirst) await writeFile(this.path, `\ufeff${this.#csv([['line', 'reason', ...this.#file.header]])}`, { mode: 0o600 })
    await appendFile(this.path, this.#csv(this.#waiting))
    this.#waiting = []
  }

  #csv (rows: string[][]): string {
    return stringify(rows, { delimiter: this.#file.delimiter, escape_formulas: true })
  }
}
