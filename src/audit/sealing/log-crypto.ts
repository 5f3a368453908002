/** What Node brings for the log: SHA-256 and Ed25519. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { type Checkpoint, formatCheckpoint } from '../transparency-log/checkpoint.js'
import { createTreeHasher, type Sha256 } from '../transparency-log/hashes.js'
import { createVerifierKey, formatNote, type LogCrypto, type VerifierKey } from '../transparency-log/signed-note.js'

/** RFC 8410: what stands before the 32 bytes of a private and of a public key in DER. */
const privateKeyDerPrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicKeyDerPrefix = Buffer.from('302a300506032b6570032100', 'hex')

export const sha256: Sha256 = bytes => hash('sha256', bytes, 'buffer')

export const nodeCrypto: LogCrypto = { sha256, verify: verifyEd25519 }

export const createNodeCryptoTreeHasher = () => createTreeHasher(sha256)

/** @param seed the 32 bytes that RFC 8032 calls the private key */
export function derivePublicKey (seed: Buffer): Uint8Array {
  return createPublicKey(createPrivateKeyObject(seed)).export({ format: 'der', type: 'spki' }).subarray(publicKeyDerPrefix.length)
}

export function signEd25519 (seed: Buffer, message: Uint8Array): Uint8Array {
  return sign(null, message, createPrivateKeyObject(seed))
}

/** Opened once each: a log of years has a checkpoint for every busy minute of them. */
const publicKeyCache = new WeakMap<Uint8Array, KeyObject>()

function verifyEd25519 (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = publicKeyCache.get(publicKey) ?? createPublicKey({ key: Buffer.concat([publicKeyDerPrefix, publicKey]), format: 'der', type: 'spki' })
  publicKeyCache.set(publicKey, key)
  return verify(null, message, key, signature)
}

function createPrivateKeyObject (seed: Buffer) {
  return createPrivateKey({ key: Buffer.concat([privateKeyDerPrefix, seed]), format: 'der', type: 'pkcs8' })
}

// The keys that sign checkpoints, from their 32 random bytes.

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
