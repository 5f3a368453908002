/** The agent's steps at one envelope, from the forms of its slip's page: dispatch, post, deliver, return. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { toProblemBody } from '../http/error-handler.js'
import { formatFieldError, parseForm } from '../http/forms.js'
import { Problem, statusOf, type FieldError } from '../http/problems.js'
import { readFormValues, type FormValues } from '../slips/issue-form.js'
import { custodySteps, type CustodyStep } from '../slips/life.js'
import { requireSlip, type SlipDetails } from '../slips/queries.js'
import { renderSlipPage, type SlipPageDeps } from '../slips/show-slip.js'
import { visibleSlips } from '../slips/sight.js'
import { requireSession } from '../staff/authenticate.js'
import { safeReturnPath } from '../staff/safe-next.js'
import { returnFormSchema, formatReturnNote } from './return-reasons.js'
import { stepRequestSchema, type StepRequest } from './step-request.js'
import { takeStep } from './take-step.js'
import { readTrackingNumber } from './tracking-number.js'

const stepSchema = z.object({ step: z.enum(custodySteps) })

export const slipStepPages: FastifyPluginAsync<SlipPageDeps> = async (app, deps) => {
  const { db, now, publicUrl } = deps

  // Porters have pages of their own.
  app.post('/slips/:number/steps', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    const slip = await requireSlip(db, (request.params as { number: string }).number, visibleSlips(requireSession(request)), now())
    const values = readFormValues(request.body)
    const chosen = stepSchema.safeParse(values)
    if (!chosen.success) throw new Problem('validation-failed', { variant: 'unreadable-body' })
    const { step } = chosen.data
    if (isStepTaken(slip, step, values)) return await redirectToTakenStep(reply, slip, step)
    const form = parseStepForm(step, slip, values)
    if (!form.ok) return await renderSlipPage(deps, request, reply, { form: step, values, errors: formatFieldErrors(request, form.errors) }, 400)
    try {
      await takeStep(deps, requireSession(request), slip, form.value)
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'not-found') throw error
      const present = await requireSlip(db, slip.number, visibleSlips(requireSession(request)), now())
      if (error.code === 'conflict' && isStepTaken(present, step, values)) return await redirectToTakenStep(reply, slip, step)
      const errors = error.errors.length > 0 ? formatFieldErrors(request, error.errors) : { '': toProblemBody(request.t, error, publicUrl).detail }
      return await renderSlipPage(deps, request, reply, { form: step, values, errors }, statusOf(error.code))
    }
    return await reply.redirect(safeReturnPath(values['back']) ?? `/slips/${slip.number}`, 303)
  })

  app.get('/slips/:number/steps', { config: { may: 'slips:read' } }, async (request, reply) => {
    const slip = await requireSlip(db, (request.params as { number: string }).number, visibleSlips(requireSession(request)), now())
    return await reply.redirect(`/slips/${slip.number}`, 303)
  })
}

/** The form as the request that the API would read. */
function parseStepForm (step: CustodyStep, slip: SlipDetails, values: FormValues): ReturnType<typeof parseForm<typeof stepRequestSchema>> {
  switch (step) {
    case 'return': {
      const form = parseForm(returnFormSchema(slip), values)
      return form.ok ? { ok: true, value: { step, note: formatReturnNote(form.value.reason, form.value.note) } satisfies StepRequest } : form
    }
    case 'post': return parseForm(stepRequestSchema, { step, trackingNumber: values['trackingNumber'] ?? '', personalHandover: values['personalHandover'] === 'yes' })
    default: return parseForm(stepRequestSchema, { step })
  }
}

/** The same has been done before: a step is taken once in a slip's life, a letter posted with one tracking number. */
function isStepTaken ({ steps, tracking_number: recorded }: SlipDetails, step: CustodyStep, values: FormValues): boolean {
  const read = readTrackingNumber(values['trackingNumber'] ?? '')
  return steps.some(one => one.step === step) && (step !== 'post' || (read.ok && read.number === recorded))
}

async function redirectToTakenStep (reply: FastifyReply, { number }: SlipDetails, step: CustodyStep): Promise<FastifyReply> {
  return await reply.redirect(`/slips/${number}?already=${step}`, 303)
}

function formatFieldErrors ({ t }: FastifyRequest, errors: readonly FieldError[]): Record<string, string> {
  return Object.fromEntries(errors.map(error => [error.path, formatFieldError(t, error)]))
}
