/** Schemas for the address of a letter and for a postcode. Pure. */
import { z } from 'zod'
import { visibleLineSchema } from '../institution/text.js'
import { isCountryCode } from './countries.js'
import { countFreeLines, MAX_LINE_LENGTH, listLongLines, isPostcodeOfCountry, type PostalAddress } from './postal-address.js'

const lineSchema = visibleLineSchema.pipe(z.string().min(1, 'required').max(MAX_LINE_LENGTH, 'line-too-long'))
const upperCaseLine = visibleLineSchema.transform(text => text.toUpperCase())

/** A country by its ISO 3166-1 alpha-2 code, in any case. Åland has its own code, but the post treats it as Finland. */
export const countrySchema = upperCaseLine
  .pipe(z.string().min(1, { error: 'required', abort: true }).refine(isCountryCode, 'no-such-country'))
  .transform(code => code === 'AX' ? 'FI' : code)

/** A postcode of the institution's own country. */
export const domesticPostcodeSchema = z.string().regex(/^\d{5}$/, 'postcode-shape')

const linesSchema = z.array(visibleLineSchema.pipe(z.string().max(MAX_LINE_LENGTH, 'line-too-long')))
  .transform(all => all.filter(text => text !== ''))
  .pipe(z.array(z.string()).min(1, 'lines-missing'))

/**
 * The schema of a letter's address. Empty lines are removed. All faults are reported together, also those that concern
 * several fields.
 * @param homeCountry where letters are domestic, ISO 3166-1 alpha-2
 */
export function letterSchema (homeCountry: string) {
  return z.strictObject({
    recipient: lineSchema.describe('The holder’s own name: the post office checks ID against it.'),
    lines: linesSchema.describe('Between recipient and postcode: c/o, flat, street or box. At most 3, abroad 2; 45 characters each, better 30.'),
    postcode: upperCaseLine.pipe(z.string().max(16)).default('').describe('May be empty only where the country has no postcodes.'),
    town: lineSchema,
    country: countrySchema.describe('ISO 3166-1 alpha-2.'),
  })
    .superRefine((address, context) => {
      if (!isPostcodeAcceptable(address)) context.addIssue({ code: 'custom', path: ['postcode'], message: address.postcode === '' ? 'required' : 'postcode-shape' })
    }, { when: ({ value }) => hasStringFields(value, 'postcode', 'country') })
    .superRefine((address, context) => {
      for (const fault of listLayoutFaults(address, homeCountry)) context.addIssue({ code: 'too_big', input: address, ...fault })
    }, { when: ({ value }) => hasStringFields(value, 'recipient', 'postcode', 'town', 'country') && hasStringLines(value) })
}

/** An unknown country is reported as a fault of the country only. */
function isPostcodeAcceptable ({ postcode, country }: PostalAddress): boolean {
  return !isCountryCode(country) || isPostcodeOfCountry(postcode, country)
}

interface LayoutFault {
  readonly path: Array<string | number>
  readonly message: string
  readonly origin: 'array' | 'string'
  readonly maximum: number
}

/** Lists faults of the layout: too many lines, or a postcode line that is too long although its town is not. */
function listLayoutFaults (address: PostalAddress, homeCountry: string): LayoutFault[] {
  const maxLines = countFreeLines(address.country, homeCountry)
  const tooMany = address.lines.length > maxLines
  const townLine = address.town.length <= MAX_LINE_LENGTH &&
    listLongLines(address, homeCountry, MAX_LINE_LENGTH).some(({ path }) => path[0] === 'town')
  return [
    ...tooMany ? [{ path: ['lines'], message: 'too-many-lines', origin: 'array' as const, maximum: maxLines }] : [],
    ...townLine ? [{ path: ['town'], message: 'line-too-long', origin: 'string' as const, maximum: MAX_LINE_LENGTH }] : [],
  ]
}

function hasStringFields (value: unknown, ...names: Array<keyof PostalAddress>): boolean {
  return typeof value === 'object' && value !== null && names.every(name => typeof (value as Partial<PostalAddress>)[name] === 'string')
}

function hasStringLines (value: unknown): boolean {
  const { lines } = value as Partial<PostalAddress>
  return Array.isArray(lines) && lines.every(text => typeof text === 'string')
}
