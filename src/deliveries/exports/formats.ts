/** Formats delivery records as CSV, NDJSON and JSON, one page at a time. */
import { stringify } from 'csv-stringify/sync'
import { type DeliveryRecord, type FlatRecord, recordColumns } from '../records/delivery-record.js'

export const recordFormats = ['json', 'csv', 'ndjson', 'xlsx'] as const
export type RecordFormat = (typeof recordFormats)[number]

export const contentTypes: Readonly<Record<RecordFormat, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

export interface CsvDialect {
  readonly delimiter: ',' | ';'
  /** With `;` and a byte order mark, a Finnish Excel opens the file correctly. */
  readonly byteOrderMark: boolean
}

type RecordPages = AsyncIterable<readonly DeliveryRecord[]>

/** Formats the records as a JSON array. An aborted export lacks the closing bracket, so it cannot be parsed. */
export async function * toJson (pages: RecordPages): AsyncGenerator<string> {
  let separator = '{"items":['
  for await (const page of pages) {
    if (page.length === 0) continue
    yield separator + page.map(record => JSON.stringify(record)).join(',')
    separator = ','
  }
  yield separator === ',' ? ']}' : '{"items":[]}'
}

export async function * toNdjson (pages: RecordPages): AsyncGenerator<string> {
  for await (const page of pages) yield page.map(record => `${JSON.stringify(record)}\n`).join('')
}

/** Formats a line as in RFC 4180. An apostrophe is put before text that a spreadsheet would run as a formula. */
export async function * toCsv (pages: AsyncIterable<readonly FlatRecord[]>, { delimiter, byteOrderMark }: CsvDialect): AsyncGenerator<string> {
  const lines = (rows: ReadonlyArray<readonly unknown[]>) => stringify(rows as unknown[][], { delimiter, record_delimiter: '\r\n', escape_formulas: true, quoted_string: true })
  yield (byteOrderMark ? '\uFEFF' : '') + lines([recordColumns])
  for await (const page of pages) yield lines(page.map(toCells))
}

/** Returns the values in the order of the columns. */
export function toCells (record: FlatRecord): Array<string | null> {
  return recordColumns.map(column => record[column])
}

// The formats of an export.

/** The formats of the records, and `pdf` for the summary. */
export const exportFormats = [...recordFormats, 'pdf'] as const
export type ExportFormat = (typeof exportFormats)[number]

// The formats that the pages offer, by the name in the query string.

const plainCsv: CsvDialect = { delimiter: ',', byteOrderMark: false }

export const recordDownloadFormats: Readonly<Record<string, { format: RecordFormat, dialect: CsvDialect }>> = {
  xlsx: { format: 'xlsx', dialect: plainCsv },
  'csv-semicolon': { format: 'csv', dialect: { delimiter: ';', byteOrderMark: true } },
  'csv-comma': { format: 'csv', dialect: plainCsv },
  ndjson: { format: 'ndjson', dialect: plainCsv },
  json: { format: 'json', dialect: plainCsv },
}

/** The formats of the records, and `pdf` for the summary. */
export const pageDownloadFormats: readonly string[] = ['pdf', ...Object.keys(recordDownloadFormats)]
