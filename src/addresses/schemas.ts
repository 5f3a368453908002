/** Schemas for the address of a letter and for a postcode. Pure. */
import { z } from 'zod'
import { isMeaningful, visibleLineSchema } from '../institution/text.js'
import { containsActivationCode } from '../institution/typed-symbols.js'
import { isCountryCode } from './countries.js'
import { listLongLines, MAX_FREE_LINES, MAX_LINE_LENGTH, type PostalAddress } from './postal-address.js'
import { isPostcodeRequired } from './postcode-shapes.js'
import { describePostcodeFault, MAX_POSTCODE_LENGTH, normalizePostcode } from './postcodes.js'
import { listUndeliverableParts } from './undeliverable.js'

const lineSchema = visibleLineSchema.pipe(z.string().min(1, 'required').max(MAX_LINE_LENGTH, 'line-too-long'))

/** A country by its ISO 3166-1 alpha-2 code, in any case. Åland has its own code, but the post treats it as Finland. */
export const countrySchema = visibleLineSchema.transform(text => text.normalize('NFKC').toUpperCase())
  .pipe(z.string().min(1, { error: 'required', abort: true }).refine(isCountryCode, 'no-such-country'))
  .transform(code => code === 'AX' ? 'FI' : code)

/** A postcode of the institution's own country, in any of the ways in which people write it. */
export function domesticPostcodeSchema (homeCountry: string) {
  return z.string().transform((text, context) => {
    const postcode = normalizePostcode(text, homeCountry)
    if (postcode !== undefined && postcode !== '') return postcode
    const { message, values } = describePostcodeFault(homeCountry, false)
    context.addIssue({ code: 'custom', message, params: values })
    return z.NEVER
  })
}

/** Direction marks and soft hyphens, which come with copied text. */
const typedPostcodeSchema = z.string().transform(text => text.replace(/\p{Cf}/gu, '')).pipe(visibleLineSchema).pipe(z.string().max(MAX_POSTCODE_LENGTH))

/** Lines without a letter or a digit are empty. */
const linesSchema = z.array(visibleLineSchema.pipe(z.string().max(MAX_LINE_LENGTH, 'line-too-long').refine(line => !containsActivationCode(line), 'holds-a-code')))
  .transform(all => all.filter(isMeaningful))
  .pipe(z.array(z.string()).min(1, 'lines-missing'))

/** The fields of a letter's address, one by one, for forms that are not complete. The postcode is as typed. */
export const letterFieldsSchema = z.strictObject({
  recipient: lineSchema.describe('The holder’s own name: the post office checks ID against it.'),
  lines: linesSchema.describe('Between recipient and postcode: c/o, flat, street or box. At most 3; 45 characters each, better 30.'),
  postcode: typedPostcodeSchema.default('').describe('In any way in which it is written; stored in the usual form of the country. May be empty where an address needs none, as in Ireland.'),
  town: lineSchema.pipe(z.string().refine(isMeaningful, 'required')).describe('Abroad with the state or province if the country writes one: `Springfield IL`.'),
  country: countrySchema.describe('ISO 3166-1 alpha-2.'),
})

/**
 * The schema of a letter's address. Empty lines are removed and the postcode is normalised. All faults are reported
 * together, also those that concern several fields.
 * @param homeCountry where letters are domestic, ISO 3166-1 alpha-2
 */
export function letterSchema (homeCountry: string) {
  return letterFieldsSchema
    .superRefine((address, context) => {
      const fault = findPostcodeFault(address)
      if (fault !== undefined) context.addIssue({ code: 'custom', path: ['postcode'], message: fault.message, params: fault.values })
    }, { when: ({ value }) => hasStringFields(value, 'postcode', 'country') })
    .superRefine((address, context) => {
      for (const fault of listLayoutFaults(address, homeCountry)) context.addIssue({ code: 'too_big', input: address, ...fault })
      for (const { path, message, values } of listUndeliverableParts(withNormalPostcode(address), homeCountry)) {
        context.addIssue({ code: 'custom', path: path.split('.'), message, params: values })
      }
    }, { when: ({ value }) => hasStringFields(value, 'recipient', 'postcode', 'town', 'country') && hasStringLines(value) })
    .transform(withNormalPostcode)
}

/** An unknown country is reported as a fault of the country only. */
export function findPostcodeFault ({ postcode, country }: Pick<PostalAddress, 'postcode' | 'country'>) {
  const normal = normalizePostcode(postcode, country)
  if (!isCountryCode(country) || (normal !== undefined && (normal !== '' || !isPostcodeRequired(country)))) return undefined
  return describePostcodeFault(country, normal === '')
}

function withNormalPostcode<T extends Pick<PostalAddress, 'postcode' | 'country'>> (address: T): T {
  return { ...address, postcode: normalizePostcode(address.postcode, address.country) ?? address.postcode }
}

interface LayoutFault {
  readonly path: Array<string | number>
  readonly message: string
  readonly origin: 'array' | 'string'
  readonly maximum: number
}

/** Lists faults of the layout: too many lines, or a line of town and postcode that is too long although its town is not. */
function listLayoutFaults (address: PostalAddress, homeCountry: string): LayoutFault[] {
  const tooMany = address.lines.length > MAX_FREE_LINES
  const townLine = address.town.length <= MAX_LINE_LENGTH &&
    listLongLines({ ...address, lines: address.lines.slice(0, MAX_FREE_LINES) }, homeCountry, MAX_LINE_LENGTH).some(({ path }) => path[0] === 'town')
  return [
    ...tooMany ? [{ path: ['lines'], message: 'too-many-lines', origin: 'array' as const, maximum: MAX_FREE_LINES }] : [],
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
