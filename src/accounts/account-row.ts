/** Validates one row of an accounts file and converts it to an account draft. Pure. */
import { z } from 'zod'
import { foldText } from '../institution/text.js'
import { accountStatuses, affiliations, languages, type Affiliation } from '../institution/vocabulary.js'
import { ERASED_NAME } from './erasure-markers.js'

/** The headers of an accounts file. `first_names` and `last_name` together replace `display_name`. */
export const accountHeaders = [
  'username', 'student_number', 'display_name', 'first_names', 'last_name', 'affiliations', 'status', 'preferred_language', 'birth_date',
] as const
export type AccountHeader = (typeof accountHeaders)[number]

const blankToNull = (text: string) => text === '' ? null : text
const trimmedText = z.string().trim().normalize()
const lowerCaseText = trimmedText.toLowerCase()

const username = lowerCaseText.min(1, { error: 'required', abort: true }).regex(/^[a-z0-9][a-z0-9._@+-]{0,99}$/, 'username-shape')
const studentNumber = trimmedText.regex(/^([a-z0-9][a-z0-9./-]{0,29})?$/i, 'student-number-shape').transform(blankToNull)
const personName = trimmedText.transform(text => text.replace(/\s+/g, ' '))
  .pipe(z.string().min(1, { error: 'required', abort: true }).max(200, 'too-long').regex(/^\P{C}*$/u, 'control-characters'))
const displayName = personName.refine(name => foldText(name) !== '' && name !== ERASED_NAME, 'name-shape')
const affiliationList = lowerCaseText.transform(text => text.split(/[\s,;|]+/).filter(one => one !== ''))
  .pipe(z.array(z.enum(affiliations)).min(1, 'required')).transform(selectAffiliation)

/** Creates the schema of a row; no birth date is after `today` (`YYYY-MM-DD`). A missing column changes nothing. */
export function accountRowSchema (today: string) {
  return z.object({
    username,
    student_number: studentNumber.optional(),
    display_name: displayName.optional(),
    first_names: personName.optional(),
    last_name: personName.optional(),
    affiliations: affiliationList,
    status: lowerCaseText.pipe(optionalCell(z.enum(accountStatuses))).optional(),
    preferred_language: lowerCaseText.pipe(optionalCell(z.enum(languages))).optional(),
    birth_date: birthDateSchema(today).optional(),
  }).transform(row => ({
    username: row.username,
    studentNumber: row.student_number,
    displayName: row.display_name ?? `${row.first_names} ${row.last_name}`,
    affiliation: row.affiliations,
    status: row.status,
    preferredLanguage: row.preferred_language,
    birthDate: row.birth_date,
  }))
}

/** A blank cell means the same as a missing column. */
function optionalCell<S extends z.ZodType<string, string>> (schema: S) {
  return z.literal('').transform(() => undefined).or(schema)
}

/** Selects one of several affiliations: staff, or else the first in the order of `affiliations`. */
function selectAffiliation (several: readonly Affiliation[]): Affiliation {
  return several.includes('staff') ? 'staff' : affiliations.find(one => several.includes(one))!
}

function birthDateSchema (today: string) {
  return trimmedText.transform(toIsoDate)
    .pipe(z.union([z.literal(''), z.iso.date('no-such-day')], 'no-such-day').refine(day => day === '' || (day >= '1900-01-01' && day <= today), 'birth-date'))
    .transform(blankToNull)
}

/** Converts 31.12.1999 to 1999-12-31; other text is returned unchanged. */
function toIsoDate (text: string): string {
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? []
  return day === undefined ? text : `${year}-${month!.padStart(2, '0')}-${day.padStart(2, '0')}`
}
