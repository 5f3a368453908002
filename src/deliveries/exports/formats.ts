/** Delivery records as CSV, NDJSON and JSON, a page at a time. */
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
  /** Finnish Excel opens `;` with a byte order mark by a double click. */
  readonly byteOrderMark: boolean
}

type RecordPages = AsyncIterable<readonly DeliveryRecord[]>

/** Without its last bracket it is no JSON: a list that broke off cannot be taken for a whole one. */
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

/** By RFC 4180; cells that a spreadsheet would run are defused by an apostrophe. */
export async function * toCsv (pages: AsyncIterable<readonly FlatRecord[]>, { delimiter, byteOrderMark }: CsvDialect): AsyncGenerator<string> {
  const lines = (rows: ReadonlyArray<readonly unknown[]>) => stringify(rows as unknown[][], { delimiter, record_delimiter: '\r\n', escape_formulas: true, quoted_string: true })
  yield (byteOrderMark ? '\uFEFF' : '') + lines([recordColumns])
  for await (const page of pages) yield lines(page.map(toCells))
}

/** In the order of the columns. */
export function toCells (record: FlatRecord): Array<string | null> {
  return recordColumns.map(column => record[column])
}

// In which forms delivery records are taken away.

/** The records themselves, and the summary on paper. */
export const exportFormats = [...recordFormats, 'pdf'] as const
export type ExportFormat = (typeof exportFormats)[number]

// What the pages offer to take away, by the name in the address. Pure.

const plainCsv: CsvDialect = { delimiter: ',', byteOrderMark: false }

export const recordDownloadFormats: Readonly<Record<string, { format: RecordFormat, dialect: CsvDialect }>> = {
  xlsx: { format: 'xlsx', dialect: plainCsv },
  'csv-semicolon': { format: 'csv', dialect: { delimiter: ';', byteOrderMark: true } },
  'csv-comma': { format: 'csv', dialect: plainCsv },
  ndjson: { format: 'ndjson', dialect: plainCsv },
  json: { format: 'json', dialect: plainCsv },
}

/** The records, and the summary on paper. */
export const pageDownloadFormats: readonly string[] = ['pdf', ...Object.keys(recordDownloadFormats)]
