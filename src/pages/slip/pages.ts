/** The pages of slips: the list, one slip with its steps, voiding, and reissuing after a paper jam. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findAccount } from '../../accounts/queries.js'
import { formatReturnNote, returnFormSchema, type StepRequest, stepRequestSchema } from '../../deliveries/schemas.js'
import { listMissingFields, takeStep } from '../../deliveries/take-step.js'
import { readTrackingNumber } from '../../deliveries/tracking-number.js'
import { toProblemBody } from '../../http/error-handler.js'
import { createFormToken, describeFaults, type FormFields, formTokenSchema, optionalQueryText, queryFlag, readForm } from '../../http/forms.js'
import { type FormValues, parseInput, type ParsedInput, parseValidFields, readFormValues } from '../../institution/input.js'
import { sendSlipPdf } from '../../http/send-pdf.js'
import { InvalidInput, isDomainError, NotFound, UnreadableInput } from '../../institution/errors.js'
import { IllegalTransition, KeyAlreadyUsed, TrackingNumberUsed } from '../../institution/slip-errors.js'
import type { Profile } from '../../institution/profile.js'
import { isMeaningful } from '../../institution/text.js'
import { listServicePointNames } from '../../service-points/queries.js'
import { recordAuditorAccess } from '../../slips/access-events.js'
import { storableText } from '../../slips/codes.js'
import { reissueAfterPaperJam, voidSlip } from '../../slips/commands/void-slip.js'
import { buildPagerLinks, loadFilterOptions, parseSlipFilter, toSlipLines } from '../../slips/pages/slip-list.js'
import { findReplacedSlipNumber, listSlips, requireSlip, type SlipDetails, visibleSlips } from '../../slips/queries.js'
import { type CustodyStep, custodySteps, selectableVoidReasons } from '../../institution/vocabulary.js'
import type { IssuingDeps } from '../../slips/commands/issue-slip.js'
import { requireSession } from '../../staff/authenticate.js'
import { safeReturnPath } from '../../staff/return-path.js'
import { buildIssuedPanel, loadSlipPageData, renderSlipPage, slipParamsSchema, type SlipRequest } from './view.js'

const PAGE_SIZE = 50

const voidSchema = z.object({ reason: z.enum(selectableVoidReasons, 'choose-reason'), note: storableText(200).default('') })
  .refine(({ reason, note }) => reason !== 'other' || isMeaningful(note), { path: ['note'], message: 'write-reason' })
const reissueSchema = z.object({ formToken: formTokenSchema })
const voidFields: FormFields = { labels: { reason: null, note: 'slips.show.details' } }

export const slipsPages: FastifyPluginAsyncZod<IssuingDeps> = async (app, deps) => {
  const { db, profile, now } = deps

  app.get('/slips', { config: { permission: 'slips:read' } }, async (request, reply) => {
    const session = requireSession(request)
    const visibility = visibleSlips(session)
    // Porters have their own pages, without the data that they may not see.
    if ('porterDesk' in visibility) return await reply.redirect('/porter', 303)
    const read = parseSlipFilter(request, { zone: profile.timeZone, now: now() })
    const failed = Object.keys(read.errors).length > 0
    const page = failed
      ? { items: [], next: undefined }
      : await listSlips(db, { ...read.filter, cursor: read.cursor, limit: PAGE_SIZE }, { visibility, zone: profile.timeZone, now: now() })
    if (!failed) await recordAuditorAccess(deps, session, 'delivery-records-read', { filter: read.filter, format: 'page', as: 'slips' })
    const account = read.filter.accountId === undefined ? undefined : await findAccount(db, read.filter.accountId)
    return await reply.page('slips/list', {
      ...await loadFilterOptions(db, request.language, read),
      account: account && { id: account.id, displayName: account.display_name },
      slips: toSlipLines(page, profile.timeZone, request.language, await listServicePointNames(db)),
      ...buildPagerLinks('/slips', read, page.next),
    }, { status: failed ? 400 : 200 })
  })

  app.get('/slips/:number', {
    config: { permission: 'slips:read' }, schema: { params: slipParamsSchema, querystring: z.object({ again: queryFlag, already: optionalQueryText }) },
  }, async (request, reply) => {
    const { params, query } = request
    if ('porterDesk' in visibleSlips(requireSession(request))) return await reply.redirect(`/porter/envelopes/${encodeURIComponent(params.number)}`, 303)
    return await renderSlipPage(deps, request, reply, query)
  })

  app.get('/slips/:number/issued', { config: { permission: 'slips:issue' }, schema: { params: slipParamsSchema } }, async (request, reply) => {
    const parts = await loadSlipPageData(deps, request)
    const voided = await findReplacedSlipNumber(db, parts.slip.number)
    return await reply.fragment('slips/issued', buildIssuedPanel(deps, request, parts, { token: createFormToken(deps.randomBytes), voided }))
  })

  app.post('/slips/:number/void', { config: { permission: 'slips:void', form: { action: 'void', show: showVoidingAgain } }, schema: { params: slipParamsSchema } }, async (request, reply) => {
    const { slip } = await loadSlipPageData(deps, request)
    const form = readForm(voidSchema, request.body, voidFields, request.t)
    if (!form.ok) return await renderSlipPage(deps, request, reply, { sent: { ...form, form: 'void' }, status: 400 })
    const { reason, note } = form.value
    await voidSlip(deps, requireSession(request), slip, { code: reason, details: note })
    return await reply.redirect(`/slips/${slip.number}`, 303)
  })

  app.post('/slips/:number/reissue', { config: { permission: 'slips:issue', form: { action: 'reissue', show: showSlip } }, schema: { params: slipParamsSchema } }, async (request, reply) => {
    const { slip } = await loadSlipPageData(deps, request)
    const form = parseInput(reissueSchema, request.body)
    if (!form.ok) throw new UnreadableInput()
    try {
      const issued = await reissueAfterPaperJam(deps, requireSession(request), slip, `form:${form.value.formToken}`)
      return await sendSlipPdf(reply, issued, `/slips/${issued.number}`)
    } catch (error) {
      if (error instanceof KeyAlreadyUsed) return await reply.redirect(`/slips/${error.number}?again=1`, 303)
      throw error
    }
  })

  // A reload, a change of language or signing in again requests the address of a form with GET.
  app.get('/slips/:number/void', { config: { permission: 'slips:read' }, schema: { params: slipParamsSchema } }, redirectToSlip)
  app.get('/slips/:number/reissue', { config: { permission: 'slips:read' }, schema: { params: slipParamsSchema } }, redirectToSlip)

  async function showVoidingAgain (request: SlipRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await renderSlipPage(deps, request, reply, { sent: toReturnedForm(request, 'void') })
  }

  async function showSlip (request: SlipRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await renderSlipPage(deps, request, reply, {})
  }

  async function redirectToSlip (request: SlipRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.redirect(`/slips/${(await loadSlipPageData(deps, request)).slip.number}`, 303)
  }
}

// The steps of custody that agents take on the slip page: dispatch, post, deliver, return.

const stepSchema = z.object({ step: z.enum(custodySteps) })
const stepFields: FormFields = { labels: { reason: null, note: 'slips.show.details', trackingNumber: 'slips.show.tracking', personalHandover: null } }
/** The page has two forms with a reason and a text, so the ids of the return form start with the step. */
const returnFields: FormFields = { ...stepFields, idOf: field => `return.${field}` }

