/** What is read of an address: the letter of a request, and a postcode. Pure. */
import { z } from 'zod'
import { visibleLine } from '../institution/typed-text.js'
import { isCountry } from './countries.js'
import { freeLines, longestLine, longLines, postcodeFitsCountry, type PostalAddress } from './postal-address.js'

const line = visibleLine.pipe(z.string().min(1, 'required').max(longestLine, 'line-too-long'))
const capitals = visibleLine.transform(text => text.toUpperCase())

/** A country by its ISO 3166-1 alpha-2 code, in any case. Åland has a code of its own but is Finland to the post. */
export const countrySchema = capitals
  .pipe(z.string().min(1, { error: 'required', abort: true }).refine(isCountry, 'no-such-country'))
  .transform(code => code === 'AX' ? 'FI' : code)

/** A postcode of the institution's own country. */
export const domesticPostcodeSchema = z.string().regex(/^\d{5}$/, 'postcode-shape')

const lines = z.array(visibleLine.pipe(z.string().max(longestLine, 'line-too-long')))
  .transform(all => all.filter(text => text !== ''))
  .pipe(z.array(z.string()).min(1, 'lines-missing'))

/**
 * A letter's address. Empty lines are left out; every fault is told at once, also those that two fields make
 * together.
 * @param homeCountry where letters are domestic, ISO 3166-1 alpha-2
 */
export function letterSchema (homeCountry: string) {
  return z.strictObject({
    recipient: line.describe('The holder’s own name: the post office checks ID against it.'),
    lines: lines.describe('Between recipient and postcode: c/o, flat, street or box. At most 3, abroad 2; 45 characters each, better 30.'),
    postcode: capitals.pipe(z.string().max(16)).default('').describe('May be empty only where the country has no postcodes.'),
    town: line,
    country: countrySchema.describe('ISO 3166-1 alpha-2.'),
  })
    .superRefine((address, context) => {
      if (!postcodeSuitsCountry(address)) context.addIssue({ code: 'custom', path: ['postcode'], message: address.postcode === '' ? 'required' : 'postcode-shape' })
    }, { when: ({ value }) => hasTexts(value, 'postcode', 'country') })
    .superRefine((address, context) => {
      for (const fault of layoutFaults(address, homeCountry)) context.addIssue({ code: 'too_big', input: address, ...fault })
    }, { when: ({ value }) => hasTexts(value, 'recipient', 'postcode', 'town', 'country') && hasLines(value) })
}

/** A country that is none has its own fault. */
function postcodeSuitsCountry ({ postcode, country }: PostalAddress): boolean {
  return !isCountry(country) || postcodeFitsCountry(postcode, country)
}

interface LayoutFault {
  readonly path: Array<string | number>
  readonly message: string
  readonly origin: 'array' | 'string'
  readonly maximum: number
}

/** More lines than the window shows, or a postcode line that is too long though its town is not. */
function layoutFaults (address: PostalAddress, homeCountry: string): LayoutFault[] {
  const atMost = freeLines(address.country, homeCountry)
  const tooMany = address.lines.length > atMost
  const townLine = address.town.length <= longestLine &&
    longLines(address, homeCountry, longestLine).some(({ path }) => path[0] === 'town')
  return [
    ...tooMany ? [{ path: ['lines'], message: 'too-many-lines', origin: 'array' as const, maximum: atMost }] : [],
    ...townLine ? [{ path: ['town'], message: 'line-too-long', origin: 'string' as const, maximum: longestLine }] : [],
  ]
}

function hasTexts (value: unknown, ...names: Array<keyof PostalAddress>): boolean {
  return typeof value === 'object' && value !== null && names.every(name => typeof (value as Partial<PostalAddress>)[name] === 'string')
}

function hasLines (value: unknown): boolean {
  const { lines } = value as Partial<PostalAddress>
  return Array.isArray(lines) && lines.every(text => typeof text === 'string')
}
