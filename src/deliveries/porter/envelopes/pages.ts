/** The doors of one envelope: look, receive, hand over, send back. What is done once stays done once. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { countNamesakes, findAccount } from '../../../accounts/queries.js'
import { toProblemBody } from '../../../http/error-handler.js'
import { formatRefusal } from '../../../i18n/translate.js'
import { type FieldError, IllegalTransition, Refused } from '../../../institution/errors.js'
import { formatFieldError, parseInput } from '../../../institution/input.js'
import type { Refusal } from '../../../institution/refusals.js'
import { type FormValues, getFieldForError, getFieldForRefusal, getFieldLabel, readFormValues } from '../../../slips/pages/issue-form.js'
import { requireSlip, type SlipDetails } from '../../../slips/queries.js'
import { type AccountIdentity, checkHolderMatch } from '../../../slips/rules/identity-check.js'
import type { CustodyStep } from '../../../institution/vocabulary.js'
import { getStepsAllowedFor } from '../../../slips/rules/state-machine.js'
import { requireSession } from '../../../staff/authenticate.js'
import { formatReturnNote, returnFormSchema, type StepRequest, stepRequestSchema } from '../../schemas.js'
import { type StepDeps, takeStep } from '../../take-step.js'
import { findLastStep } from '../desk-view.js'
import { visibilityOfDesk } from '../queries.js'
import { detectMisplacedScan, findScannedSlipNumber, type MisplacedScan } from '../scan-field.js'
import { isFieldRequired, mapErrorField, toHandoverRequest } from './handover-form.js'
import { buildEnvelopePage, type StepFormResult } from './view.js'

const VALID_UNTIL_FIELD = 'identityCheck.validUntil'

export interface EnvelopePagesDeps extends StepDeps {
  readonly publicUrl: string
}

export const envelopePages: FastifyPluginAsync<EnvelopePagesDeps> = async (app, deps) => {
  app.get('/porter/envelopes/:number', { config: { permission: 'envelopes:keep' } }, async (request, reply) => await show(request, reply, await slipOf(request)))

  app.post('/porter/envelopes/:number/receive', { config: { permission: 'envelopes:keep' } }, async (request, reply) =>
    await take(request, reply, await slipOf(request), { step: { step: 'receive' } }))

  app.post('/porter/envelopes/:number/hand-over', { config: { permission: 'envelopes:keep' } }, async (request, reply) => {
    const slip = await slipOf(request)
    const typed = readFormValues(request.body)
    const scanned = findScannedSlipNumber([typed[VALID_UNTIL_FIELD], typed['identityCheck.nameReason']])
    if (scanned !== undefined) return await reply.redirect(`/porter/envelopes/${scanned}`, 303)
    if (!isOpenTo(request, slip, 'hand-over')) return await tooLate(request, reply, slip, { step: 'hand-over' })
    const stray = detectMisplacedScan(typed[VALID_UNTIL_FIELD])
    const values = stray === undefined ? typed : { ...typed, [VALID_UNTIL_FIELD]: '' }
    const account = await checkedAccount(slip)
    const asked = toHandoverRequest(values, { birthDateKnown: account.birthDate !== null })
    const form = parseInput(stepRequestSchema, asked)
    if (!form.ok) {
      return await show(request, reply, slip, {
        sent: toInvalidResult(request, values, { errors: form.errors, misplacedScan: stray, missingChecks: checkHolderMatch(asked.identityCheck, account) }),
        status: 400,
      })
    }
    return await take(request, reply, slip, { step: form.value, values })
  })

  app.post('/porter/envelopes/:number/return', { config: { permission: 'envelopes:keep' } }, async (request, reply) => {
    const slip = await slipOf(request)
    const values = readFormValues(request.body)
    const scanned = findScannedSlipNumber([values['note']])
    if (scanned !== undefined) return await reply.redirect(`/porter/envelopes/${scanned}`, 303)
    if (!isOpenTo(request, slip, 'return')) return await tooLate(request, reply, slip, { step: 'return' })
    const form = parseInput(returnFormSchema(slip), values)
    if (!form.ok) {
      const errors = Object.fromEntries(form.errors.map(error => [error.path, formatFieldError(request.t, error)]))
      return await show(request, reply, slip, { sent: { values, errors, summary: Object.entries(errors).map(([path, message]) => ({ path, message })) }, status: 400 })
    }
    return await take(request, reply, slip, { step: { step: 'return', note: formatReturnNote(form.value.reason, form.value.note) } })
  })

  // A reload, a change of language or signing in again requests the address of a form with GET.
  app.get('/porter/envelopes/:number/receive', { config: { permission: 'envelopes:keep' } }, redirectToEnvelope)
  app.get('/porter/envelopes/:number/hand-over', { config: { permission: 'envelopes:keep' } }, redirectToEnvelope)
  app.get('/porter/envelopes/:number/return', { config: { permission: 'envelopes:keep' } }, redirectToEnvelope)

  async function redirectToEnvelope (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.redirect(`/porter/envelopes/${(await slipOf(request)).number}`, 303)
  }

  async function slipOf (request: FastifyRequest): Promise<SlipDetails> {
    return await requireSlip(deps.db, (request.params as { number: string }).number, visibilityOfDesk(requireSession(request)), deps.now())
  }

  async function checkedAccount (slip: SlipDetails): Promise<AccountIdentity> {
    const account = await findAccount(deps.db, slip.account_id)
    return { birthDate: account?.birth_date ?? null, hasNamesake: account !== undefined && await countNamesakes(deps.db, account) > 0 }
  }

  function isOpenTo (request: FastifyRequest, slip: SlipDetails, step: CustodyStep): boolean {
    return getStepsAllowedFor(requireSession(request), slip, deps.profile).includes(step)
  }

  async function show (request: FastifyRequest, reply: FastifyReply, slip: SlipDetails, { sent, status = 200 }: { readonly sent?: StepFormResult, readonly status?: number } = {}): Promise<FastifyReply> {
    return await reply.page('porter/envelope', await buildEnvelopePage(deps, request, slip, sent), { status })
  }

  async function take (request: FastifyRequest, reply: FastifyReply, slip: SlipDetails, { step, values = {} }: { readonly step: StepRequest, readonly values?: FormValues }): Promise<FastifyReply> {
    try {
      await takeStep(deps, requireSession(request), slip, step)
      return await reply.redirect(`/porter?done=${slip.number}`, 303)
    } catch (error) {
      if (error instanceof Refused) return await show(request, reply, slip, { sent: toRefusedResult(request, values, error), status: 422 })
      if (!(error instanceof IllegalTransition)) throw error
      return await tooLate(request, reply, await slipOf(request), { step: step.step, conflict: toProblemBody(request, error, deps.publicUrl).detail })
    }
  }

  /** The step is no longer allowed. A step that has been taken already is shown as taken; otherwise the page shows the present state. */
  async function tooLate (request: FastifyRequest, reply: FastifyReply, slip: SlipDetails, { step, conflict }: { readonly step: CustodyStep, readonly conflict?: string }): Promise<FastifyReply> {
    if (findLastStep(slip, step) !== undefined) return await reply.redirect(`/porter/envelopes/${slip.number}?already=${step}`, 303)
    return await show(request, reply, slip, { sent: { conflict: conflict ?? request.t('problems.conflict.detail') }, status: 409 })
  }
}

