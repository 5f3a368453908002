/** Schemas of the issue request, for the API and the page, and of slips in API responses. Pure. */
import { z } from 'zod'
import { isLatinName } from '../accounts/names/scripts.js'
import { MAX_POSTCODE_LENGTH, normalizePostcode } from '../addresses/postcodes.js'
import { countrySchema, findPostcodeFault, letterSchema } from '../addresses/schemas.js'
import { formatRfc3339 } from '../i18n/formatters.js'
import { errorIfPresent, isMeaningful, lineSchema } from '../institution/text.js'
import { affiliations, type Channel, channels, documentTypes, isProhibitedChannel, languages, type ProhibitedChannel, prohibitedChannels, slipStates, stepNames } from '../institution/vocabulary.js'
import { storableText } from './codes.js'
import type { SlipDetails, SlipStep } from './queries.js'
import { isActive } from './rules/state-machine.js'

export const identityCheckSchema = z.strictObject({
  documentType: z.enum(documentTypes),
  issuingCountry: countrySchema,
  validUntil: z.union([z.iso.date(errorIfPresent('no-such-day')), z.literal('none')], errorIfPresent('no-such-day'))
    .describe('The last day on which the document is valid, or `none` for a document without an expiry date'),
  photoMatches: z.boolean(),
  nameMatches: z.union([z.boolean(), z.strictObject({ reason: storableText(200) })])
    .describe('true, or why the visitor is the holder although the names differ'),
  birthDateMatches: z.union([z.boolean(), z.strictObject({ reason: storableText(200) })]).optional()
    .describe('Required where the account has a birth date: true, or why the visitor is the holder although the dates differ'),
})

export const porterRequestSchema = z.strictObject({ servicePointId: z.string().min(1).max(60) })

/** The holder's name in Latin letters, where the account has none. */
export const latinNameSchema = z.strictObject({
  value: storableText(100).refine(text => text === '' || isLatinName(text), 'latin-letters').refine(text => text !== '', 'required').describe('As the document or register spells it'),
  reason: storableText(200).refine(isMeaningful, 'required').describe('Where the spelling comes from: `document`, `student-register`, `request-copy` (a copy of a document in the request system), or your own words'),
})

const channelSchema = z.enum([...channels, ...prohibitedChannels])
const requestedChannelSchema = z.object({ channel: channelSchema })

/** Creates the schema of the body of `POST /slips`. All faults are reported together, also those of the channel. @param homeCountry where letters are domestic */
export function issueRequestSchema (homeCountry: string) {
  return z.strictObject({
    accountId: z.guid(errorIfPresent('no-such-account')),
    channel: channelSchema,
    identityCheck: identityCheckSchema.optional().describe('Required at a counter. Optional for other channels: if given, it must be valid and is stored'),
    porter: porterRequestSchema.optional(),
    letter: letterSchema(homeCountry).optional(),
    requestReference: storableText(100).optional(),
    latinName: latinNameSchema.optional().describe('The holder’s name in Latin letters. Only where the account’s name is in other letters and the account has no Latin name'),
    language: z.enum(languages).optional(),
  }).superRefine((request, context) => {
    for (const { path, message } of findChannelFieldErrors(request)) context.addIssue({ code: 'custom', path: [path], message })
  }, { when: ({ value }) => requestedChannelSchema.safeParse(value).success })
}

export type IssueRequest = z.output<ReturnType<typeof issueRequestSchema>>

/**
 * Finds parts of the request that its channel needs and that are missing, or that belong to another channel. The rules
 * refuse a prohibited channel, so its parts are not checked.
 */
function findChannelFieldErrors (request: { channel: Channel | ProhibitedChannel, porter?: unknown, letter?: unknown }): Array<{ path: string, message: string }> {
  if (isProhibitedChannel(request.channel)) return []
  const errors: Array<{ path: string, message: string } | undefined> = [
    request.channel === 'porter' && request.porter === undefined ? { path: 'porter', message: 'needs-porter' } : undefined,
    request.channel === 'registered-letter' && request.letter === undefined ? { path: 'letter', message: 'needs-letter' } : undefined,
    request.channel !== 'porter' && request.porter !== undefined ? { path: 'porter', message: 'not-for-channel' } : undefined,
    request.channel !== 'registered-letter' && request.letter !== undefined ? { path: 'letter', message: 'not-for-channel' } : undefined,
  ]
  return errors.filter(error => error !== undefined)
}

// A slip in API responses. It never contains the code.

const timestampSchema = z.iso.datetime({ offset: true })

