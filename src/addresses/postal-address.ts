/** The address of a letter as it stands in the envelope's window: at most five lines (facts.md, "The paper"). Pure. */
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

/** Characters of a line that the post recommends at most, and that fit at most. */
export const RECOMMENDED_LINE_LENGTH = 30
export const MAX_LINE_LENGTH = 45
const WINDOW_LINE_COUNT = 5

/** Postcodes that `validator` does not know of. */
const extraPostcodePatterns: Readonly<Record<string, RegExp>> = { AX: /^22\d{3}$/ }
const genericPostcodePattern = /^(?:[\p{L}\p{N}][\p{L}\p{N} -]{0,15})?$/u

/** True when the postcode looks like one of the country; where the country has no shape, it may be empty. */
export function isPostcodeOfCountry (postcode: string, country: string): boolean {
  const own = extraPostcodePatterns[country]
  if (own !== undefined) return own.test(postcode)
  return hasKnownPostcodeFormat(country) ? validator.isPostalCode(postcode, country) : genericPostcodePattern.test(postcode)
}

function hasKnownPostcodeFormat (country: string): country is validator.PostalCodeLocale {
  return (validator.isPostalCodeLocales as readonly string[]).includes(country)
}

/** How many lines may stand between the recipient and the postcode line: abroad the country takes one. */
export function countFreeLines (country: string, homeCountry: string): number {
  return WINDOW_LINE_COUNT - (country === homeCountry ? 2 : 3)
}

/**
 * The lines as they are printed, from the recipient down: town in capitals, abroad the country in capitals
 * in English on the last.
 */
export function formatWindowLines (address: PostalAddress, homeCountry: string): string[] {
  const country = address.country === homeCountry ? [] : [countryName(address.country, 'en').toUpperCase()]
  return [address.recipient, ...address.lines, `${address.postcode} ${address.town.toUpperCase()}`.trim(), ...country]
}

/** One field whose printed line is longer than a limit. */
export interface LongLine {
  /** `recipient`, `lines.0` …, or `town` for the postcode line. */
  readonly path: ReadonlyArray<string | number>
  readonly length: number
}

/**
 * The printed lines that are longer than `limit` characters: with `RECOMMENDED_LINE_LENGTH` a warning, with
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
