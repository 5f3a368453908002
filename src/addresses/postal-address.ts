/** The address of a letter as shown in the window of the envelope (docs/facts.md, "The paper"). Pure. */
import type { Language } from '../i18n/locales.js'
import { layOutAddress, type LaidOutLine } from './address-layout.js'
import { countryName } from './countries.js'

export interface PostalAddress {
  readonly recipient: string
  /** Everything between the recipient and the postcode line: c/o, flat, street or box. */
  readonly lines: readonly string[]
  /** In the usual form of the country; empty where an address needs none. */
  readonly postcode: string
  /** Where the country writes a state or province, it follows the town: `Springfield IL`. */
  readonly town: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

/** The longest line that the post recommends, and the longest that fits (characters). */
export const RECOMMENDED_LINE_LENGTH = 30
export const MAX_LINE_LENGTH = 45

/** The number of lines that fit between the recipient and the postcode line. */
export const MAX_FREE_LINES = 3

/** The most lines that an address has in print: recipient, free lines, town and postcode on two lines, country. */
export const MAX_PRINTED_LINES = 1 + MAX_FREE_LINES + 2 + 1

/**
 * Formats the printed lines, from the recipient down, in the order of the country. The town is in capitals; abroad, the
 * last line is the country in English in capitals.
 */
export function formatWindowLines (address: PostalAddress, homeCountry: string): string[] {
  const country = address.country === homeCountry ? [] : [countryName(address.country, 'en').toUpperCase()]
  return [...layOutForPrint(address, homeCountry).map(({ text }) => text), ...country]
}

/** Formats postcode and town for a list, in the order of the country; abroad, the last line is the country in the reader's language. */
export function formatPlaceLines (place: Pick<PostalAddress, 'postcode' | 'town' | 'country'>, homeCountry: string, language: Language): string[] {
  const isDomestic = place.country === homeCountry
  return [...layOutAddress({ ...place, lines: [] }, isDomestic).map(({ text }) => text), ...isDomestic ? [] : [countryName(place.country, language)]]
}

/** A field whose printed line is longer than a limit. */
export interface LongLine {
  /** `recipient`, `lines.0` …, or `town` for the lines of town and postcode. */
  readonly path: ReadonlyArray<string | number>
  readonly length: number
}

/**
 * Lists the printed lines that are longer than `limit` characters: with `RECOMMENDED_LINE_LENGTH` a warning, with
 * `MAX_LINE_LENGTH` an error.
 */
export function listLongLines (address: PostalAddress, homeCountry: string, limit: number): LongLine[] {
  return layOutForPrint(address, homeCountry)
    .map(({ text, path }) => ({ path, length: [...text].length }))
    .filter(({ length }) => length > limit)
}

function layOutForPrint (address: PostalAddress, homeCountry: string): LaidOutLine[] {
  return layOutAddress({ ...address, town: address.town.toUpperCase() }, address.country === homeCountry)
}
