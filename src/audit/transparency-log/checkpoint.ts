/** Formats and reads checkpoints (c2sp.org/tlog-checkpoint): origin, size and root of the log in a signed note. Pure. */
import { fromBase64, HASH_LENGTH_BYTES, toBase64 } from './hashes.js'
import { type LogCrypto, parseNote, type VerifierKey, verifySignatures } from './signed-note.js'

export interface Checkpoint {
  /** The name of the log. */
  readonly origin: string
  /** The number of leaves. */
  readonly size: number
  readonly root: Uint8Array
}

export function formatCheckpoint ({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** Parses the text of a checkpoint. Extension lines are allowed and ignored. */
export function parseCheckpoint (text: string): Checkpoint | undefined {
  const [, origin = '', digits = '', base64 = ''] = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n(?:[^\n]+\n)*$/.exec(text) ?? []
  const root = fromBase64(base64)
  const size = Number(digits)
  return root?.length === HASH_LENGTH_BYTES && Number.isSafeInteger(size) ? { origin, size, root } : undefined
}

export type OpenedCheckpoint =
  | { readonly checkpoint: Checkpoint, readonly signedBy: readonly VerifierKey[] }
  | { readonly fault: CheckpointFault }
/** Not a checkpoint; an invalid signature of a known key; not signed by a known key. */
export type CheckpointFault = 'no-checkpoint' | 'forged' | 'unknown-key'

/** Parses a checkpoint and verifies its signatures. Nothing in it can be trusted before that. */
export function openCheckpoint (crypto: LogCrypto, note: string, known: readonly VerifierKey[]): OpenedCheckpoint {
  const parsed = parseNote(note)
  const checkpoint = parsed === undefined ? undefined : parseCheckpoint(parsed.text)
  if (parsed === undefined || checkpoint === undefined) return { fault: 'no-checkpoint' }
  const signers = verifySignatures(crypto, parsed, known)
  if ('forged' in signers) return { fault: 'forged' }
  return signers.keys.length === 0 ? { fault: 'unknown-key' } : { checkpoint, signedBy: signers.keys }
}

/**
 * Splits a file into its checkpoints, which are separated by empty lines. `unreadable` counts the pieces that are not
 * checkpoints, for example from an interrupted write.
 */
export function splitCheckpoints (file: string): { readonly notes: readonly string[], readonly unreadable: number } {
  const pieces = file.split(/\n{2,}/).map(piece => piece.trim()).filter(piece => piece !== '')
  const notes: string[] = []
  let unreadable = 0
  for (let index = 0; index < pieces.length; index++) {
    const note = `${pieces[index]}\n\n${pieces[index + 1] ?? ''}\n`
    if (isCheckpoint(note)) {
      notes.push(note)
      index++
    } else {
      unreadable++
    }
  }
  return { notes, unreadable }
}

function isCheckpoint (note: string): boolean {
  const parsed = parseNote(note)
  return parsed !== undefined && parseCheckpoint(parsed.text) !== undefined
}
