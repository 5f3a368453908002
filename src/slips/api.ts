/** The slips' door for machines: issuing, reading, voiding. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../app.js'
import { Problem } from '../http/problems.js'
import { saysSomething } from '../institution/typed-text.js'
import { signedIn } from '../staff/authenticate.js'
import { issueRequestSchema } from './issue-request.js'
import { issueSlip } from './issue-slip.js'
import { keptText } from './kept-text.js'
import { listSlips, requireSlip } from './queries.js'
import { recordAuditorsReading } from './reading-event.js'
import { sendPaper } from './send-paper.js'
import { sightOf } from './sight.js'
import { isBackwards, slipFilterFields } from './slip-filter.js'
import { slipItem, slipSchema } from './slip-item.js'
import { voidReason } from './void-reasons.js'
import { voidSlip } from './void-slip.js'

const idempotencyHeaders = z.object({
  'idempotency-key': z.string().regex(/^[\x20-\x7e]{1,200}$/, 'idempotency-key').optional()
    .describe('1–200 printable ASCII characters, kept 30 days: the same key again is a conflict, never a second code'),
})
const slipListQuery = z.object({
  ...slipFilterFields,
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
const numberParams = z.object({ number: z.string() })
export const slipsApi: FastifyPluginAsyncZod<Deps> = async (app, deps) => {
  const { db, profile, now } = deps
  const zone = profile.timeZone

  app.post('/slips', {
    config: { may: 'slips:issue' },
    schema: {
      tags: ['Slips'],
      summary: 'Issue a slip: the answer is the paper itself',
      headers: idempotencyHeaders,
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
    const issued = await issueSlip(deps, signedIn(request), request.body, key === undefined ? undefined : `api:${key}`)
    return await sendPaper(reply, issued, `/api/v1/slips/${issued.number}`)
  })

  app.get('/slips', {
    config: { may: 'slips:read' },
    schema: {
      tags: ['Slips'],
      summary: 'Slips, newest first',
      querystring: slipListQuery,
      response: { 200: z.object({ items: z.array(slipSchema), next: z.string().optional() }) },
    },
  }, async request => {
    if (isBackwards(request.query, zone)) throw new Problem('validation-failed', { errors: [{ path: 'to', message: 'period-ends-before-it-begins' }] })
    const session = signedIn(request)
    const { items, next } = await listSlips(db, request.query, sightOf(session), zone, now())
    const { cursor: _cursor, limit: _limit, ...filter } = request.query
    await recordAuditorsReading(deps, session, 'delivery-records-read', { filter, format: 'json', as: 'slips' })
    return { items: items.map(slip => slipItem(slip, zone)), next }
  })

  app.get('/slips/:number', {
    config: { may: 'slips:read' },
    schema: { tags: ['Slips'], summary: 'One slip with all its steps', params: numberParams, response: { 200: slipSchema } },
  }, async request => {
    const session = signedIn(request)
    const slip = await requireSlip(db, request.params.number, sightOf(session), now())
    await recordAuditorsReading(deps, session, 'delivery-record-read', { slip: slip.number, format: 'json' })
    return slipItem(slip, zone)
  })

  app.post('/slips/:number/void', {
    config: { may: 'slips:void' },
    schema: {
      tags: ['Slips'],
      summary: 'Void an open slip',
      params: numberParams,
      body: z.strictObject({ reason: keptText(200).refine(saysSomething, 'required').describe('Your words, or `print-failed` for a paper jam') }),
      response: { 200: slipSchema },
    },
  }, async request => {
    const session = signedIn(request)
    const slip = await requireSlip(db, request.params.number, sightOf(session), now())
    await voidSlip(deps, session, slip, voidReason(request.body.reason))
    return slipItem(await requireSlip(db, slip.number, sightOf(session), now()), zone)
  })
}
