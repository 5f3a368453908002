/** The doors of one envelope: look, receive, hand over, send back. What is done once stays done once. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { countNamesakes, findAccount } from '../../accounts/queries.js'
import type { Deps } from '../../app.js'
import { problemBody } from '../../http/error-handler.js'
import { fieldMessage, parseForm } from '../../http/forms.js'
import { Problem, Refused, type FieldError } from '../../http/problems.js'
import { refusalSentence } from '../../i18n/refusal-sentence.js'
import type { Refusal } from '../../institution/refusals.js'
import { fieldLabel, formField, refusalField, typedValues, type FormValues } from '../../slips/issue-form.js'
import { likenessRefusals, type CheckedAccount } from '../../slips/identity-check.js'
import type { CustodyStep } from '../../slips/life.js'
import { requireSlip, type SlipRow } from '../../slips/queries.js'
import { stepsOpenTo } from '../../slips/step-rights.js'
import { signedIn } from '../../staff/authenticate.js'
import { returnFormSchema, returnNote } from '../return-reasons.js'
import { stepRequestSchema, type StepRequest } from '../step-request.js'
import { takeStep } from '../take-step.js'
import { sightOfDesk } from './desk.js'
import { envelopePage, type SentStep } from './envelope-page.js'
import { handoverField, handoverRequest, isAskedFor } from './handover-form.js'
import { scannedInto, strayScan, type StrayScan } from './scan-field.js'
import { lastStep } from './words.js'

const dateField = 'identityCheck.validUntil'

export const envelopePages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const envelope = '/porter/envelopes/:number'

  app.get(envelope, { config: { may: 'envelopes:keep' } }, async (request, reply) => await show(request, reply, await slipOf(request)))

  app.post(`${envelope}/receive`, { config: { may: 'envelopes:keep' } }, async (request, reply) =>
    await take(request, reply, await slipOf(request), { step: 'receive' }))

  app.post(`${envelope}/hand-over`, { config: { may: 'envelopes:keep' } }, async (request, reply) => {
    const slip = await slipOf(request)
    const typed = typedValues(request.body)
    const scanned = scannedInto([typed[dateField], typed['identityCheck.nameReason']])
    if (scanned !== undefined) return await reply.redirect(`/porter/envelopes/${scanned}`, 303)
    if (!isOpenTo(request, slip, 'hand-over')) return await tooLate(request, reply, slip, 'hand-over')
    const stray = strayScan(typed[dateField])
    const values = stray === undefined ? typed : { ...typed, [dateField]: '' }
    const account = await checkedAccount(slip)
    const asked = handoverRequest(values, { birthDateKnown: account.birthDate !== null })
    const form = parseForm(stepRequestSchema, asked)
    if (!form.ok) return await show(request, reply, slip, failed(request, values, { errors: form.errors, stray, lacking: likenessRefusals(asked.identityCheck, account) }), 400)
    return await take(request, reply, slip, form.value, values)
  })

  app.post(`${envelope}/return`, { config: { may: 'envelopes:keep' } }, async (request, reply) => {
    const slip = await slipOf(request)
    const values = typedValues(request.body)
    const scanned = scannedInto([values['note']])
    if (scanned !== undefined) return await reply.redirect(`/porter/envelopes/${scanned}`, 303)
    if (!isOpenTo(request, slip, 'return')) return await tooLate(request, reply, slip, 'return')
    const form = parseForm(returnFormSchema(slip), values)
    if (!form.ok) {
      const errors = Object.fromEntries(form.errors.map(error => [error.path, fieldMessage(request.t, error)]))
      return await show(request, reply, slip, { values, errors, summary: Object.entries(errors).map(([path, message]) => ({ path, message })) }, 400)
    }
    return await take(request, reply, slip, { step: 'return', note: returnNote(form.value.reason, form.value.note) })
  })

  for (const answered of ['receive', 'hand-over', 'return']) {
    app.get(`${envelope}/${answered}`, { config: { may: 'envelopes:keep' } }, async (request, reply) =>
      await reply.redirect(`/porter/envelopes/${(await slipOf(request)).number}`, 303))
  }

  async function slipOf (request: FastifyRequest): Promise<SlipRow> {
    return await requireSlip(deps.db, (request.params as { number: string }).number, sightOfDesk(signedIn(request)), deps.now())
  }

  async function checkedAccount (slip: SlipRow): Promise<CheckedAccount> {
    const account = await findAccount(deps.db, slip.account_id)
    return { birthDate: account?.birth_date ?? null, hasNamesake: account !== undefined && await countNamesakes(deps.db, account) > 0 }
  }

  function isOpenTo (request: FastifyRequest, slip: SlipRow, step: CustodyStep): boolean {
    return stepsOpenTo(signedIn(request), slip, deps.profile).includes(step)
  }

  async function show (request: FastifyRequest, reply: FastifyReply, slip: SlipRow, sent?: SentStep, status = 200): Promise<FastifyReply> {
    return await reply.page('porter/envelope', await envelopePage(deps, request, slip, signedIn(request), sent), { status })
  }

  async function take (request: FastifyRequest, reply: FastifyReply, slip: SlipRow, step: StepRequest, values: FormValues = {}): Promise<FastifyReply> {
    try {
      await takeStep(deps, signedIn(request), slip, step)
      return await reply.redirect(`/porter?done=${slip.number}`, 303)
    } catch (error) {
      if (error instanceof Refused) return await show(request, reply, slip, refused(request, values, error), 422)
      if (!(error instanceof Problem) || error.code !== 'conflict') throw error
      return await tooLate(request, reply, await slipOf(request), step.step, problemBody(request.t, error, deps.publicUrl).detail)
    }
  }

  /** Not right any more. What somebody has done already is told as done; for anything else the page says how things are. */
  async function tooLate (request: FastifyRequest, reply: FastifyReply, slip: SlipRow, step: CustodyStep, conflict?: string): Promise<FastifyReply> {
    if (lastStep(slip, step) !== undefined) return await reply.redirect(`/porter/envelopes/${slip.number}?already=${step}`, 303)
    return await show(request, reply, slip, { conflict: conflict ?? request.t('problems.conflict.detail') }, 409)
  }
}

