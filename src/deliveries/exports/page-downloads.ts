/** What the pages offer to take away, by the name in the address. Pure. */
import type { CsvDialect, RecordFormat } from './record-formats.js'

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
