/** The agent's pages for envelopes to porters: envelopes to send, batches, and the manifest of a batch. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { formatBothNames, formatHolderName } from '../../accounts/erasure-markers.js'
import { type FormFields, optionalQueryText, pageIdSchema, queryFlag, readForm } from '../../http/forms.js'
import { sendPdf } from '../../http/send-pdf.js'
import { formatDateTime } from '../../i18n/formatters.js'
import { NotFound } from '../../institution/errors.js'
import { checkboxListSchema, listFormValues, readFormValues } from '../../institution/input.js'
import { choosePrintable } from '../../pdf/fonts.js'
import { canBeCollected } from '../../service-points/pick-up.js'
import { listServicePoints } from '../../service-points/queries.js'
import { parseSlipNumber } from '../../slips/codes.js'
import { requireSession } from '../../staff/authenticate.js'
import type { ServicePointRef } from '../../staff/session.js'
import { renderManifest } from '../paper/manifest.js'
import { requireSendingOffice, type StepDeps } from '../take-step.js'
import { type ChangedEnvelope, dispatchEnvelopes, DispatchRejected, MAX_ENVELOPES_PER_BATCH } from './dispatch-envelopes.js'
import { type DispatchRow, findDispatch, listDispatches, listEnvelopesInDispatch, listEnvelopesToSend } from './queries.js'

const slipNumberSchema = z.string().refine(text => parseSlipNumber(text) === text)
const batchSchema = z.object({
  desk: z.string().regex(/^[a-z0-9-]{1,60}$/, 'no-such-service-point'),
  numbers: checkboxListSchema(slipNumberSchema).pipe(z.array(z.string()).min(1, 'choose-envelopes')),
})
const batchFields: FormFields = { labels: { desk: null, numbers: null } }

export const dispatchesPages: FastifyPluginAsyncZod<StepDeps> = async (app, deps) => {
  const { db, profile, now } = deps
  const officeOf = (request: FastifyRequest) => requireSendingOffice(requireSession(request), 'porter', profile)

  app.get('/dispatches', {
    config: { permission: 'envelopes:send' }, schema: { querystring: z.object({ all: queryFlag, cursor: optionalQueryText }) },
  }, async (request, reply) => await show(request, reply, request.query))

  app.post('/dispatches', { config: { permission: 'envelopes:send', form: { action: 'send-batch', show: showAgain } } }, async (request, reply) => {
    officeOf(request)
    const { all: allPoints, desk } = readFormValues(request.body)
    const all = allPoints === '1'
    const numbers = listFormValues(request.body, 'numbers')
    const refuse = async (numbers: readonly string[], problems: readonly string[]) =>
      await show(request, reply, { all, chosen: desk === undefined ? undefined : { desk, numbers }, problems }, 400)
    if (numbers.length > MAX_ENVELOPES_PER_BATCH) return await refuse(numbers.slice(0, MAX_ENVELOPES_PER_BATCH), [request.t('deliveries.tooMany', { count: MAX_ENVELOPES_PER_BATCH })])
    const form = readForm(batchSchema, request.body, batchFields, request.t)
    if (!form.ok) return await refuse([], form.summary.map(({ message }) => message))
    try {
      const batch = await dispatchEnvelopes(deps, requireSession(request), form.value)
      return await reply.redirect(`/dispatches/${batch.id}?${batch.wasAlreadySent ? 'already' : 'sent'}=1`, 303)
    } catch (error) {
      if (!(error instanceof DispatchRejected)) throw error
      const problems = error.changed.map(envelope => formatChangedEnvelope(request, envelope))
      return await show(request, reply, { all, chosen: form.value, problems }, 409)
    }
  })

  app.get('/dispatches/:id', {
    config: { permission: 'envelopes:send' }, schema: { params: pageIdSchema, querystring: z.object({ sent: queryFlag, already: queryFlag }) },
  }, async (request, reply) => {
    officeOf(request)
    const dispatch = await requireDispatch(request.params.id)
    const { sent, already } = request.query
    const envelopes = await listEnvelopesInDispatch(db, dispatch.id, now())
    return await reply.page('dispatches/show', {
      ...placesOf(request, dispatch),
      id: dispatch.id,
      at: formatDateTime(dispatch.dispatched_at, profile.timeZone, request.language),
      by: dispatch.dispatched_by_name,
      envelopes: envelopes.map(envelope => ({ number: envelope.number, holder: formatBothNames(request.t, envelope), state: envelope.state })),
      sent: sent && wasJustSent(dispatch, requireSession(request).staff.id, now()),
      already,
    })
  })

  app.get('/dispatches/:id/manifest.pdf', { config: { permission: 'envelopes:send' }, schema: { params: pageIdSchema } }, async (request, reply) => {
    officeOf(request)
    const dispatch = await requireDispatch(request.params.id)
    const envelopes = await listEnvelopesInDispatch(db, dispatch.id, now())
    const { from, to } = placesOf(request, dispatch)
    const pdf = await renderManifest({
      language: request.language,
      institution: profile,
      from,
      to,
      sentAt: dispatch.dispatched_at,
      sentBy: dispatch.dispatched_by_name,
      envelopes: envelopes.map(envelope => ({ number: envelope.number, holder: formatHolderName(request.t, choosePrintable([envelope.display_name, envelope.account_latin_name, envelope.latin_name])) })),
    })
    return await sendPdf(reply, { fileName: 'envelopes', pdf })
  })

  async function show (request: FastifyRequest, reply: FastifyReply, view: Omit<DispatchesPageInput, 'office'>, status = 200): Promise<FastifyReply> {
    return await reply.page('dispatches/list', await buildDispatchesPage(deps, request, { office: officeOf(request), ...view }), { status })
  }

  async function showAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { all, desk } = readFormValues(request.body)
    const numbers = listFormValues(request.body, 'numbers').slice(0, MAX_ENVELOPES_PER_BATCH)
    return await show(request, reply, { all: all === '1', chosen: desk === undefined ? undefined : { desk, numbers } }, 200)
  }

  async function requireDispatch (id: string): Promise<DispatchRow> {
    const dispatch = await findDispatch(db, id)
    if (dispatch === undefined) throw new NotFound('dispatch')
    return dispatch
  }

  function placesOf ({ language }: FastifyRequest, dispatch: DispatchRow) {
    return {
      from: { name: dispatch.office_name[language], address: dispatch.office_address },
      to: { name: dispatch.desk_name[language], address: dispatch.desk_address },
    }
  }
}

/** Returns true if this user sent the batch in the last minute. Only then may the page open the print dialog. */
function wasJustSent ({ dispatched_at: at, dispatched_by: by }: DispatchRow, staffId: string, now: Date): boolean {
  return by === staffId && now.getTime() - at.getTime() < 60_000
}