interface HandoverErrors {
  readonly errors: readonly FieldError[]
  /** What was scanned into the date's field. */
  readonly misplacedScan: MisplacedScan | undefined
  /** What the ticks lack: told in one round with the fields. */
  readonly missingChecks: readonly Refusal[]
}

function toInvalidResult ({ t }: FastifyRequest, values: FormValues, { errors, misplacedScan, missingChecks }: HandoverErrors): StepFormResult {
  const fields = errors.map(error => ({ path: mapErrorField(getFieldForError(error), values), message: formatFieldError(t, error) }))
    .filter(({ path }) => isFieldRequired(path, values))
    .map(({ path, message }) => ({ path, message: path === VALID_UNTIL_FIELD && misplacedScan !== undefined ? t(`porter.scan.${misplacedScan}`) : message }))
  const ticks = takeFirstByField(missingChecks.map(refusal => ({ path: mapErrorField(getFieldForRefusal(refusal), values), message: formatRefusal(t, refusal) })))
    .filter(({ path }) => !fields.some(field => field.path === path))
  return { values, errors: toMessagesByField([...fields, ...ticks]), summary: [...fields.map(({ path, message }) => ({ path, message: `${t(getFieldLabel(path))}: ${message}` })), ...ticks] }
}

/** What is not about a field of the form, such as an envelope of the porter's own, stands in the summary alone. */
function toRefusedResult ({ t }: FastifyRequest, values: FormValues, { refusals }: Refused): StepFormResult {
  const first = takeFirstByField(refusals.map(refusal => ({ path: mapErrorField(getFieldForRefusal(refusal), values), message: formatRefusal(t, refusal) })))
  return { values, errors: toMessagesByField(first), summary: first.map(({ path, message }) => path === 'channel' ? { message } : { path, message }) }
}

function takeFirstByField (told: ReadonlyArray<{ path: string, message: string }>): Array<{ path: string, message: string }> {
  return told.filter(({ path }, i) => told.findIndex(one => one.path === path) === i)
}

function toMessagesByField (told: ReadonlyArray<{ path: string, message: string }>): Record<string, string> {
  return Object.fromEntries(told.map(({ path, message }) => [path, message]))
}
