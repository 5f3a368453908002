/** Why a slip is voided: always a word of the house, which may stand in the log; a person's own words are personal text. Pure. */
import { selectableVoidReasons, type VoidReasonCode } from '../../institution/vocabulary.js'

export interface VoidReason {
  readonly code: VoidReasonCode
  /** What the agent wrote; empty is nothing. */
  readonly details?: string
}

/** A reason given as one text: a word that an agent may choose, or the agent's own. `superseded` is the house's alone. */
export function parseVoidReason (text: string): VoidReason {
  const word = ([...selectableVoidReasons, 'print-failed'] as const).find(one => one === text)
  return word === undefined ? { code: 'other', details: text } : { code: word }
}

/** The step's note: `lost`, `lost: left on the tram`, or for any other reason the words alone. */
export function formatVoidNote ({ code, details = '' }: VoidReason): string {
  if (details === '') return code
  return code === 'other' ? details : `${code}: ${details}`
}
