/** The keys that sign checkpoints, from their 32 random bytes. */
import { formatCheckpoint, type Checkpoint } from '../log/checkpoint.js'
import { formatNote, createVerifierKey, type VerifierKey } from '../log/note.js'
import { derivePublicKey, sha256, signEd25519 } from './node-crypto.js'

export interface LogKey { readonly seed: Buffer, readonly publicKey: Uint8Array }

/** The current key first, then older ones: while they overlap, each of them signs. */
export type LogKeys = readonly [LogKey, ...LogKey[]]

/** What the log is signed with and where it is told outside the database. */
export interface LogSettings {
  /** The name of a log that is about to begin; one that has begun keeps the name of its first checkpoint. */
  readonly origin: string
  readonly keys: LogKeys
  /** Where every checkpoint is appended; undefined: nowhere. */
  readonly checkpointFile: string | undefined
}

/** @param seeds 32 bytes each, at least one */
export function createLogKeys (seeds: readonly Buffer[]): LogKeys {
  return seeds.map(seed => ({ seed, publicKey: derivePublicKey(seed) })) as [LogKey, ...LogKey[]]
}

/** `desk.example/metropolia`: where the institution's people find it, and whose it is. */
export function formatLogOrigin (publicUrl: string, profileId: string): string {
  return `${new URL(publicUrl).host}/${profileId}`
}

export function toVerifierKeys (keys: LogKeys, origin: string): [VerifierKey, ...VerifierKey[]] {
  return keys.map(({ publicKey }) => createVerifierKey(sha256, origin, publicKey)) as [VerifierKey, ...VerifierKey[]]
}

/** The checkpoint as a note under every key. */
export function signCheckpoint (checkpoint: Checkpoint, keys: LogKeys): string {
  const text = formatCheckpoint(checkpoint)
  const names = toVerifierKeys(keys, checkpoint.origin)
  const signatures = keys.map(({ seed }, at) => ({ name: checkpoint.origin, keyId: names[at]!.id, signature: signEd25519(seed, Buffer.from(text)) }))
  return formatNote({ text, signatures })
}
