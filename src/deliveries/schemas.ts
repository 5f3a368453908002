/** Schemas of the return reasons and of the step request. The log may hold the code of a reason; typed text is personal data. Pure. */
import { z } from 'zod'
import { isMeaningful } from '../institution/text.js'
import { type Channel, type CustodyStep, custodySteps } from '../institution/vocabulary.js'
import { storableText } from '../slips/codes.js'
import { mustBeReturned } from '../slips/rules/state-machine.js'
import { identityCheckSchema } from '../slips/schemas.js'
import type { Slip } from '../slips/slip.js'
import { readTrackingNumber } from './tracking-number.js'

export const returnReasons = ['not-collected', 'wrong-desk', 'damaged', 'holder-declined', 'slip-ended', 'address-unknown', 'other'] as const
export type ReturnReason = (typeof returnReasons)[number]

const reasonsByChannel: Readonly<Record<Exclude<Channel, 'counter'>, readonly ReturnReason[]>> = {
  porter: ['not-collected', 'wrong-desk', 'damaged', 'holder-declined', 'other'],
  'registered-letter': ['not-collected', 'address-unknown', 'damaged', 'holder-declined', 'other'],
}

/** Returns the reasons for returning an envelope of an open slip. `other` requires a text. */
export function returnReasonsForChannel (channel: Channel): readonly ReturnReason[] {
  return channel === 'counter' ? [] : reasonsByChannel[channel]
}

/** Returns the reasons that are allowed for this slip. An ended slip has only `slip-ended`. */
export function allowedReturnReasons (slip: Pick<Slip, 'channel' | 'state' | 'envelope_at'>): readonly ReturnReason[] {
  return mustBeReturned(slip) ? ['slip-ended'] : returnReasonsForChannel(slip.channel)
}

/** Creates the schema of the return form: an allowed reason and a text, which `other` requires. */
export function returnFormSchema (slip: Pick<Slip, 'channel' | 'state' | 'envelope_at'>) {
  return z.object({ reason: z.enum([...allowedReturnReasons(slip)], 'choose-reason'), note: storableText(150).default('') })
    .refine(({ reason, note }) => reason !== 'other' || isMeaningful(note), { path: ['note'], message: 'write-reason' })
}

/** Formats the step's note: the reason, `reason: text`, or for `other` only the text. */
export function formatReturnNote (reason: ReturnReason, text = ''): string {
  if (text === '') return reason
  return reason === 'other' ? text : `${reason}: ${text}`
}

/** Returns the reason at the start of a note, for the log, which may not hold typed text. */
export function parseReturnReason (note: string): ReturnReason {
  return returnReasons.find(reason => note === reason || note.startsWith(`${reason}: `)) ?? 'other'
}

// The request to take a step, for the API and the pages.

/** A scanner adds control characters and identifiers, so the text may be longer than the number. */
const trackingNumberSchema = z.string().max(60).transform((typed, context) => {
  const result = readTrackingNumber(typed)
  if (result.ok) return result.number
  context.addIssue({ code: 'custom', message: isMeaningful(typed) ? result.fault : 'required' })
  return z.NEVER
})

/** The fields that belong to one step only. */
const fieldsByStep: Readonly<Partial<Record<CustodyStep, ReadonlyArray<'identityCheck' | 'trackingNumber' | 'personalHandover' | 'note'>>>> = {
  'hand-over': ['identityCheck'],
  post: ['trackingNumber', 'personalHandover'],
  return: ['note'],
}

const requestedStepSchema = z.object({ step: z.enum(custodySteps) })

/** The body of `POST /slips/{number}/steps`. All faults are reported together, also fields of another step. */
export const stepRequestSchema = z.strictObject({
  step: z.enum(custodySteps),
  identityCheck: identityCheckSchema.optional().describe('hand-over: the identity check'),
  trackingNumber: trackingNumberSchema.optional().describe('post: UPU S10, on the letter’s sticker'),
  personalHandover: z.boolean().optional().describe('post: the service “personal handover” was ordered; required for a domestic letter'),
  note: storableText(200).optional().describe('return: the reason'),
}).superRefine((request, context) => {
  for (const field of ['identityCheck', 'trackingNumber', 'personalHandover', 'note'] as const) {
    if (request[field] !== undefined && !fieldsByStep[request.step]?.includes(field)) context.addIssue({ code: 'custom', path: [field], message: 'not-for-step' })
  }
}, { when: ({ value }) => requestedStepSchema.safeParse(value).success })

export type StepRequest = z.output<typeof stepRequestSchema>
