/** What the question "which channels?" may say of an address. Pure. */
import { z } from 'zod'
import { postcodeFitsCountry } from '../addresses/postal-address.js'
import { countrySchema } from '../addresses/schemas.js'
import { typedText } from '../institution/typed-text.js'

/** @param homeCountry where a postcode is when no country is given */
export function channelQuerySchema (homeCountry: string) {
  return z.object({
    country: countrySchema.default(homeCountry),
    postcode: typedText(16).transform(text => text.toUpperCase() || undefined).optional(),
    town: typedText(45).transform(text => text || undefined).optional(),
  }).refine(({ postcode, country }) => postcode === undefined || postcodeFitsCountry(postcode, country), { path: ['postcode'], message: 'postcode-shape' })
}
