/** What somebody asks for who takes a step, as the API and the pages read it. Pure. */
import { z } from 'zod'
import { isMeaningful, lineSchema } from '../institution/typed-text.js'
import { identityCheckSchema } from '../slips/issue-request.js'
import { storableText } from '../slips/kept-text.js'
import { custodySteps, type CustodyStep } from '../slips/life.js'
import { readTrackingNumber } from './tracking-number.js'

const trackingNumberSchema = lineSchema(30).transform((typed, context) => {
  const read = readTrackingNumber(typed)
  if (read.ok) return read.number
  context.addIssue({ code: 'custom', message: isMeaningful(typed) ? read.fault : 'required' })
  return z.NEVER
})

/** The parts that belong to one step only. */
const fieldsByStep: Readonly<Partial<Record<CustodyStep, ReadonlyArray<'identityCheck' | 'trackingNumber' | 'personalHandover' | 'note'>>>> = {
  'hand-over': ['identityCheck'],
  post: ['trackingNumber', 'personalHandover'],
  return: ['note'],
}

/** The body of `POST /slips/{number}/steps`. */
export const stepRequestSchema = z.strictObject({
  step: z.enum(custodySteps),
  identityCheck: identityCheckSchema.optional().describe('hand-over: what was looked at'),
  trackingNumber: trackingNumberSchema.optional().describe('post: UPU S10, on the letter’s sticker'),
  personalHandover: z.boolean().optional().describe('post: the service “personal handover” was ordered; required inside the country'),
  note: storableText(200).optional().describe('return: the reason'),
}).superRefine((request, context) => {
  for (const part of ['identityCheck', 'trackingNumber', 'personalHandover', 'note'] as const) {
    if (request[part] !== undefined && !fieldsByStep[request.step]?.includes(part)) context.addIssue({ code: 'custom', path: [part], message: 'not-for-step' })
  }
})

export type StepRequest = z.output<typeof stepRequestSchema>
