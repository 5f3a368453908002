/** Checkpoints from where they are kept, opened: only what a known key signed is a claim about the log. Pure. */
import { openCheckpoint } from './checkpoint.js'
import type { SourcedCheckpoint } from './examine.js'
import type { LogCrypto, VerifierKey } from './note.js'

export interface CheckpointSource { readonly source: string, readonly notes: readonly string[] }

/** A signature that does not hold; or the newest of a source signed by no key that is known; or of another log. */
export interface CheckpointSourceFault {
  readonly kind: 'forged' | 'unknown-key' | 'other-log' | 'no-checkpoint'
  readonly source: string
}

export interface OpenedCheckpoints {
  readonly checkpoints: readonly SourcedCheckpoint[]
  /** Older ones that are signed by keys which are not known here, and say nothing therefore. */
  readonly unknownKeyCount: number
}

export function openCheckpoints (crypto: LogCrypto, sources: readonly CheckpointSource[], keys: readonly VerifierKey[]): OpenedCheckpoints | CheckpointSourceFault {
  const claims: SourcedCheckpoint[] = []
  let unknown = 0
  for (const { source, notes } of sources) {
    if (notes.length === 0) return { kind: 'no-checkpoint', source }
    for (const [at, note] of notes.entries()) {
      const opened = openCheckpoint(crypto, note, keys)
      if ('checkpoint' in opened) claims.push({ checkpoint: opened.checkpoint, source })
      else if (opened.fault !== 'unknown-key' || at === notes.length - 1) return { kind: opened.fault, source }
      else unknown++
    }
  }
  const stranger = claims.find(claim => claim.checkpoint.origin !== claims[0]!.checkpoint.origin)
  return stranger === undefined ? { checkpoints: claims, unknownKeyCount: unknown } : { kind: 'other-log', source: stranger.source }
}
