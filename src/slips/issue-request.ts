/** What an agent asks for when issuing a slip, as the API and the page read it. Pure. */
import { z } from 'zod'
import { countrySchema, letterSchema } from '../addresses/schemas.js'
import { errorIfPresent } from '../http/forms.js'
import { channels, documentTypes, isProhibitedChannel, languages, prohibitedChannels, type Channel, type ProhibitedChannel } from '../institution/words.js'
import { storableText } from './kept-text.js'

export const identityCheckSchema = z.strictObject({
  documentType: z.enum(documentTypes),
  issuingCountry: countrySchema,
  validUntil: z.iso.date(errorIfPresent('no-such-day')).describe('The last day on which the document is valid'),
  photoMatches: z.boolean(),
  nameMatches: z.union([z.boolean(), z.strictObject({ reason: storableText(200) })])
    .describe('true, or why the visitor is the holder although the names differ'),
  birthDateMatches: z.boolean().optional().describe('Required where the account has a birth date'),
})

/** The body of `POST /slips`. @param homeCountry where letters are domestic */
export function issueRequestSchema (homeCountry: string) {
  return z.strictObject({
    accountId: z.guid(errorIfPresent('no-such-account')),
    channel: z.enum([...channels, ...prohibitedChannels]),
    identityCheck: identityCheckSchema.optional().describe('Required at a counter; elsewhere, where one was made, it must hold and is kept'),
    porter: z.strictObject({ servicePointId: z.string().min(1).max(60) }).optional(),
    letter: letterSchema(homeCountry).optional(),
    requestReference: storableText(100).optional(),
    language: z.enum(languages).optional(),
  }).superRefine((request, context) => {
    for (const { path, message } of findChannelFieldErrors(request)) context.addIssue({ code: 'custom', path: [path], message })
  })
}

export type IssueRequest = z.output<ReturnType<typeof issueRequestSchema>>

/**
 * The parts that belong to one channel only, where they are missing or out of place. A prohibited channel is
 * refused by the rules, whatever comes with it.
 */
function findChannelFieldErrors (request: { channel: Channel | ProhibitedChannel, porter?: unknown, letter?: unknown }): Array<{ path: string, message: string }> {
  if (isProhibitedChannel(request.channel)) return []
  const amiss: Array<{ path: string, message: string } | undefined> = [
    request.channel === 'porter' && request.porter === undefined ? { path: 'porter', message: 'needs-porter' } : undefined,
    request.channel === 'registered-letter' && request.letter === undefined ? { path: 'letter', message: 'needs-letter' } : undefined,
    request.channel !== 'porter' && request.porter !== undefined ? { path: 'porter', message: 'not-for-channel' } : undefined,
    request.channel !== 'registered-letter' && request.letter !== undefined ? { path: 'letter', message: 'not-for-channel' } : undefined,
  ]
  return amiss.filter(one => one !== undefined)
}
