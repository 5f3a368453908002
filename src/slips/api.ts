/** The slips' door for machines: issuing, reading, voiding. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../app.js'
import { Problem } from '../http/problems.js'
import { isMeaningful } from '../institution/typed-text.js'
import { requireSession } from '../staff/authenticate.js'
import { issueRequestSchema } from './issue-request.js'
import { issueSlip } from './issue-slip.js'
import { storableText } from './kept-text.js'
import { listSlips, requireSlip } from './queries.js'
import { recordAuditorAccess } from './reading-event.js'
import { sendSlipPdf } from './send-paper.js'
import { visibleSlips } from './sight.js'
import { isPeriodReversed, slipFilterFields } from './slip-filter.js'
import { toSlipItem, slipSchema } from './slip-item.js'
import { parseVoidReason } from './void-reasons.js'
import { voidSlip } from './void-slip.js'

const idempotencyHeadersSchema = z.object({
  'idempotency-key': z.string().regex(/^[\x20-\x7e]{1,200}$/, 'idempotency-key').optional()
    .describe('1–200 printable ASCII characters, kept 30 days: the same key again is a conflict, never a second code'),
})
const slipListQuerySchema = z.object({
  ...slipFilterFields,
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
const numberParamsSchema = z.object({ number: z.string() })
export const slipsApi: FastifyPluginAsyncZod<Deps> = async (app, deps) => {
  const { db, profile, now } = deps
  const zone = profile.timeZone

  app.post('/slips', {
    config: { may: 'slips:issue' },
    schema: {
      tags: ['Slips'],
      summary: 'Issue a slip: the answer is the paper itself',
      headers: idempotencyHeadersSchema,
      body: issueRequestSchema(profile.country),
      response: {
        201: {
          description: 'The slip itself, to print. It cannot be fetched again.',
          headers: { Location: 'Where the slip’s record is', 'Slip-Number': 'XXX-XXX-XXX' },
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
    config: { may: 'slips:read' },
    schema: {
      tags: ['Slips'],
      summary: 'Slips, newest first',
      querystring: slipListQuerySchema,
      response: { 200: z.object({ items: z.array(slipSchema), next: z.string().optional() }) },
    },
  }, async request => {
    if (isPeriodReversed(request.query, zone)) throw new Problem('validation-failed', { errors: [{ path: 'to', message: 'period-ends-before-it-begins' }] })
    const session = requireSession(request)
    const { items, next } = await listSlips(db, request.query, visibleSlips(session), zone, now())
    const { cursor: _cursor, limit: _limit, ...filter } = request.query
    await recordAuditorAccess(deps, session, 'delivery-records-read', { filter, format: 'json', as: 'slips' })
    return { items: items.map(slip => toSlipItem(slip, zone)), next }
  })

  app.get('/slips/:number', {
    config: { may: 'slips:read' },
    schema: { tags: ['Slips'], summary: 'One slip with all its steps', params: numberParamsSchema, response: { 200: slipSchema } },
  }, async request => {
    const session = requireSession(request)
    const slip = await requireSlip(db, request.params.number, visibleSlips(session), now())
    await recordAuditorAccess(deps, session, 'delivery-record-read', { slip: slip.number, format: 'json' })
    return toSlipItem(slip, zone)
  })

  app.post('/slips/:number/void', {
    config: { may: 'slips:void' },
    schema: {
      tags: ['Slips'],
      summary: 'Void an open slip',
      params: numberParamsSchema,
      body: z.strictObject({ reason: storableText(200).refine(isMeaningful, 'required').describe('Your words, or `print-failed` for a paper jam') }),
      response: { 200: slipSchema },
    },
  }, async request => {
    const session = requireSession(request)
    const slip = await requireSlip(db, request.params.number, visibleSlips(session), now())
    await voidSlip(deps, session, slip, parseVoidReason(request.body.reason))
    return toSlipItem(await requireSlip(db, slip.number, visibleSlips(session), now()), zone)
  })
}
