/** The porter's pages: the desk, the scan field and receiving envelopes. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { formatBothNames } from '../../accounts/erasure-markers.js'
import { optionalQueryText } from '../../http/forms.js'
import { IllegalTransition } from '../../institution/slip-errors.js'
import { readFormValues } from '../../institution/input.js'
import { parseSlipNumber } from '../../slips/codes.js'
import { findSlip, type SlipDetails } from '../../slips/queries.js'
import { getStepsAllowedFor, mustBeReturned } from '../../slips/rules/state-machine.js'
import { requireSession } from '../../staff/authenticate.js'
import { type StepDeps, takeStep } from '../take-step.js'
import { countPages } from './counts/pages.js'
import { buildDeskPage, findLastStep, groupEnvelopes, toEnvelopeRow, toStepValues } from './desk-view.js'
import { envelopePages, type EnvelopePagesDeps } from './envelopes/pages.js'
import { countStepsAtDesk, listDeskEnvelopes, porterDeskId, visibilityOfDesk } from './queries.js'
import { lookUpScan, readScanField, type ScanField } from './scan-field.js'

export const porterPages: FastifyPluginAsyncZod<EnvelopePagesDeps> = async (app, deps) => {
  app.get('/porter', { config: { permission: 'envelopes:keep' }, schema: { querystring: z.object({ done: optionalQueryText }) } }, async (request, reply) =>
    await reply.page('porter/desk', await buildDeskPage(deps, request, { done: request.query.done })))

  // POST, although it only reads: a scan can contain a code by mistake, and URLs are logged in many places.
  app.post('/porter/scan', { config: { permission: 'envelopes:keep', form: { action: 'scan', show: showDeskAgain } } }, async (request, reply) => {
    const scan = await lookUpScan(deps, request)
    if (scan.slip !== undefined) return await reply.redirect(`/porter/envelopes/${scan.slip.number}`, 303)
    return await reply.page('porter/desk', await buildDeskPage(deps, request, { scan: scan.field }), { status: scan.status })
  })
  app.get('/porter/scan', { config: { permission: 'envelopes:keep' } }, async (_request, reply) => await reply.redirect('/porter', 303))

  async function showDeskAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.page('porter/desk', await buildDeskPage(deps, request, { scan: readScanField(request) }))
  }

  await app.register(envelopePages, deps)
  await app.register(receivePages, deps)
  await app.register(countPages, deps)
}

// Receiving several envelopes: each scan receives one immediately, and the page counts them.

/** The longest time for one series of scans: a working day. */
const MAX_RECEIVING_MS = 12 * 60 * 60_000

const receivePages: FastifyPluginAsyncZod<StepDeps> = async (app, deps) => {
  const { db, profile } = deps

  app.get('/porter/receive', {
    config: { permission: 'envelopes:keep' }, schema: { querystring: z.object({ since: optionalQueryText, last: optionalQueryText }) },
  }, async (request, reply) => {
    const { since, last } = request.query
    return await reply.page('porter/receive', await page(request, begun(since), { last }))
  })

  app.post('/porter/receive', { config: { permission: 'envelopes:keep', form: { action: 'receive', show: showReceivingAgain } } }, async (request, reply) => {
    const since = begun(readFormValues(request.body)['since'])
    const scan = await lookUpScan(deps, request)
    if (scan.slip === undefined) return await reply.page('porter/receive', await page(request, since, { scan: scan.field }), { status: scan.status })
    await receive(request, scan.slip)
    return await reply.redirect(`/porter/receive?${new URLSearchParams({ since: since.toISOString(), last: scan.slip.number }).toString()}`, 303)
  })

  async function showReceivingAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.page('porter/receive', await page(request, begun(readFormValues(request.body)['since']), { scan: readScanField(request) }))
  }

  /** An envelope that cannot be received is explained on the page, from its stored steps. */
  async function receive (request: FastifyRequest, slip: SlipDetails): Promise<void> {
    const session = requireSession(request)
    if (!getStepsAllowedFor(session, slip, profile).includes('receive')) return
    try {
      await takeStep(deps, session, slip, { step: 'receive' })
    } catch (error) {
      if (!(error instanceof IllegalTransition)) throw error
    }
  }

  /** Returns when this series of scans began. Without a valid time in the query string, this is now. */
  function begun (since = ''): Date {
    const now = deps.now()
    const moment = new Date(since)
    return now.getTime() - moment.getTime() <= MAX_RECEIVING_MS && moment <= now ? moment : now
  }

  async function page (request: FastifyRequest, since: Date, { last, scan = {} }: { last?: string | undefined, scan?: ScanField }) {
    const session = requireSession(request)
    const { coming } = groupEnvelopes(await listDeskEnvelopes(db, porterDeskId(session), deps.now()))
    const received = await countStepsAtDesk(db, { desk: porterDeskId(session), step: 'receive', since, by: session.staff.id }, profile)
    const number = last === undefined ? undefined : parseSlipNumber(last)
    const slip = number === undefined ? undefined : await findSlip(db, number, visibilityOfDesk(session), deps.now())
    return {
      scan,
      since: since.toISOString(),
      last: slip?.number,
      received,
      of: received + coming.length,
      coming: coming.map(envelope => toEnvelopeRow(envelope, request, deps.now())),
      notice: slip && outcome(request, slip, since),
    }
  }

  /** Describes the result of the last scan. It reads the stored steps, so it is right after a reload or a repeated scan. */
  function outcome (request: FastifyRequest, slip: SlipDetails, since: Date) {
    const { number } = slip
    const name = formatBothNames(request.t, slip)
    const step = findLastStep(slip, 'receive')
    if (mustBeReturned(slip)) return { tone: 'warning', title: request.t('porter.receive.aside', { number }), text: request.t(`porter.back.${slip.state as 'voided'}`) }
    if (step === undefined) return { tone: 'warning', title: request.t('porter.receive.notSent', { number }), text: request.t('porter.notSentText') }
    const mine = step.login === requireSession(request).staff.login && new Date(step.at) >= since
    return mine && slip.state === 'at-porter'
      ? { tone: 'ok', title: request.t('porter.done.receive', { number, name }) }
      : { tone: 'info', title: request.t('porter.receive.already', { number }), text: request.t('porter.already.receive', toStepValues(step, request)) }
  }
}
