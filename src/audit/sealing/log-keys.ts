/** The keys that sign checkpoints, from their 32 random bytes. */
import { checkpointText, type Checkpoint } from '../log/checkpoint.js'
import { formatNote, verifierKey, type VerifierKey } from '../log/note.js'
import { publicKeyOf, sha256, signEd25519 } from './node-crypto.js'

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
export function logKeys (seeds: readonly Buffer[]): LogKeys {
  return seeds.map(seed => ({ seed, publicKey: publicKeyOf(seed) })) as [LogKey, ...LogKey[]]
}

/** `desk.example/metropolia`: where the institution's people find it, and whose it is. */
export function originOf (publicUrl: string, profileId: string): string {
  return `${new URL(publicUrl).host}/${profileId}`
}

export function verifierKeysOf (keys: LogKeys, origin: string): [VerifierKey, ...VerifierKey[]] {
  return keys.map(({ publicKey }) => verifierKey(sha256, origin, publicKey)) as [VerifierKey, ...VerifierKey[]]
}

/** The checkpoint as a note under every key. */
export function signCheckpoint (checkpoint: Checkpoint, keys: LogKeys): string {
  const text = checkpointText(checkpoint)
  const names = verifierKeysOf(keys, checkpoint.origin)
  const signatures = keys.map(({ seed }, at) => ({ name: checkpoint.origin, keyId: names[at]!.id, signature: signEd25519(seed, Buffer.from(text)) }))
  return formatNote({ text, signatures })
}