export const stepSchema = z.object({
  step: z.enum(stepNames),
  from: z.enum(slipStates).nullable(),
  to: z.enum(slipStates),
  at: timestampSchema,
  by: z.string().nullable().describe('The login, or `identity-system:` and the name of its token; null for the holder and the clock'),
  servicePoint: z.string().optional(),
  identityCheck: z.enum(documentTypes).optional().describe('The kind of document that was checked'),
  note: z.string().optional(),
})

export const slipSchema = z.object({
  number: z.string().describe('XXX-XXX-XXX'),
  state: z.enum(slipStates),
  live: z.boolean().describe('True if its code works now'),
  channel: z.enum(channels),
  account: z.object({ id: z.uuid(), username: z.string(), displayName: z.string(), affiliation: z.enum(affiliations) }),
  issuedAt: timestampSchema,
  issuedBy: z.string().describe('The login'),
  servicePoint: z.string().describe('Where it was issued'),
  expiresAt: timestampSchema,
  requestReference: z.string().optional(),
  latinName: z.object({ value: z.string(), reason: z.string() }).optional().describe('The name in Latin letters that was entered for this slip. The note of the issue step is `latin-name-differs` if it is not the transliteration of the account’s name'),
  delivery: z.object({
    channel: z.enum(channels),
    porter: z.object({ servicePointId: z.string(), collectBy: timestampSchema }).optional(),
    letter: z.object({
      recipient: z.string().nullable(),
      lines: z.array(z.string()).nullable(),
      postcode: z.string().nullable(),
      town: z.string().nullable(),
      country: z.string(),
      trackingNumber: z.string().optional(),
      personalHandover: z.boolean().optional(),
    }).optional(),
  }),
  steps: z.array(stepSchema),
}).meta({ id: 'Slip' })

export type SlipItem = z.infer<typeof slipSchema>

/** Converts a slip to its API representation. @param zone the institution's, for the offset of the times */
export function toSlipItem (slip: SlipDetails, zone: string): SlipItem {
  return {
    number: slip.number,
    state: slip.state,
    live: isActive(slip.state),
    channel: slip.channel,
    account: { id: slip.account_id, username: slip.username, displayName: slip.display_name, affiliation: slip.affiliation },
    issuedAt: formatRfc3339(slip.issued_at, zone),
    issuedBy: slip.issued_by,
    servicePoint: slip.service_point_id,
    expiresAt: formatRfc3339(slip.expires_at, zone),
    ...(slip.request_reference === null ? {} : { requestReference: slip.request_reference }),
    ...(slip.latin_name === null || slip.latin_name_reason === null ? {} : { latinName: { value: slip.latin_name, reason: slip.latin_name_reason } }),
    delivery: toDeliveryItem(slip, zone),
    steps: slip.steps.map(step => toStepItem(step, zone)),
  }
}

function toDeliveryItem (slip: SlipDetails, zone: string): SlipItem['delivery'] {
  const { channel, country } = slip
  if (slip.porter_service_point_id !== null && slip.collect_by !== null) {
    return { channel, porter: { servicePointId: slip.porter_service_point_id, collectBy: formatRfc3339(slip.collect_by, zone) } }
  }
  if (country === null) return { channel }
  const { recipient, lines, postcode, town } = slip
  return {
    channel,
    letter: {
      recipient,
      lines,
      postcode,
      town,
      country,
      ...(slip.tracking_number === null ? {} : { trackingNumber: slip.tracking_number }),
      ...(slip.personal_handover === null ? {} : { personalHandover: slip.personal_handover }),
    },
  }
}

export function toStepItem (step: SlipStep, zone: string): SlipItem['steps'][number] {
  return {
    step: step.step,
    from: step.from_state,
    to: step.to_state,
    at: formatRfc3339(new Date(step.at), zone),
    by: step.login ?? (step.system_name === null ? null : `identity-system:${step.system_name}`),
    ...(step.service_point_id === null ? {} : { servicePoint: step.service_point_id }),
    ...(step.document_type === null ? {} : { identityCheck: step.document_type }),
    ...(step.note === null ? {} : { note: step.note }),
  }
}

/** Creates the schema of the query for allowed channels. @param homeCountry the country if none is given */
export function channelQuerySchema (homeCountry: string) {
  return z.object({
    country: countrySchema.default(homeCountry),
    postcode: lineSchema(MAX_POSTCODE_LENGTH).optional(),
    town: lineSchema(45).transform(text => text || undefined).optional(),
  }).superRefine(({ postcode = '', country }, context) => {
    const fault = postcode === '' ? undefined : findPostcodeFault({ postcode, country })
    if (fault !== undefined) context.addIssue({ code: 'custom', path: ['postcode'], message: fault.message, params: fault.values })
  }).transform(query => ({ ...query, postcode: normalizePostcode(query.postcode ?? '', query.country) || undefined }))
}
