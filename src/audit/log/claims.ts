/** Checkpoints from where they are kept, opened: only what a known key signed is a claim about the log. Pure. */
import { openCheckpoint } from './checkpoint.js'
import type { Claim } from './examine.js'
import type { LogCrypto, VerifierKey } from './note.js'

export interface NotesFrom { readonly source: string, readonly notes: readonly string[] }

/** A signature that does not hold; or the newest of a source signed by no key that is known; or of another log. */
export interface ClaimFault {
  readonly kind: 'forged' | 'unknown-key' | 'other-log' | 'no-checkpoint'
  readonly source: string
}

export interface Claims {
  readonly claims: readonly Claim[]
  /** Older ones that are signed by keys which are not known here, and say nothing therefore. */
  readonly unknown: number
}

export function openClaims (crypto: LogCrypto, sources: readonly NotesFrom[], keys: readonly VerifierKey[]): Claims | ClaimFault {
  const claims: Claim[] = []
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
  return stranger === undefined ? { claims, unknown } : { kind: 'other-log', source: stranger.source }
}
