/** The pages of one envelope: show, receive, hand over, send back. Sending a form twice takes its step once. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { hasNamesake } from '../../../accounts/names/queries.js'
import { findAccount } from '../../../accounts/queries.js'
import { toProblemBody } from '../../../http/error-handler.js'
import { type FormFields, readForm } from '../../../http/forms.js'
import { type FormValues, parseInput, parseValidFields, readFormValues, withFormErrors } from '../../../institution/input.js'
import { Refused } from '../../../institution/errors.js'
import { IllegalTransition } from '../../../institution/slip-errors.js'
import { findExpiryErrors } from '../../../slips/pages/issue-form.js'
import { requireSlip, type SlipDetails } from '../../../slips/queries.js'
import { identityCheckSchema } from '../../../slips/schemas.js'
import { type AccountIdentity, checkReadableIdentity } from '../../../slips/rules/identity-check.js'
import type { CustodyStep } from '../../../institution/vocabulary.js'
import { getStepsAllowedFor } from '../../../slips/rules/state-machine.js'
import { institutionDay } from '../../../service-points/institution-day.js'
import { requireSession } from '../../../staff/authenticate.js'
import { formatReturnNote, returnFormSchema, type StepRequest, stepRequestSchema } from '../../schemas.js'
import { type StepDeps, takeStep } from '../../take-step.js'
import { findLastStep } from '../desk-view.js'
import { visibilityOfDesk } from '../queries.js'
import { detectMisplacedScan, findScannedSlipNumber } from '../scan-field.js'
import { describeHandoverFaults, toHandoverRequest, VALID_UNTIL_FIELD } from './handover-form.js'
import { buildEnvelopePage, type StepFormResult } from './view.js'

const paramsSchema = z.object({ number: z.string() })
const alreadyTakenSchema = z.enum(['receive', 'hand-over', 'return']).optional().catch(undefined)
const returnFields: FormFields = { labels: { reason: null, note: 'slips.show.details' } }

type EnvelopeRequest = FastifyRequest<{ Params: z.output<typeof paramsSchema> }>

export interface EnvelopePagesDeps extends StepDeps {
  readonly publicUrl: string
}

export const envelopePages: FastifyPluginAsyncZod<EnvelopePagesDeps> = async (app, deps) => {
  app.get('/porter/envelopes/:number', {
    config: { permission: 'envelopes:keep' }, schema: { params: paramsSchema, querystring: z.object({ already: alreadyTakenSchema }) },
  }, async (request, reply) => await show(request, reply, await slipOf(request), { already: request.query.already }))

  app.post('/porter/envelopes/:number/receive', { config: { permission: 'envelopes:keep', form: { action: 'receive', show: showAgain } }, schema: { params: paramsSchema } }, async (request, reply) =>
    await take(request, reply, await slipOf(request), { step: { step: 'receive' } }))

  app.post('/porter/envelopes/:number/hand-over', { config: { permission: 'envelopes:keep', form: { action: 'hand-over', show: showAgain } }, schema: { params: paramsSchema } }, async (request, reply) => {
    const slip = await slipOf(request)
    const typed = readFormValues(request.body)
    const scanned = findScannedSlipNumber([typed[VALID_UNTIL_FIELD], typed['identityCheck.nameReason'], typed['identityCheck.birthDateReason']])
    if (scanned !== undefined) return await reply.redirect(`/porter/envelopes/${scanned}`, 303)
    if (!isOpenTo(request, slip, 'hand-over')) return await tooLate(request, reply, slip, { step: 'hand-over' })
    const stray = detectMisplacedScan(typed[VALID_UNTIL_FIELD])
    const values = stray === undefined ? typed : { ...typed, [VALID_UNTIL_FIELD]: '' }
    const account = await checkedAccount(slip)
    const asked = toHandoverRequest(values, { birthDateKnown: account.birthDate !== null, today: institutionDay(deps.now(), deps.profile.timeZone) })
    const form = withFormErrors(parseInput(stepRequestSchema, asked), findExpiryErrors(values))
    if (!form.ok) {
      const refusals = checkReadableIdentity(parseValidFields(identityCheckSchema, asked.identityCheck), account, deps.profile, deps.now())
      return await show(request, reply, slip, { ...describeHandoverFaults(request.t, values, { errors: form.errors, refusals, misplacedScan: stray }), status: 400 })
    }
    return await take(request, reply, slip, { step: form.value, values })
  })

  app.post('/porter/envelopes/:number/return', { config: { permission: 'envelopes:keep', form: { action: 'return', show: showAgain } }, schema: { params: paramsSchema } }, async (request, reply) => {
    const slip = await slipOf(request)
    const form = readForm(returnFormSchema(slip), request.body, returnFields, request.t)
    const scanned = findScannedSlipNumber([form.values['note']])
    if (scanned !== undefined) return await reply.redirect(`/porter/envelopes/${scanned}`, 303)
    if (!isOpenTo(request, slip, 'return')) return await tooLate(request, reply, slip, { step: 'return' })
    if (!form.ok) return await show(request, reply, slip, { ...form, status: 400 })
    return await take(request, reply, slip, { step: { step: 'return', note: formatReturnNote(form.value.reason, form.value.note) } })
  })

  // A reload, a change of language or signing in again requests the address of a form with GET.
  app.get('/porter/envelopes/:number/receive', { config: { permission: 'envelopes:keep' }, schema: { params: paramsSchema } }, redirectToEnvelope)
  app.get('/porter/envelopes/:number/hand-over', { config: { permission: 'envelopes:keep' }, schema: { params: paramsSchema } }, redirectToEnvelope)
  app.get('/porter/envelopes/:number/return', { config: { permission: 'envelopes:keep' }, schema: { params: paramsSchema } }, redirectToEnvelope)

  async function redirectToEnvelope (request: EnvelopeRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.redirect(`/porter/envelopes/${(await slipOf(request)).number}`, 303)
  }

  async function showAgain (request: EnvelopeRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await show(request, reply, await slipOf(request), { values: readFormValues(request.body) })
  }

  async function slipOf (request: EnvelopeRequest): Promise<SlipDetails> {
    return await requireSlip(deps.db, request.params.number, visibilityOfDesk(requireSession(request)), deps.now())
  }

  async function checkedAccount (slip: SlipDetails): Promise<AccountIdentity> {
    const account = await findAccount(deps.db, slip.account_id)
    return { birthDate: account?.birth_date ?? null, affiliation: slip.affiliation, hasNamesake: account !== undefined && await hasNamesake(deps.db, account) }
  }

  function isOpenTo (request: FastifyRequest, slip: SlipDetails, step: CustodyStep): boolean {
    return getStepsAllowedFor(requireSession(request), slip, deps.profile).includes(step)
  }

  async function show (request: FastifyRequest, reply: FastifyReply, slip: SlipDetails, sent: StepFormResult & { readonly status?: number } = {}): Promise<FastifyReply> {
    return await reply.page('porter/envelope', await buildEnvelopePage(deps, request, slip, sent), { status: sent.status ?? 200 })
  }

  async function take (request: EnvelopeRequest, reply: FastifyReply, slip: SlipDetails, { step, values = {} }: { readonly step: StepRequest, readonly values?: FormValues }): Promise<FastifyReply> {
    try {
      await takeStep(deps, requireSession(request), slip, step)
      return await reply.redirect(`/porter?done=${slip.number}`, 303)
    } catch (error) {
      if (error instanceof Refused) return await show(request, reply, slip, { ...describeHandoverFaults(request.t, values, { errors: [], refusals: error.refusals }), status: 422 })
      if (!(error instanceof IllegalTransition)) throw error
      return await tooLate(request, reply, await slipOf(request), { step: step.step, conflict: toProblemBody(request.t, error, deps.publicUrl).detail })
    }
  }

  /** Responds to a step that is no longer allowed: with who took it, or with the current state. */
  async function tooLate (request: FastifyRequest, reply: FastifyReply, slip: SlipDetails, { step, conflict }: { readonly step: CustodyStep, readonly conflict?: string }): Promise<FastifyReply> {
    if (findLastStep(slip, step) !== undefined) return await reply.redirect(`/porter/envelopes/${slip.number}?already=${step}`, 303)
    return await show(request, reply, slip, { conflict: conflict ?? request.t('problems.conflict.detail'), status: 409 })
  }
}
