/** The agent's doors to envelopes for the porters: what can be sent, a batch, its list on paper. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatHolderName } from '../../accounts/erased.js'
import type { Deps } from '../../app.js'
import { formatFieldError, parseForm } from '../../http/forms.js'
import { Problem } from '../../http/problems.js'
import { formatDateTime } from '../../i18n/moments.js'
import { parseSlipNumber } from '../../slips/slip-number.js'
import { requireSession } from '../../staff/authenticate.js'
import { renderManifest } from '../paper/manifest.js'
import { sendPdf } from '../send-list.js'
import { requireSendingOffice } from '../sending-office.js'
import { dispatchEnvelopes, MAX_ENVELOPES_PER_BATCH, DispatchRejected } from './dispatch-envelopes.js'
import { formatChangedEnvelope, buildDispatchesPage, type DispatchesPageInput } from './dispatches-page.js'
import { findDispatch, listEnvelopesInDispatch, type DispatchRow } from './queries.js'

const slipNumberSchema = z.string().refine(text => parseSlipNumber(text) === text)
const batchSchema = z.object({
  desk: z.string().regex(/^[a-z0-9-]{1,60}$/, 'no-such-service-point'),
  numbers: z.array(slipNumberSchema).min(1, 'choose-envelopes').transform(all => [...new Set(all)]),
})

export const dispatchesPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, profile, now } = deps
  const officeOf = (request: FastifyRequest) => requireSendingOffice(requireSession(request), 'porter', profile, request.language)

  app.get('/dispatches', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    const { all, cursor } = request.query as { all?: unknown, cursor?: unknown }
    return await show(request, reply, { all: all === '1', cursor: typeof cursor === 'string' ? cursor : undefined })
  })

  app.post('/dispatches', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    officeOf(request)
    const { all, desk, numbers: ticked = [] } = request.body as { all?: unknown, desk?: unknown, numbers?: string | string[] }
    const numbers = [ticked].flat()
    const refuse = async (numbers: readonly string[], problems: readonly string[]) =>
      await show(request, reply, { all: all === '1', chosen: typeof desk === 'string' ? { desk, numbers } : undefined, problems }, 400)
    if (numbers.length > MAX_ENVELOPES_PER_BATCH) return await refuse(numbers.slice(0, MAX_ENVELOPES_PER_BATCH), [request.t('sending.tooMany', { count: MAX_ENVELOPES_PER_BATCH })])
    const form = parseForm(batchSchema, { desk, numbers })
    if (!form.ok) return await refuse([], form.errors.map(error => formatFieldError(request.t, error)))
    try {
      const batch = await dispatchEnvelopes(deps, requireSession(request), form.value)
      return await reply.redirect(`/dispatches/${batch.id}?${batch.wasAlreadySent ? 'already' : 'sent'}=1`, 303)
    } catch (error) {
      if (!(error instanceof DispatchRejected)) throw error
      const problems = error.changed.map(envelope => formatChangedEnvelope(request, envelope, profile.timeZone))
      return await show(request, reply, { all: all === '1', chosen: form.value, problems }, 409)
    }
  })

  app.get('/dispatches/:id', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    officeOf(request)
    const dispatch = await dispatchOf(request)
    const { sent, already } = request.query as { sent?: unknown, already?: unknown }
    const envelopes = await listEnvelopesInDispatch(db, dispatch.id, now())
    return await reply.page('dispatches/show', {
      ...placesOf(request, dispatch),
      id: dispatch.id,
      at: formatDateTime(dispatch.dispatched_at, profile.timeZone, request.language),
      by: dispatch.dispatched_by_name,
      envelopes: envelopes.map(envelope => ({ number: envelope.number, holder: formatHolderName(request.t, envelope.display_name), state: envelope.state })),
      sent: sent === '1' && wasJustSent(dispatch, requireSession(request).staff.id, now()),
      already: already === '1',
    })
  })

  app.get('/dispatches/:id/manifest.pdf', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    officeOf(request)
    const dispatch = await dispatchOf(request)
    const envelopes = await listEnvelopesInDispatch(db, dispatch.id, now())
    const { from, to } = placesOf(request, dispatch)
    return await sendPdf(reply, 'envelopes', await renderManifest({
      language: request.language,
      institution: profile,
      from,
      to,
      sentAt: dispatch.dispatched_at,
      sentBy: dispatch.dispatched_by_name,
      envelopes: envelopes.map(envelope => ({ number: envelope.number, holder: formatHolderName(request.t, envelope.display_name) })),
    }))
  })

  async function show (request: FastifyRequest, reply: FastifyReply, view: Omit<DispatchesPageInput, 'office'>, status = 200): Promise<FastifyReply> {
    return await reply.page('dispatches/list', await buildDispatchesPage(deps, request, { office: officeOf(request), ...view }), { status })
  }

  async function dispatchOf (request: FastifyRequest): Promise<DispatchRow> {
    const id = z.guid().safeParse((request.params as { id: string }).id)
    const dispatch = id.success ? await findDispatch(db, id.data) : undefined
    if (dispatch === undefined) throw new Problem('not-found')
    return dispatch
  }

  function placesOf ({ language }: FastifyRequest, dispatch: DispatchRow) {
    return {
      from: { name: dispatch.office_name[language], address: dispatch.office_address },
      to: { name: dispatch.desk_name[language], address: dispatch.desk_address },
    }
  }
}

/** True for a batch of this person in the last minute: an address alone opens no print dialogue. */
function wasJustSent ({ dispatched_at: at, dispatched_by: by }: DispatchRow, staffId: string, now: Date): boolean {
  return by === staffId && now.getTime() - at.getTime() < 60_000
}
