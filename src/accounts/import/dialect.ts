/** Finds the separator and the header line of an account file. Why no library: docs/decisions/0019-account-files.md. Pure. */
import { parse } from 'csv-parse/sync'
import { type AccountHeader, accountHeaders } from '../account-row.js'

export type Delimiter = ',' | ';' | '\t' | '|'

export interface Dialect {
  readonly delimiter: string
  /** The line of the header, from 1: the line `sep=;`, which Excel writes and reads, comes before it. */
  readonly headerLine: number
}

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']
/** Line ends of Windows and Linux, and the single CR of Excel's "CSV (Macintosh)"; one file may mix them. */
export const lineEnds = ['\r\n', '\n', '\r']
const separatorLine = /^\s*"?sep=([^"])"?[,;\t|\s]*$/i

/**
 * Detects the dialect. A line `sep=` decides. Otherwise the separator is the one with which the header names the most
 * columns of an account file; with equal numbers, the one that occurs most often outside quotation marks.
 * @param start the beginning of the file, decoded, with the whole header
 */
export function detectDialect (start: string): Dialect {
  const lines = start.split(/\r\n|\n|\r/)
  const first = lines.findIndex(line => line.trim() !== '')
  const named = separatorLine.exec(lines[first] ?? '')?.[1]
  if (named !== undefined) return { delimiter: named, headerLine: first + 2 }
  const rest = lines.slice(Math.max(first, 0)).join('\n')
  const scored = delimiters.map(delimiter => {
    const header = readHeaderCells(rest, delimiter)
    return { delimiter, known: header.filter(cell => parseHeader(cell) !== undefined).length, cells: header.length }
  })
  const [best] = scored.toSorted((a, b) => b.known - a.known || b.cells - a.cells)
  return { delimiter: best!.delimiter, headerLine: Math.max(first, 0) + 1 }
}

function readHeaderCells (text: string, delimiter: Delimiter): string[] {
  try {
    const [header] = parse(text, { delimiter, record_delimiter: lineEnds, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, to: 1 })
    return header ?? []
  } catch {
    return []
  }
}

// The columns of the header.

const headerAliases: ReadonlyMap<string, AccountHeader> = new Map([['affiliation', 'affiliations'], ['language', 'preferred_language'], ['name', 'display_name']])

/** Recognises headers in any case and style: `student_number`, `Student number`, `studentNumber`. */
export function parseHeader (text: string): AccountHeader | undefined {
  const name = normalizeHeader(text)
  return headerAliases.get(name) ?? accountHeaders.find(header => normalizeHeader(header) === name)
}

function normalizeHeader (header: string): string {
  return header.toLowerCase().replace(/[\s\p{Cf}_-]+/gu, '')
}

/** The columns that each file needs and lacks; a name can be in one column or in two. */
export function listMissingColumns (columns: ReadonlyArray<AccountHeader | undefined>): string[] {
  const has = (header: AccountHeader) => columns.includes(header)
  const missing = (['username', 'affiliations'] as const).filter(header => !has(header)).map(String)
  if (!has('display_name') && !(has('first_names') && has('last_name'))) missing.push('display_name (first_names + last_name)')
  return missing
}
