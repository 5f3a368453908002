/** What the question "which channels?" may say of an address. Pure. */
import { z } from 'zod'
import { isPostcodeOfCountry } from '../addresses/postal-address.js'
import { countrySchema } from '../addresses/schemas.js'
import { lineSchema } from '../institution/typed-text.js'

/** @param homeCountry where a postcode is when no country is given */
export function channelQuerySchema (homeCountry: string) {
  return z.object({
    country: countrySchema.default(homeCountry),
    postcode: lineSchema(16).transform(text => text.toUpperCase() || undefined).optional(),
    town: lineSchema(45).transform(text => text || undefined).optional(),
  }).refine(({ postcode, country }) => postcode === undefined || isPostcodeOfCountry(postcode, country), { path: ['postcode'], message: 'postcode-shape' })
}
