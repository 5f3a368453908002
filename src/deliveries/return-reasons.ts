/** Why an envelope comes back: a word of the house where one fits, which may stand in the log, else a person's own words. Pure. */
import { z } from 'zod'
import { isMeaningful } from '../institution/typed-text.js'
import type { Channel } from '../institution/words.js'
import { storableText } from '../slips/kept-text.js'
import { mustBeReturned, type SteppedSlip } from '../slips/life.js'

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
export function allowedReturnReasons (slip: SteppedSlip): readonly ReturnReason[] {
  return mustBeReturned(slip) ? ['slip-ended'] : returnReasonsForChannel(slip.channel)
}

/** The form of a return: one of the reasons that fit this slip now, and words, which `other` asks for. */
export function returnFormSchema (slip: SteppedSlip) {
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
