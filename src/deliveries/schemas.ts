/** Why an envelope comes back: a word of the house where one fits, which may stand in the log, else a person's own words. Pure. */
import { z } from 'zod'
import { isMeaningful, lineSchema } from '../institution/text.js'
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

/** What can be chosen for an envelope that has not come to its end; `other` asks for words. */
export function returnReasonsForChannel (channel: Channel): readonly ReturnReason[] {
  return channel === 'counter' ? [] : reasonsByChannel[channel]
}

/** The reasons that fit this slip now: one that has ended comes back because it has. */
export function allowedReturnReasons (slip: Pick<Slip, 'channel' | 'state' | 'envelope_at'>): readonly ReturnReason[] {
  return mustBeReturned(slip) ? ['slip-ended'] : returnReasonsForChannel(slip.channel)
}

/** The form of a return: one of the reasons that fit this slip now, and words, which `other` asks for. */
export function returnFormSchema (slip: Pick<Slip, 'channel' | 'state' | 'envelope_at'>) {
  return z.object({ reason: z.enum([...allowedReturnReasons(slip)], 'choose-reason'), note: storableText(150).default('') })
    .refine(({ reason, note }) => reason !== 'other' || isMeaningful(note), { path: ['note'], message: 'write-reason' })
}

/** The step's note: the word alone, with the person's words behind it, or for `other` the words alone. */
export function formatReturnNote (reason: ReturnReason, words = ''): string {
  if (words === '') return reason
  return reason === 'other' ? words : `${reason}: ${words}`
}

/** The word that a note begins with, for the log, which holds no typed text. */
export function parseReturnReason (note: string): ReturnReason {
  return returnReasons.find(reason => note === reason || note.startsWith(`${reason}: `)) ?? 'other'
}

// What somebody asks for who takes a step, as the API and the pages read it. Pure.

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