export const slipStepPages: FastifyPluginAsyncZod<IssuingDeps> = async (app, deps) => {
  const { db, now, profile, publicUrl } = deps

  // Porters have pages of their own.
  app.post('/slips/:number/steps', { config: { permission: 'envelopes:send', form: { action: { field: 'step' }, show: showStepAgain } }, schema: { params: slipParamsSchema } }, async (request, reply) => {
    const slip = await requireSlip(db, request.params.number, visibleSlips(requireSession(request)), now())
    const values = readFormValues(request.body)
    const chosen = stepSchema.safeParse(values)
    if (!chosen.success) throw new UnreadableInput()
    const { step } = chosen.data
    if (isStepTaken(slip, step, values)) return await redirectToTakenStep(reply, slip, step)
    const fields = step === 'return' ? returnFields : stepFields
    const form = parseStepForm(step, slip, values, profile)
    if (!form.ok) return await renderSlipPage(deps, request, reply, { sent: { ...describeFaults(form, values, fields, request.t), form: step }, status: 400 })
    try {
      await takeStep(deps, requireSession(request), slip, form.value)
    } catch (error) {
      if (!isDomainError(error) || error instanceof NotFound) throw error
      const present = await requireSlip(db, slip.number, visibleSlips(requireSession(request)), now())
      if ((error instanceof IllegalTransition || error instanceof TrackingNumberUsed) && isStepTaken(present, step, values)) return await redirectToTakenStep(reply, slip, step)
      const { status, detail } = toProblemBody(request.t, error, publicUrl)
      const found = error instanceof InvalidInput || error instanceof TrackingNumberUsed ? { errors: error.errors } : { messages: [{ message: detail }] }
      return await renderSlipPage(deps, request, reply, { sent: { ...describeFaults(found, values, fields, request.t), form: step }, status })
    }
    return await reply.redirect(safeReturnPath(values['back']) ?? `/slips/${slip.number}`, 303)
  })

  async function showStepAgain (request: SlipRequest, reply: FastifyReply): Promise<FastifyReply> {
    const chosen = stepSchema.safeParse(readFormValues(request.body))
    return await renderSlipPage(deps, request, reply, chosen.success ? { sent: toReturnedForm(request, chosen.data.step) } : {})
  }

  app.get('/slips/:number/steps', { config: { permission: 'slips:read' }, schema: { params: slipParamsSchema } }, async (request, reply) => {
    const slip = await requireSlip(db, request.params.number, visibleSlips(requireSession(request)), now())
    return await reply.redirect(`/slips/${slip.number}`, 303)
  })
}