// The data of the page of envelopes and batches.

/** The number of envelopes on the page. */
const MAX_ENVELOPES = 200
const PAGE_SIZE = 20

export interface DispatchesPageInput {
  readonly office: ServicePointRef
  /** True to show the envelopes of every service point. */
  readonly all: boolean
  readonly cursor?: string | undefined
  /** The desk and the ticked envelopes of a rejected form. */
  readonly chosen?: { readonly desk: string, readonly numbers: readonly string[] } | undefined
  readonly problems?: readonly string[]
}

async function buildDispatchesPage ({ db, profile, now }: StepDeps, { language, t }: FastifyRequest, { office, all, cursor, chosen, problems = [] }: DispatchesPageInput) {
  const at = now()
  const onlyOf = all ? undefined : office.id
  const formatTime = (time: Date) => formatDateTime(time, profile.timeZone, language)
  const servicePoints = new Map((await listServicePoints(db)).map(one => [one.id, one]))
  const nameOf = (id: string) => servicePoints.get(id)!.name[language]
  const envelopes = cursor === undefined ? await listEnvelopesToSend(db, onlyOf, MAX_ENVELOPES, at) : []
  const batches = await listDispatches(db, { office: onlyOf, limit: PAGE_SIZE, cursor })
  const path = all ? '/dispatches?all=1' : '/dispatches'
  return {
    office: office.name[language],
    all,
    earlier: cursor !== undefined,
    problems: problems.map(message => ({ message, path: chosen && `desk-${chosen.desk}` })),
    more: envelopes.length === MAX_ENVELOPES ? MAX_ENVELOPES : undefined,
    desks: [...new Set(envelopes.map(({ desk }) => desk))].map(desk => {
      const own = envelopes.filter(envelope => envelope.desk === desk)
        .map(envelope => ({ ...envelope, tooLate: !canBeCollected(servicePoints.get(desk)!, envelope.collect_by, at, profile) }))
      const collectable = own.filter(({ tooLate }) => !tooLate).map(({ number }) => number)
      const ticked = chosen?.desk === desk ? chosen.numbers : collectable.slice(0, MAX_ENVELOPES_PER_BATCH)
      return {
        id: desk,
        name: nameOf(desk),
        envelopes: own.map(envelope => ({
          number: envelope.number,
          holder: formatBothNames(t, envelope),
          issuedAt: formatTime(envelope.issued_at),
          issuedBy: envelope.issued_by_name,
          servicePoint: nameOf(envelope.service_point_id),
          collectBy: formatTime(envelope.collect_by),
          tooLate: envelope.tooLate,
          ticked: ticked.includes(envelope.number),
        })),
        mostInBatch: collectable.length > MAX_ENVELOPES_PER_BATCH ? MAX_ENVELOPES_PER_BATCH : undefined,
      }
    }),
    batches: batches.items.map(batch => ({
      id: batch.id,
      at: formatTime(batch.dispatched_at),
      to: batch.desk_name[language],
      from: batch.office_name[language],
      by: batch.dispatched_by_name,
      count: batch.count,
      underWay: batch.under_way,
    })),
    next: batches.next && `${path}${all ? '&' : '?'}cursor=${batches.next}`,
    first: cursor && path,
  }
}

/** Formats why an envelope was not sent: its current state, and who sent it earlier, if anyone did. */
function formatChangedEnvelope ({ t }: Pick<FastifyRequest, 't'>, { number, state, sent }: ChangedEnvelope): string {
  const values = { number, state: t(`slips.states.${state}`) }
  return sent === undefined
    ? t('deliveries.changed', values)
    : t('deliveries.changedIn', { ...values, name: sent.by, at: sent.at })
}
