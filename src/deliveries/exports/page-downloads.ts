/** What the pages offer to take away, by the name in the address. Pure. */
import type { CsvDialect, RecordFormat } from './record-formats.js'

const plain: CsvDialect = { delimiter: ',', byteOrderMark: false }

export const recordDownloads: Readonly<Record<string, { format: RecordFormat, dialect: CsvDialect }>> = {
  xlsx: { format: 'xlsx', dialect: plain },
  'csv-semicolon': { format: 'csv', dialect: { delimiter: ';', byteOrderMark: true } },
  'csv-comma': { format: 'csv', dialect: plain },
  ndjson: { format: 'ndjson', dialect: plain },
  json: { format: 'json', dialect: plain },
}

/** The records, and the summary on paper. */
export const pageDownloads: readonly string[] = ['pdf', ...Object.keys(recordDownloads)]
