/** Reads an accounts file: CSV in UTF-8, with or without BOM, `,` or `;`, columns in any order. */
import { createReadStream } from 'node:fs'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { type CsvError, type Options, parse } from 'csv-parse'
import { stringify } from 'csv-stringify/sync'
import { type AccountHeader, accountHeaders } from './account-row.js'

/** A file that cannot be imported at all; the message says why, for the operator. */
export class AccountFileError extends Error {}

export interface AccountFile {
  readonly path: string
  readonly delimiter: ',' | ';'
  /** The header of the file, unchanged. */
  readonly header: readonly string[]
  /** The meaning of each column; undefined for an unknown column, which is ignored. */
  readonly columns: ReadonlyArray<AccountHeader | undefined>
  /** The number of rows without the header. */
  readonly rowCount: number
}

export interface CsvRow {
  /** The line on which the row ends, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

const MAX_ROW_LENGTH = 100_000
const headerAliases: ReadonlyMap<string, AccountHeader> = new Map([['affiliation', 'affiliations'], ['language', 'preferred_language'], ['name', 'display_name']])

/**
 * Checks the whole file before anything is imported.
 * @throws {AccountFileError} when it is not text, not CSV, or lacks a required column
 */
export async function openAccountFile (path: string): Promise<AccountFile> {
  const firstLine = await validateTextFile(path)
  const delimiter = countOccurrences(firstLine, ';') > countOccurrences(firstLine, ',') ? ';' : ','
  let header: readonly string[] | undefined
  let rowCount = -1
  for await (const { cells } of streamCsvRows(path, delimiter)) {
    header ??= cells
    rowCount++
  }
  if (header === undefined) throw new AccountFileError('The file is empty.')
  const columns = header.map(parseHeader)
  requireColumns(columns)
  return { path, delimiter, header, columns, rowCount }
}

/** Streams the rows below the header. */
export async function * streamAccountRows (file: AccountFile): AsyncGenerator<CsvRow> {
  let isHeader = true
  for await (const row of streamCsvRows(file.path, file.delimiter)) {
    if (!isHeader) yield row
    isHeader = false
  }
}

/** Reads every byte as UTF-8. @returns the first line */
async function validateTextFile (path: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let start = ''
  try {
    for await (const chunk of createReadStream(path)) {
      const text = decoder.decode(chunk as Buffer, { stream: true })
      if (text.includes('\0')) throw new AccountFileError('This is not a text file.')
      if (start.length < MAX_ROW_LENGTH) start += text
    }
    decoder.decode()
  } catch (error) {
    throw toAccountFileError(error)
  }
  return start.split(/[\r\n]/, 1)[0]!
}

async function * streamCsvRows (path: string, delimiter: string): AsyncGenerator<CsvRow> {
  const options: Options = {
    bom: true, delimiter, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, skip_records_with_empty_values: true, max_record_size: MAX_ROW_LENGTH,
  }
  const parser = pipeline(createReadStream(path), parse(options), () => {})
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[], info: { lines: number } }>) {
      yield { line: info.lines, cells: record }
    }
  } catch (error) {
    throw toAccountFileError(error)
  }
}

function toAccountFileError (error: unknown): unknown {
  const { code, lines } = error as CsvError & { lines?: number }
  switch (code as string) {
    case 'ERR_ENCODING_INVALID_ENCODED_DATA': return new AccountFileError('This is not text in UTF-8. Save it as "CSV UTF-8" and try again.')
    case 'CSV_QUOTE_NOT_CLOSED':
    case 'CSV_MAX_RECORD_SIZE': return new AccountFileError(`A quotation mark is opened and not closed, or a row is too long; noticed on line ${lines}.`)
    case 'ENOENT': return new AccountFileError('There is no such file.')
    case 'EISDIR': return new AccountFileError('This is a folder, not a file.')
    case 'EACCES': return new AccountFileError('This file may not be read.')
    default: return error
  }
}

/** Recognises headers in any case and style: `student_number`, `Student number`, `studentNumber`. */
function parseHeader (text: string): AccountHeader | undefined {
  const name = normalizeHeader(text)
  return headerAliases.get(name) ?? accountHeaders.find(header => normalizeHeader(header) === name)
}

function normalizeHeader (header: string): string {
  return header.toLowerCase().replace(/[\s_-]+/g, '')
}

function requireColumns (columns: AccountFile['columns']): void {
  const has = (header: AccountHeader) => columns.includes(header)
  const missing = (['username', 'affiliations'] as const).filter(header => !has(header)).map(String)
  if (!has('display_name') && !(has('first_names') && has('last_name'))) missing.push('display_name (or first_names and last_name)')
  if (missing.length > 0) throw new AccountFileError(`The header line lacks ${missing.join(', ')}. Known headers: ${accountHeaders.join(', ')}.`)
  const twice = columns.find((column, index) => column !== undefined && columns.indexOf(column) !== index)
  if (twice !== undefined) throw new AccountFileError(`The header line names ${twice} twice.`)
}

function countOccurrences (text: string, sign: string): number {
  return text.split(sign).length - 1
}

/** Writes the rejected rows of an import, with line number and reason, so that they can be corrected and imported again. */
export class RejectedRowsFile {
  readonly path: string
  count = 0
  readonly #file: AccountFile
  #pending: string[][] = []

  /** The rejected rows of `people.csv` go to `people.rejected.csv` in the same folder. */
  constructor (file: AccountFile) {
    this.#file = file
    this.path = `${file.path.replace(/\.csv$/i, '')}.rejected.csv`
  }

  /** Deletes the file of an earlier import. */
  async removePrevious (): Promise<void> {
    await rm(this.path, { force: true })
  }

  add (row: CsvRow, reason: string): void {
    this.count++
    this.#pending.push([String(row.line), reason, ...row.cells])
  }

  /** Writes the rows added since the last call. The file starts with a BOM, so that a spreadsheet detects UTF-8. */
  async flush (): Promise<void> {
    if (this.#pending.length === 0) return
    const isFirst = this.count === this.#pending.length
    if (isFirst) await writeFile(this.path, `\ufeff${this.#csv([['line', 'reason', ...this.#file.header]])}`, { mode: 0o600 })
    await appendFile(this.path, this.#csv(this.#pending))
    this.#pending = []
  }

  #csv (rows: string[][]): string {
    return stringify(rows, { delimiter: this.#file.delimiter, escape_formulas: true })
  }
}
