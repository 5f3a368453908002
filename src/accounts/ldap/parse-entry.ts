/** Converts an entry of the directory to an account draft, or returns the errors. Pure. */
import type { Entry } from 'ldapts'
import type { FieldError } from '../../institution/base-error.js'
import { type AccountStatus, languages } from '../../institution/vocabulary.js'
import { type FieldRemark, readAccountRow } from '../account-row.js'
import type { AccountDraft } from '../upsert-accounts.js'
import type { AttributeMap, StatusRule } from './attribute-map.js'

export type ParsedEntry =
  | { readonly ok: true, readonly draft: AccountDraft, readonly warnings: readonly FieldRemark[] }
  | { readonly ok: false, readonly errors: readonly FieldError[] }

/** Creates a parser with the institution's map. `now` limits birth dates and is used by time rules. */
export function createEntryParser (map: AttributeMap, now: Date): (entry: Entry) => ParsedEntry {
  const today = now.toISOString().slice(0, 10)
  return entry => {
    const { cells, errors } = extractCells(entry, map, now)
    const read = readAccountRow(cells, { today })
    // The directory is searched by exactly this name, so it may not be spelled in another way here.
    if (read.ok && !extractUsernames(entry, map).includes(read.draft.username)) errors.push({ path: 'username', message: 'username-shape' })
    if (read.ok && errors.length === 0) return read
    const reportedPaths = new Set(errors.map(error => error.path))
    const further = read.ok ? [] : read.errors.filter(error => !reportedPaths.has(error.path))
    return { ok: false, errors: [...errors, ...further] }
  }
}

/** Returns the user names of the entry in lower case. Values that are not text are ignored. */
export function extractUsernames (entry: Entry, map: AttributeMap): string[] {
  return getValues(entry, map.username).filter(value => typeof value === 'string').map(value => value.trim().normalize().toLowerCase())
}

/** Extracts the values as cells of an accounts file, and reports values that are not text or not unique. */
function extractCells (entry: Entry, map: AttributeMap, now: Date) {
  const errors: FieldError[] = []
  const texts = (attribute: string, path: string): string[] => {
    const values = getValues(entry, attribute)
    if (values.some(value => typeof value !== 'string')) errors.push({ path, message: 'not-text' })
    return values.filter(value => typeof value === 'string')
  }
  const first = (attribute: string | undefined, path: string) => attribute === undefined ? undefined : texts(attribute, path)[0] ?? ''
  const usernames = texts(map.username, 'username')
  if (usernames.length > 1) errors.push({ path: 'username', message: 'several-values' })
  const affiliations = texts(map.affiliation.attribute, 'affiliations')
  const cells = {
    username: usernames[0] ?? '',
    display_name: map.displayName.flatMap(attribute => texts(attribute, 'display_name'))[0] ?? '',
    affiliations: mapAffiliations(affiliations, map.affiliation),
    status: resolveStatus(attribute => texts(attribute, 'status'), map.status, now),
    preferred_language: parseLanguage(first(map.preferredLanguage, 'preferred_language')),
    birth_date: toIsoDate(first(map.birthDate, 'birth_date')),
    student_number: first(map.studentNumber, 'student_number'),
    latin_name: first(map.latinName, 'latin_name'),
  }
  return { cells, errors }
}

/** Returns the values of an attribute, ignoring the case of its name. */
function getValues (entry: Entry, attribute: string): ReadonlyArray<string | Buffer> {
  const name = Object.keys(entry).find(key => key.toLowerCase() === attribute.toLowerCase())
  const values = name === undefined ? [] : entry[name]!
  return Array.isArray(values) ? values : [values]
}

function mapAffiliations (values: readonly string[], { values: mapping, otherwise }: AttributeMap['affiliation']): string {
  const known = new Map(Object.entries(mapping).map(([value, affiliation]) => [value.toLowerCase(), affiliation]))
  const found = values.flatMap(value => known.get(value.trim().toLowerCase()) ?? [])
  return found.length > 0 ? found.join(' ') : otherwise ?? ''
}

/** Parses `sv-FI, en;q=0.5` (RFC 2798 §2.7) as `sv`; an unsupported language is ignored. */
function parseLanguage (text: string | undefined): string | undefined {
  const code = /^[a-z]+/.exec(text?.trim().toLowerCase() ?? '')?.[0]
  return languages.find(language => language === code)
}

/** Converts `19991231` and generalized times to 1999-12-31; other text is returned unchanged. */
function toIsoDate (text: string | undefined): string | undefined {
  return text?.trim().replace(/^(\d{4})(\d{2})(\d{2})(\d{2,6}(\.\d+)?Z?)?$/, '$1-$2-$3')
}

/** Returns the status of the first rule that applies. */
function resolveStatus (valuesOf: (attribute: string) => readonly string[], { rules, otherwise }: AttributeMap['status'], now: Date): AccountStatus {
  return rules.find(rule => isRuleMet(rule, valuesOf(rule.attribute), now))?.status ?? otherwise
}

function isRuleMet ({ equals, present, anyBit, time }: StatusRule, values: readonly string[], now: Date): boolean {
  if (present !== undefined) return (values.length > 0) === present
  if (equals !== undefined) return values.some(value => equals.some(one => one.toLowerCase() === value.toLowerCase()))
  if (anyBit !== undefined) return values.some(value => (BigInt.asUintN(32, parseInteger(value)) & BigInt(anyBit)) !== 0n)
  const moments = values.flatMap(value => parseTimestamp(value) ?? [])
  return moments.some(moment => time === 'past' ? moment <= now.getTime() : moment > now.getTime())
}

function parseInteger (text: string): bigint {
  return /^-?\d{1,20}$/.test(text) ? BigInt(text) : 0n
}

/** The values that mean "never" in Active Directory. */
const neverExpiresValues = ['0', '9223372036854775807']
/** From 1 January 1601, the epoch of FILETIME, to 1970 (milliseconds). */
const FILETIME_EPOCH_OFFSET_MS = 11_644_473_600_000n

/**
 * Parses a generalized time (RFC 4517 §3.3.13, `20261231235959Z`; a date alone means its start) or a FILETIME (100 ns
 * since 1601). @returns milliseconds since 1970; undefined for "never" and for other text
 */
export function parseTimestamp (text: string): number | undefined {
  if (neverExpiresValues.includes(text)) return undefined
  if (/^\d{16,19}$/.test(text)) return Number(BigInt(text) / 10_000n - FILETIME_EPOCH_OFFSET_MS)
  const [, year, month, day, hour = '00', minute = '00', second = '00', offset = 'Z'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)?(\d\d)?)?(?:[.,]\d+)?(Z|[+-]\d{4})?$/.exec(text) ?? []
  const zone = offset === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(3)}`
  const moment = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`)
  return Number.isNaN(moment) ? undefined : moment
}
