/** The agent's steps at one envelope, from the forms of its slip's page: dispatch, post, deliver, return. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { problemBody } from '../http/error-handler.js'
import { fieldMessage, parseForm } from '../http/forms.js'
import { Problem, statusOf, type FieldError } from '../http/problems.js'
import { typedValues, type FormValues } from '../slips/issue-form.js'
import { custodySteps, type CustodyStep } from '../slips/life.js'
import { requireSlip, type SlipRow } from '../slips/queries.js'
import { showSlip, type SlipPageDeps } from '../slips/show-slip.js'
import { sightOf } from '../slips/sight.js'
import { signedIn } from '../staff/authenticate.js'
import { safeNext } from '../staff/safe-next.js'
import { returnFormSchema, returnNote } from './return-reasons.js'
import { stepRequestSchema, type StepRequest } from './step-request.js'
import { takeStep } from './take-step.js'
import { readTrackingNumber } from './tracking-number.js'

const stepSchema = z.object({ step: z.enum(custodySteps) })

export const slipStepsPages: FastifyPluginAsync<SlipPageDeps> = async (app, deps) => {
  const { db, now, publicUrl } = deps

  // Porters have pages of their own.
  app.post('/slips/:number/steps', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    const slip = await requireSlip(db, (request.params as { number: string }).number, sightOf(signedIn(request)), now())
    const values = typedValues(request.body)
    const chosen = stepSchema.safeParse(values)
    if (!chosen.success) throw new Problem('validation-failed', { variant: 'unreadable-body' })
    const { step } = chosen.data
    if (isTaken(slip, step, values)) return await alreadyTaken(reply, slip, step)
    const form = readForm(step, slip, values)
    if (!form.ok) return await showSlip(deps, request, reply, { form: step, values, errors: told(request, form.errors) }, 400)
    try {
      await takeStep(deps, signedIn(request), slip, form.value)
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'not-found') throw error
      const present = await requireSlip(db, slip.number, sightOf(signedIn(request)), now())
      if (error.code === 'conflict' && isTaken(present, step, values)) return await alreadyTaken(reply, slip, step)
      const errors = error.errors.length > 0 ? told(request, error.errors) : { '': problemBody(request.t, error, publicUrl).detail }
      return await showSlip(deps, request, reply, { form: step, values, errors }, statusOf(error.code))
    }
    return await reply.redirect(safeNext(values['back']) ?? `/slips/${slip.number}`, 303)
  })

  app.get('/slips/:number/steps', { config: { may: 'slips:read' } }, async (request, reply) => {
    const slip = await requireSlip(db, (request.params as { number: string }).number, sightOf(signedIn(request)), now())
    return await reply.redirect(`/slips/${slip.number}`, 303)
  })
}

/** The form as the request that the API would read. */
function readForm (step: CustodyStep, slip: SlipRow, values: FormValues): ReturnType<typeof parseForm<typeof stepRequestSchema>> {
  switch (step) {
    case 'return': {
      const form = parseForm(returnFormSchema(slip), values)
      return form.ok ? { ok: true, value: { step, note: returnNote(form.value.reason, form.value.note) } satisfies StepRequest } : form
    }
    case 'post': return parseForm(stepRequestSchema, { step, trackingNumber: values['trackingNumber'] ?? '', personalHandover: values['personalHandover'] === 'yes' })
    default: return parseForm(stepRequestSchema, { step })
  }
}

/** The same has been done before: a step is taken once in a slip's life, a letter posted with one tracking number. */
function isTaken ({ steps, tracking_number: recorded }: SlipRow, step: CustodyStep, values: FormValues): boolean {
  const read = readTrackingNumber(values['trackingNumber'] ?? '')
  return steps.some(one => one.step === step) && (step !== 'post' || (read.ok && read.number === recorded))
}

async function alreadyTaken (reply: FastifyReply, { number }: SlipRow, step: CustodyStep): Promise<FastifyReply> {
  return await reply.redirect(`/slips/${number}?already=${step}`, 303)
}

function told ({ t }: FastifyRequest, errors: readonly FieldError[]): Record<string, string> {
  return Object.fromEntries(errors.map(error => [error.path, fieldMessage(t, error)]))
}