interface Unfinished {
  readonly errors: readonly FieldError[]
  /** What was scanned into the date's field. */
  readonly stray: StrayScan | undefined
  /** What the ticks lack: told in one round with the fields. */
  readonly lacking: readonly Refusal[]
}

function failed ({ t }: FastifyRequest, values: FormValues, { errors, stray, lacking }: Unfinished): SentStep {
  const fields = errors.map(error => ({ path: handoverField(formField(error), values), message: fieldMessage(t, error) }))
    .filter(({ path }) => isAskedFor(path, values))
    .map(({ path, message }) => ({ path, message: path === dateField && stray !== undefined ? t(`porter.scan.${stray}`) : message }))
  const ticks = firstByField(lacking.map(refusal => ({ path: handoverField(refusalField(refusal), values), message: refusalSentence(t, refusal) })))
    .filter(({ path }) => !fields.some(field => field.path === path))
  return { values, errors: byField([...fields, ...ticks]), summary: [...fields.map(({ path, message }) => ({ path, message: `${t(fieldLabel(path))}: ${message}` })), ...ticks] }
}

/** What is not about a field of the form, such as an envelope of the porter's own, stands in the summary alone. */
function refused ({ t }: FastifyRequest, values: FormValues, { refusals }: Refused): SentStep {
  const first = firstByField(refusals.map(refusal => ({ path: handoverField(refusalField(refusal), values), message: refusalSentence(t, refusal) })))
  return { values, errors: byField(first), summary: first.map(({ path, message }) => path === 'channel' ? { message } : { path, message }) }
}

function firstByField (told: ReadonlyArray<{ path: string, message: string }>): Array<{ path: string, message: string }> {
  return told.filter(({ path }, i) => told.findIndex(one => one.path === path) === i)
}

function byField (told: ReadonlyArray<{ path: string, message: string }>): Record<string, string> {
  return Object.fromEntries(told.map(({ path, message }) => [path, message]))
}