function toReturnedForm <F extends 'void' | CustodyStep> ({ body }: FastifyRequest, form: F) {
  return { form, values: readFormValues(body), errors: {}, summary: [] }
}

/** Parses the form with the schema of the API. */
function parseStepForm (step: CustodyStep, slip: SlipDetails, values: FormValues, profile: Pick<Profile, 'country'>): ParsedInput<StepRequest> {
  if (step === 'return') {
    const form = parseInput(returnFormSchema(slip), values)
    return form.ok ? { ok: true, value: { step, note: formatReturnNote(form.value.reason, form.value.note) } } : form
  }
  const input = step === 'post' ? { step, trackingNumber: values['trackingNumber'] ?? '', personalHandover: values['personalHandover'] === 'yes' } : { step }
  const form = parseInput(stepRequestSchema, input)
  if (form.ok) return form
  // Missing fields of the step are reported together with the errors of the other fields.
  const missing = listMissingFields(slip, { ...parseValidFields(stepRequestSchema, input), step }, profile)
  return { ok: false, errors: [...form.errors, ...missing.filter(({ path }) => form.errors.every(error => error.path !== path))] }
}

/** Returns true if the form was sent twice: the step is already taken, and a letter has the same tracking number. */
function isStepTaken ({ steps, tracking_number: recorded }: SlipDetails, step: CustodyStep, values: FormValues): boolean {
  const read = readTrackingNumber(values['trackingNumber'] ?? '')
  return steps.some(one => one.step === step) && (step !== 'post' || (read.ok && read.number === recorded))
}

async function redirectToTakenStep (reply: FastifyReply, { number }: SlipDetails, step: CustodyStep): Promise<FastifyReply> {
  return await reply.redirect(`/slips/${number}?already=${step}`, 303)
}
