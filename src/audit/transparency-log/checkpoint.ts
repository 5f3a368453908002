/** Checkpoints (c2sp.org/tlog-checkpoint): origin, size and root of the log, as the text of a signed note. Pure. */
import { fromBase64, HASH_LENGTH_BYTES, toBase64 } from './hashes.js'
import { type LogCrypto, parseNote, type VerifierKey, verifySignatures } from './signed-note.js'

export interface Checkpoint {
  /** Which log it is. */
  readonly origin: string
  /** How many leaves it has. */
  readonly size: number
  readonly root: Uint8Array
}

export function formatCheckpoint ({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** Extension lines are allowed and mean nothing to us. */
export function parseCheckpoint (text: string): Checkpoint | undefined {
  const [, origin = '', digits = '', base64 = ''] = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n(?:[^\n]+\n)*$/.exec(text) ?? []
  const root = fromBase64(base64)
  const size = Number(digits)
  return root?.length === HASH_LENGTH_BYTES && Number.isSafeInteger(size) ? { origin, size, root } : undefined
}

export type OpenedCheckpoint =
  | { readonly checkpoint: Checkpoint, readonly signedBy: readonly VerifierKey[] }
  | { readonly fault: CheckpointFault }
/** No checkpoint at all; the signature of a known key that does not hold; signed by no key that is known. */
export type CheckpointFault = 'no-checkpoint' | 'forged' | 'unknown-key'

/** Opens a checkpoint whose signer is known. What it says counts for nothing before that. */
export function openCheckpoint (crypto: LogCrypto, note: string, known: readonly VerifierKey[]): OpenedCheckpoint {
  const parsed = parseNote(note)
  const checkpoint = parsed === undefined ? undefined : parseCheckpoint(parsed.text)
  if (parsed === undefined || checkpoint === undefined) return { fault: 'no-checkpoint' }
  const signers = verifySignatures(crypto, parsed, known)
  if ('forged' in signers) return { fault: 'forged' }
  return signers.keys.length === 0 ? { fault: 'unknown-key' } : { checkpoint, signedBy: signers.keys }
}

/**
 * The checkpoints of a file that holds one after the other, parted by empty lines. `unreadable`: pieces between them
 * that are none, as a write that was torn off leaves one.
 */
export function splitCheckpoints (file: string): { readonly notes: readonly string[], readonly unreadable: number } {
  const pieces = file.split(/\n{2,}/).map(piece => piece.trim()).filter(piece => piece !== '')
  const notes: string[] = []
  let unreadable = 0
  for (let at = 0; at < pieces.length; at++) {
    const note = `${pieces[at]}\n\n${pieces[at + 1] ?? ''}\n`
    if (isCheckpoint(note)) {
      notes.push(note)
      at++
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
