/** The address of a letter as shown in the window of the envelope: at most five lines (docs/facts.md, "The paper"). Pure. */
import validator from 'validator'
import { countryName } from './countries.js'

export interface PostalAddress {
  readonly recipient: string
  /** Everything between the recipient and the postcode line: c/o, flat, street or box. */
  readonly lines: readonly string[]
  /** In capitals; empty only where the country has no postcodes. */
  readonly postcode: string
  readonly town: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

/** The longest line that the post recommends, and the longest that fits (characters). */
export const RECOMMENDED_LINE_LENGTH = 30
export const MAX_LINE_LENGTH = 45
const WINDOW_LINE_COUNT = 5

/** Postcode formats that `validator` lacks. */
const extraPostcodePatterns: Readonly<Record<string, RegExp>> = { AX: /^22\d{3}$/ }
const genericPostcodePattern = /^(?:[\p{L}\p{N}][\p{L}\p{N} -]{0,15})?$/u

/** Returns whether the postcode has the format of the country. It may be empty if the country has no known format. */
export function isPostcodeOfCountry (postcode: string, country: string): boolean {
  const own = extraPostcodePatterns[country]
  if (own !== undefined) return own.test(postcode)
  return hasKnownPostcodeFormat(country) ? validator.isPostalCode(postcode, country) : genericPostcodePattern.test(postcode)
}

function hasKnownPostcodeFormat (country: string): country is validator.PostalCodeLocale {
  return (validator.isPostalCodeLocales as readonly string[]).includes(country)
}

/** Returns how many lines fit between the recipient and the postcode line. Abroad, the country needs one line. */
export function countFreeLines (country: string, homeCountry: string): number {
  return WINDOW_LINE_COUNT - (country === homeCountry ? 2 : 3)
}

/**
 * Formats the printed lines, from the recipient down. The town is in capitals; abroad, the last line is the country in
 * English in capitals.
 */
export function formatWindowLines (address: PostalAddress, homeCountry: string): string[] {
  const country = address.country === homeCountry ? [] : [countryName(address.country, 'en').toUpperCase()]
  return [address.recipient, ...address.lines, `${address.postcode} ${address.town.toUpperCase()}`.trim(), ...country]
}

/** A field whose printed line is longer than a limit. */
export interface LongLine {
  /** `recipient`, `lines.0` …, or `town` for the postcode line. */
  readonly path: ReadonlyArray<string | number>
  readonly length: number
}

/**
 * Lists the printed lines that are longer than `limit` characters: with `RECOMMENDED_LINE_LENGTH` a warning, with
 * `MAX_LINE_LENGTH` an error.
 */
export function listLongLines (address: PostalAddress, homeCountry: string, limit: number): LongLine[] {
  return formatWindowLines(address, homeCountry)
    .slice(0, address.lines.length + 2)
    .map((line, index) => ({ path: toFieldPath(index, address.lines.length), length: [...line].length }))
    .filter(({ length }) => length > limit)
}

function toFieldPath (index: number, lines: number): Array<string | number> {
  if (index === 0) return ['recipient']
  return index <= lines ? ['lines', index - 1] : ['town']
}
