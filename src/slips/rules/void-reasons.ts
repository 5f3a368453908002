/** Reasons for voiding a slip. The log may hold the code of a reason; typed text is personal data. Pure. */
import { selectableVoidReasons, type VoidReasonCode } from '../../institution/vocabulary.js'

export interface VoidReason {
  readonly code: VoidReasonCode
  /** The text that the agent typed, if any. */
  readonly details?: string
}

/** Parses a reason given as one text: a code that an agent may choose, or free text. Only the application uses `superseded`. */
export function parseVoidReason (text: string): VoidReason {
  const code = ([...selectableVoidReasons, 'print-failed'] as const).find(candidate => candidate === text)
  return code === undefined ? { code: 'other', details: text } : { code }
}

/** Formats the step's note: `lost`, `lost: left on the tram`, or for `other` only the typed text. */
export function formatVoidNote ({ code, details = '' }: VoidReason): string {
  if (details === '') return code
  return code === 'other' ? details : `${code}: ${details}`
}
