/** The postcode register over the API. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database/schema.js'
import { NotFound } from '../institution/errors.js'
import type { Language } from '../institution/vocabulary.js'
import { getPostcodeKind, nameIn, type PostcodeEntry, postcodeKinds } from './postcode-entry.js'
import { findPostcode, requirePostcodeRegister } from './postcode-register.js'
import { type LetterRules, listLetterRefusals } from './rules.js'
import { domesticPostcodeSchema } from './schemas.js'

const postcodeResponseSchema = z.object({
  postcode: z.string(),
  town: z.object({ fi: z.string(), sv: z.string() }).describe('The post town as the postal service writes it, in capitals.'),
  municipality: z.object({ code: z.string(), name: z.string().describe('In the language of the request.') }),
  kind: z.enum(postcodeKinds),
  registeredLetter: z.enum(['allowed', 'refused']),
  dataDate: z.iso.date().describe('The day of the register’s data.'),
})

export interface PostcodesApiDeps {
  readonly db: Kysely<Database>
  readonly profile: LetterRules
}

export const postcodesApi: FastifyPluginAsyncZod<PostcodesApiDeps> = async (app, { db, profile }) => {
  app.get('/postcodes/:postcode', {
    config: { permission: 'postcodes:read' },
    schema: {
      tags: ['Postcodes'],
      summary: 'Find a postcode',
      description: 'A Finnish postcode, and whether a registered letter may go there. `FI-02880` and other ways of writing it are read too.',
      params: z.object({ postcode: domesticPostcodeSchema(profile.country) }),
      response: { 200: postcodeResponseSchema },
    },
  }, async request => {
    const found = await findPostcode(db, request.params.postcode)
    if (found === undefined) throw new NotFound('postcode')
    const { dataDate } = await requirePostcodeRegister(db)
    return toPostcodeResponse(found, dataDate, profile, request.language)
  })
}

function toPostcodeResponse (found: PostcodeEntry, dataDate: string, profile: LetterRules, language: Language): z.output<typeof postcodeResponseSchema> {
  const { postcode, town, municipality } = found
  const refusals = listLetterRefusals({ postcode, country: profile.country }, found, { dataDate }, profile)
  return {
    postcode,
    town,
    municipality: { code: municipality.code, name: nameIn(municipality, language) },
    kind: getPostcodeKind(found.typeCode),
    registeredLetter: refusals.length === 0 ? 'allowed' : 'refused',
    dataDate,
  }
}
