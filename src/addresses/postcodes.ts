/** Reads postcodes as people write them, and writes them as their country does. Pure. */
import type { FieldError } from '../institution/base-error.js'
import { countryInSentence } from './countries.js'
import { getPostcodeShape, isPostcodeRequired, listPostcodePrefixes, type PostcodeShape } from './postcode-shapes.js'

/** The longest text that is read as a postcode (characters). */
export const MAX_POSTCODE_LENGTH = 24

/**
 * Returns the postcode in the country's usual form: `se-11455` becomes `114 55`, `lv 1010` `LV-1010`, `D02AF30`
 * `D02 AF30`. Reads full-width letters, the digits of other scripts, any separators, and a country prefix. Where the
 * shape of a country's postcodes is not known, only case and spaces change.
 * @param country ISO 3166-1 alpha-2
 * @returns '' for no postcode (empty, `-`; `0000` or `n/a` where an address needs none); undefined if the text is not a postcode of the country
 */
export function normalizePostcode (text: string, country: string): string | undefined {
  if (text.length > MAX_POSTCODE_LENGTH) return undefined
  const typed = toAsciiDigits(text.normalize('NFKC').replace(/\p{Cf}/gu, '')).toUpperCase()
  const compact = typed.replace(/[^\p{L}\p{N}]/gu, '')
  if (compact === '') return /^[\s\p{Pd}.]*$/u.test(typed) ? '' : undefined
  const isPlaceholder = /^(?:0+|NA|NONE|NIL|X+)$/.test(compact)
  if (isPlaceholder) return isPostcodeRequired(country) ? undefined : ''
  const shape = getPostcodeShape(country)
  if (shape === undefined) return normalizeUnknownShape(typed)
  return listReadings(compact, country).map(reading => separate(reading, shape)).find(found => found !== undefined)
}

/**
 * Explains what a postcode of the country looks like. Without `path`.
 * @param isMissing whether there is none; otherwise it has the wrong shape
 */
export function describePostcodeFault (country: string, isMissing: boolean): Omit<FieldError, 'path'> {
  const shape = getPostcodeShape(country)
  const name = countryInSentence(country)
  if (shape === undefined) return { message: 'postcode-unreadable', values: { country: name } }
  const values = { country: name, example: shape.examples[0]! }
  if (isMissing) return { message: 'required', values }
  if (shape.digits !== undefined) return { message: 'postcode-digits', values: { ...values, digits: shape.digits } }
  return { message: 'postcode-examples', values: { ...values, examples: shape.examples.slice(0, 2) } }
}

const genericPostcodePattern = /^[\p{L}\p{N}][\p{L}\p{N} -]{0,15}$/u

function normalizeUnknownShape (typed: string): string | undefined {
  const tidied = typed.replace(/\s+/g, ' ').replace(/\p{Pd}/gu, '-').trim()
  return genericPostcodePattern.test(tidied) ? tidied : undefined
}

/** Lists how the letters and digits can be read: as they are, without the prefix of the country, and with one that belongs to the postcode. */
function listReadings (compact: string, country: string): string[] {
  const withoutPrefix = listPostcodePrefixes(country)
    .filter(prefix => compact.startsWith(prefix) && (prefix !== 'AX' || compact.startsWith('AX22')))
    .map(prefix => compact.slice(prefix.length))
  return [compact, ...withoutPrefix, `${country}${compact}`]
}

/** Inserts the country's separators. Undefined if the result is not one of its postcodes. */
function separate (compact: string, { pattern, separators }: PostcodeShape): string | undefined {
  return [...separators.get(compact.length) ?? [], []]
    .map(signs => [...compact].map((letter, index) => `${signs.find(({ after }) => after === index)?.sign ?? ''}${letter}`).join(''))
    .find(reading => pattern.test(reading))
}

/** Converts decimal digits of any script: `٣٣١٠٠` to `33100`. In Unicode the ten digits of a script follow each other. */
function toAsciiDigits (text: string): string {
  return text.replace(/\p{Nd}/gu, digit => {
    const codePoint = digit.codePointAt(0)!
    let value = 0
    while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(codePoint - value - 1))) value += 1
    return String(value)
  })
}
