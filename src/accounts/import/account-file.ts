/** Opens an account file: finds its encoding, dialect and columns, and streams its rows. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { type Options, parse } from 'csv-parse'
import { type AccountHeader, accountHeaders } from '../account-row.js'
import { type Dialect, detectDialect, lineEnds, listMissingColumns, parseHeader } from './dialect.js'
import { type ByteSource, decodeFile, detectEncoding, type FileEncoding } from './encoding.js'
import { AccountFileError, toAccountFileError } from './file-errors.js'

export interface AccountFile {
  readonly source: ByteSource
  readonly encoding: FileEncoding
  readonly dialect: Dialect
  /** The header of the file, unchanged. */
  readonly header: readonly string[]
  /** The meaning of each column; undefined for an unknown column, which is ignored. */
  readonly columns: ReadonlyArray<AccountHeader | undefined>
  /** How many columns at the beginning an earlier import has added: those of `rejectedHeader`, or none. */
  readonly ownColumns: number
  /** True where a date of birth has the month first: 12/31/1999. */
  readonly hasMonthFirstDates: boolean
  /** The number of rows without the header. */
  readonly rowCount: number
}

export interface CsvRow {
  /** The line on which the row ends, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

const MAX_ROW_LENGTH = 100_000
/** The columns before those of the file in a file of rejected rows. */
export const rejectedHeader: readonly string[] = ['line', 'reason']

/** The file of this path. */
export function fileSource (path: string): ByteSource {
  return { name: basename(path), read: () => createReadStream(path) }
}

/**
 * Reads the whole file once, before anything is imported.
 * @param fallback the encoding of a file that is not in Unicode; a file that is in Unicode is read as that in any case
 * @throws {AccountFileError} when it is not text, not CSV, or lacks a required column
 */
export async function openAccountFile (source: ByteSource, fallback?: 'windows-1252'): Promise<AccountFile> {
  try {
    const detected = await detectEncoding(source)
    return await scanFile(source, detected).catch(async (error: unknown) => {
      if (fallback === undefined || !(error instanceof AccountFileError) || error.code !== 'not-utf8') throw error
      return await scanFile(source, fallback)
    })
  } catch (error) {
    throw toAccountFileError(error)
  }
}

/** Streams the rows below the header. */
export async function * streamAccountRows (file: Pick<AccountFile, 'source' | 'encoding' | 'dialect'>): AsyncGenerator<CsvRow> {
  let isHeader = true
  for await (const row of streamCsvRows(file.source, file.encoding, file.dialect)) {
    if (!isHeader) yield row
    isHeader = false
  }
}

async function scanFile (source: ByteSource, encoding: FileEncoding): Promise<AccountFile> {
  const dialect = detectDialect(await readWholeText(source, encoding))
  let header: readonly string[] | undefined
  let columns: AccountFile['columns'] = []
  let rowCount = 0
  let hasMonthFirstDates = false
  for await (const { cells } of streamCsvRows(source, encoding, dialect)) {
    if (header === undefined) {
      header = cells
      columns = readColumns(header)
      continue
    }
    rowCount++
    hasMonthFirstDates ||= monthFirstDate.test(cells[columns.indexOf('birth_date')] ?? '')
  }
  if (header === undefined) throw new AccountFileError('empty')
  const isOurs = rejectedHeader.every((name, index) => header[index] === name)
  return { source, encoding, dialect, header, columns, ownColumns: isOurs ? rejectedHeader.length : 0, hasMonthFirstDates, rowCount }
}

const monthFirstDate = /^\s*\d{1,2}\/(?:1[3-9]|2\d|3[01])\//

/** Decodes every byte, so that a wrong encoding is found before the first row. @returns the beginning */
async function readWholeText (source: ByteSource, encoding: FileEncoding): Promise<string> {
  let start = ''
  for await (const text of decodeFile(source, encoding)) {
    if (start.length < MAX_ROW_LENGTH) start += text
  }
  return start.slice(0, MAX_ROW_LENGTH)
}

async function * streamCsvRows (source: ByteSource, encoding: FileEncoding, { delimiter, headerLine }: Dialect): AsyncGenerator<CsvRow> {
  const options: Options = {
    delimiter,
    record_delimiter: lineEnds,
    from_line: headerLine,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: MAX_ROW_LENGTH,
  }
  const parser = pipeline(Readable.from(decodeFile(source, encoding)), parse(options), () => {})
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[], info: { lines: number } }>) {
      yield { line: info.lines, cells: record }
    }
  } catch (error) {
    throw toAccountFileError(error)
  }
}

function readColumns (header: readonly string[]): AccountFile['columns'] {
  const columns = header.map(parseHeader)
  const missing = listMissingColumns(columns)
  if (missing.length > 0) throw new AccountFileError('lacks-columns', { columns: missing.join(', '), known: accountHeaders.join(', ') })
  const twice = columns.find((column, index) => column !== undefined && columns.indexOf(column) !== index)
  if (twice !== undefined) throw new AccountFileError('column-twice', { column: twice })
  return columns
}
