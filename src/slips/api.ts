/** API routes for slips (issue, list, read, void) and for accounts with their channels. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findAccount } from '../accounts/queries.js'
import { accountListSchema, accountSchema, accountSearchSchema, toAccountItem } from '../accounts/schemas.js'
import { searchAccounts } from '../accounts/search.js'
import { sendSlipPdf } from '../http/send-pdf.js'
import { formatRefusal } from '../i18n/translate.js'
import { InvalidInput, NotFound } from '../institution/errors.js'
import { isMeaningful } from '../institution/text.js'
import { removeOwnDomain } from '../institution/user-names.js'
import { channels, prohibitedChannels, slipStates } from '../institution/vocabulary.js'
import { requireSession } from '../staff/authenticate.js'
import { recordAuditorAccess, recordOpening } from './access-events.js'
import { storableText } from './codes.js'
import { issueSlip, type IssuingDeps } from './commands/issue-slip.js'
import { voidSlip } from './commands/void-slip.js'
import { loadIssuingContext, lookUpLetterAddress } from './issuing-context.js'
import { findOpenSlip, listSlips, requireSlip, visibleSlips } from './queries.js'
import { checkChannels } from './rules/issuing-rules.js'
import { parseVoidReason } from './rules/void-reasons.js'
import { channelQuerySchema, issueRequestSchema, slipSchema, toSlipItem } from './schemas.js'
import { isPeriodReversed, slipFilterFields } from './slip-filter.js'

const idempotencyHeadersSchema = z.object({
  'idempotency-key': z.string().regex(/^[\x20-\x7e]{1,200}$/, 'idempotency-key').optional()
    .describe('1–200 printable ASCII characters, stored for 30 days. A repeated key is a conflict and never issues a second code'),
})
const slipListQuerySchema = z.object({
  ...slipFilterFields,
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
const numberParamsSchema = z.object({ number: z.string() })

export const slipsApi: FastifyPluginAsyncZod<IssuingDeps> = async (app, deps) => {
  const { db, profile, now } = deps
  const zone = profile.timeZone

  app.post('/slips', {
    config: { permission: 'slips:issue' },
    schema: {
      tags: ['Slips'],
      summary: 'Issue a slip and return it as a PDF',
      headers: idempotencyHeadersSchema,
      body: issueRequestSchema(profile.country),
      response: {
        201: {
          description: 'The slip to print. It cannot be fetched again.',
          headers: { Location: 'The address of the slip’s record', 'Slip-Number': 'XXX-XXX-XXX' },
          content: { 'application/pdf': { schema: z.any().meta({ type: 'string', format: 'binary' }) } },
        },
      },
    },
  }, async (request, reply) => {
    const key = request.headers['idempotency-key']
    const issued = await issueSlip(deps, requireSession(request), request.body, key === undefined ? undefined : `api:${key}`)
    return await sendSlipPdf(reply, issued, `/api/v1/slips/${issued.number}`)
  })

  app.get('/slips', {
    config: { permission: 'slips:read' },
    schema: {
      tags: ['Slips'],
      summary: 'Slips, newest first',
      querystring: slipListQuerySchema,
      response: { 200: z.object({ items: z.array(slipSchema), next: z.string().optional() }) },
    },
  }, async request => {
    if (isPeriodReversed(request.query, zone)) throw new InvalidInput([{ path: 'to', message: 'period-ends-before-it-begins' }])
    const session = requireSession(request)
    const { items, next } = await listSlips(db, request.query, { visibility: visibleSlips(session), zone, now: now() })
    const { cursor: _cursor, limit: _limit, ...filter } = request.query
    await recordAuditorAccess(deps, session, 'delivery-records-read', { filter, format: 'json', as: 'slips' })
    return { items: items.map(slip => toSlipItem(slip, zone)), next }
  })

  app.get('/slips/:number', {
    config: { permission: 'slips:read' },
    schema: { tags: ['Slips'], summary: 'One slip with all its steps', params: numberParamsSchema, response: { 200: slipSchema } },
  }, async request => {
    const session = requireSession(request)
    const slip = await requireSlip(db, request.params.number, visibleSlips(session), now())
    await recordAuditorAccess(deps, session, 'delivery-record-read', { slip: slip.number, format: 'json' })
    return toSlipItem(slip, zone)
  })

  app.post('/slips/:number/void', {
    config: { permission: 'slips:void' },
    schema: {
      tags: ['Slips'],
      summary: 'Void an open slip',
      params: numberParamsSchema,
      body: z.strictObject({ reason: storableText(200).refine(isMeaningful, 'required').describe('The reason in your own words, or `print-failed` for a paper jam') }),
      response: { 200: slipSchema },
    },
  }, async request => {
    const session = requireSession(request)
    const slip = await requireSlip(db, request.params.number, visibleSlips(session), now())
    await voidSlip(deps, session, slip, parseVoidReason(request.body.reason))
    return toSlipItem(await requireSlip(db, slip.number, visibleSlips(session), now()), zone)
  })
}

// One account: its open slip, and which channels the rules allow.

const channelAvailabilitySchema = z.object({
  channel: z.enum([...channels, ...prohibitedChannels]),
  allowed: z.boolean(),
  refusals: z.array(z.object({ code: z.string(), detail: z.string() })),
})

export const accountChannelsApi: FastifyPluginAsyncZod<Pick<IssuingDeps, 'db' | 'profile' | 'now'>> = async (app, { db, profile, now }) => {
  app.get('/accounts/:id', {
    config: { permission: 'accounts:find' },
    schema: {
      tags: ['Accounts'],
      summary: 'One account, with its open slip',
      params: z.object({ id: z.string() }),
      response: { 200: accountSchema.extend({ openSlip: z.object({ number: z.string(), state: z.enum(slipStates) }).nullable() }) },
    },
  }, async request => {
    const account = await requireAccount(request.params.id)
    await recordOpening({ db, now }, request, 'account-opened', account.id)
    const slip = await findOpenSlip(db, account.id, now())
    return { ...toAccountItem(account), openSlip: slip === undefined ? null : { number: slip.number, state: slip.state } }
  })

  app.get('/accounts/:id/channels', {
    config: { permission: 'accounts:find' },
    schema: {
      tags: ['Accounts'],
      summary: 'Which channels are allowed, and why not',
      description: 'Does not apply the rules that need the filled-in form. Without a postcode, it does not apply the address rules either.',
      params: z.object({ id: z.string() }),
      querystring: channelQuerySchema(profile.country),
      response: { 200: z.object({ items: z.array(channelAvailabilitySchema) }) },
    },
  }, async request => {
    const account = await requireAccount(request.params.id)
    const context = await loadIssuingContext(db, account, { session: requireSession(request), profile, now: now() })
    const { postcode, town, country } = request.query
    const address = postcode === undefined ? undefined : await lookUpLetterAddress(db, { postcode, town, country }, profile)
    return {
      items: checkChannels(context, address).map(({ channel, allowed, refusals }) => ({
        channel, allowed, refusals: refusals.map(refusal => ({ code: refusal.code, detail: formatRefusal(request.t, refusal) })),
      })),
    }
  })

  async function requireAccount (id: string) {
    const account = await findAccount(db, id)
    if (account === undefined) throw new NotFound('account')
    return account
  }
}

// The search for accounts.

export const accountsApi: FastifyPluginAsyncZod<Pick<IssuingDeps, 'db' | 'profile'>> = async (app, { db, profile }) => {
  app.get('/accounts', {
    config: { permission: 'accounts:find' },
    schema: { tags: ['Accounts'], summary: 'Find accounts', querystring: accountSearchSchema, response: { 200: accountListSchema } },
  }, async request => {
    const { items, next } = await searchAccounts(db, { ...request.query, q: removeOwnDomain(request.query.q, profile.userNameDomains) })
    return { items: items.map(toAccountItem), next }
  })
}
