/**
 * Parses the postcode file of the Finnish post, `PCF_YYYYMMDD.dat`: ISO-8859-1, one fixed-width record per line
 * (docs/facts.md, "Registered letters"). Pure.
 */
import type { PostcodeEntry } from './postcode-entry.js'

export type PcfFaultCode =
  | 'not-a-postcode-file' | 'record-width' | 'run-date' | 'run-date-differs' | 'postcode' | 'type' | 'town' | 'municipality'
  | 'postcode-twice' | 'too-few-postcodes'

export interface PcfFault {
  /** The line number, from 1. */
  readonly line: number
  readonly fault: PcfFaultCode
}

export type ParsedPcf =
  | { readonly ok: true, readonly dataDate: string, readonly entries: readonly PostcodeEntry[] }
  | { readonly ok: false, readonly faults: readonly PcfFault[] }

/** The post has about 5,000 postcodes: a file with fewer than half is incomplete. */
export const MIN_POSTCODES = 2500

/** Offset and width of each field of a record. */
const fieldPositions = {
  record: [0, 5],
  runDate: [5, 8],
  postcode: [13, 5],
  townFi: [18, 30],
  townSv: [48, 30],
  type: [110, 1],
  municipalityCode: [176, 3],
  municipalityFi: [179, 20],
  municipalitySv: [199, 20],
} as const
/** Up to the end of the municipality names; only the language code follows. */
const MIN_RECORD_LENGTH = 219
const MAX_RECORD_LENGTH = 220

type Fields = Readonly<Record<keyof typeof fieldPositions, string>>

/**
 * Parses the whole file, or returns every fault.
 * @param minPostcodes a file with fewer postcodes is rejected
 */
export function parsePcf (file: Buffer, minPostcodes = MIN_POSTCODES): ParsedPcf {
  if (file.subarray(0, 5).toString('latin1') !== 'PONOT') return { ok: false, faults: [{ line: 1, fault: 'not-a-postcode-file' }] }
  const records = file.toString('latin1').split(/\r?\n/)
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== '')
  const rows = records.map(({ text, line }) => ({ text, line, fields: parseFields(text) }))
  const runDate = rows[0]!.fields.runDate
  const faults = [
    ...rows.flatMap(({ text, line, fields }) => listRecordFaults(text, fields, runDate).map(fault => ({ line, fault }))),
    ...listDuplicates(rows),
    ...rows.length < minPostcodes ? [{ line: rows.length, fault: 'too-few-postcodes' as const }] : [],
  ]
  if (faults.length > 0) return { ok: false, faults: faults.toSorted((a, b) => a.line - b.line) }
  return { ok: true, dataDate: toIsoDate(runDate), entries: rows.map(({ fields }) => toPostcodeEntry(fields)) }
}

function parseFields (text: string): Fields {
  return Object.fromEntries(Object.entries(fieldPositions)
    .map(([name, [start, width]]) => [name, text.slice(start, start + width).trim()])) as Fields
}

function listRecordFaults (text: string, fields: Fields, runDate: string): PcfFaultCode[] {
  if (!isRecord(text)) return ['record-width']
  const checks: Array<[boolean, PcfFaultCode]> = [
    [!isCalendarDate(fields.runDate), 'run-date'],
    [isCalendarDate(fields.runDate) && fields.runDate !== runDate, 'run-date-differs'],
    [!/^\d{5}$/.test(fields.postcode), 'postcode'],
    [!/^\d$/.test(fields.type), 'type'],
    [fields.townFi === '' && fields.townSv === '', 'town'],
    [!/^\d{3}$/.test(fields.municipalityCode) || fields.municipalityFi + fields.municipalitySv === '', 'municipality'],
  ]
  return checks.filter(([isWrong]) => isWrong).map(([, fault]) => fault)
}

function isRecord (text: string): boolean {
  return text.startsWith('PONOT') && text.length >= MIN_RECORD_LENGTH && text.trimEnd().length <= MAX_RECORD_LENGTH && !/\p{Cc}/u.test(text)
}

function listDuplicates (rows: ReadonlyArray<{ line: number, fields: Fields }>): PcfFault[] {
  const seen = new Set<string>()
  return rows.filter(({ fields }) => seen.size === seen.add(fields.postcode).size)
    .map(({ line }) => ({ line, fault: 'postcode-twice' }))
}

function isCalendarDate (runDate: string): boolean {
  const time = /^\d{8}$/.test(runDate) ? Date.parse(toIsoDate(runDate)) : NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(toIsoDate(runDate))
}

function toIsoDate (runDate: string): string {
  return `${runDate.slice(0, 4)}-${runDate.slice(4, 6)}-${runDate.slice(6, 8)}`
}

/** Converts a record. A name that exists in one language only is used for both. */
function toPostcodeEntry (fields: Fields): PostcodeEntry {
  return {
    postcode: fields.postcode,
    town: { fi: fields.townFi || fields.townSv, sv: fields.townSv || fields.townFi },
    municipality: {
      code: fields.municipalityCode,
      fi: fields.municipalityFi || fields.municipalitySv,
      sv: fields.municipalitySv || fields.municipalityFi,
    },
    typeCode: Number(fields.type),
  }
}
