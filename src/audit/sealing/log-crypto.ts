/** The cryptography of the log, from Node: SHA-256 and Ed25519. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { type Checkpoint, formatCheckpoint } from '../transparency-log/checkpoint.js'
import { createTreeHasher, type Sha256 } from '../transparency-log/hashes.js'
import { createVerifierKey, formatNote, type LogCrypto, type VerifierKey } from '../transparency-log/signed-note.js'

/** RFC 8410: the bytes before the 32 bytes of a private and of a public key in DER. */
const privateKeyDerPrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicKeyDerPrefix = Buffer.from('302a300506032b6570032100', 'hex')

export const sha256: Sha256 = bytes => hash('sha256', bytes, 'buffer')

export const nodeCrypto: LogCrypto = { sha256, verify: verifyEd25519 }

export const createNodeCryptoTreeHasher = () => createTreeHasher(sha256)

/** Derives the public key. @param seed the 32 bytes that RFC 8032 calls the private key */
export function derivePublicKey (seed: Buffer): Uint8Array {
  return createPublicKey(createPrivateKeyObject(seed)).export({ format: 'der', type: 'spki' }).subarray(publicKeyDerPrefix.length)
}

export function signEd25519 (seed: Buffer, message: Uint8Array): Uint8Array {
  return sign(null, message, createPrivateKeyObject(seed))
}

/** Imported once each: a log of several years has very many checkpoints. */
const publicKeyCache = new WeakMap<Uint8Array, KeyObject>()

function verifyEd25519 (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = publicKeyCache.get(publicKey) ?? createPublicKey({ key: Buffer.concat([publicKeyDerPrefix, publicKey]), format: 'der', type: 'spki' })
  publicKeyCache.set(publicKey, key)
  return verify(null, message, key, signature)
}

function createPrivateKeyObject (seed: Buffer) {
  return createPrivateKey({ key: Buffer.concat([privateKeyDerPrefix, seed]), format: 'der', type: 'pkcs8' })
}

/** A key that signs checkpoints, derived from 32 random bytes. */
export interface LogKey { readonly seed: Buffer, readonly publicKey: Uint8Array }

/** The current key first, then older ones. Each of them signs. */
export type LogKeys = readonly [LogKey, ...LogKey[]]

/** The keys that sign the log, and where checkpoints are published outside the database. */
export interface LogSettings {
  /** The name of a new log. An existing log keeps the name of its first checkpoint. */
  readonly origin: string
  readonly keys: LogKeys
  /** The file that every checkpoint is appended to; undefined for none. */
  readonly checkpointFile: string | undefined
}

/** Creates the keys. @param seeds 32 bytes each, at least one */
export function createLogKeys (seeds: readonly Buffer[]): LogKeys {
  return seeds.map(seed => ({ seed, publicKey: derivePublicKey(seed) })) as [LogKey, ...LogKey[]]
}

/** Formats the name of the log from host and profile, for example `desk.example/metropolia`. */
export function formatLogOrigin (publicUrl: string, profileId: string): string {
  return `${new URL(publicUrl).host}/${profileId}`
}

export function toVerifierKeys (keys: LogKeys, origin: string): [VerifierKey, ...VerifierKey[]] {
  return keys.map(({ publicKey }) => createVerifierKey(sha256, origin, publicKey)) as [VerifierKey, ...VerifierKey[]]
}

/** Signs the checkpoint with every key. @returns the signed note */
export function signCheckpoint (checkpoint: Checkpoint, keys: LogKeys): string {
  const text = formatCheckpoint(checkpoint)
  const verifierKeys = toVerifierKeys(keys, checkpoint.origin)
  const signatures = keys.map(({ seed }, index) => ({ name: checkpoint.origin, keyId: verifierKeys[index]!.id, signature: signEd25519(seed, Buffer.from(text)) }))
  return formatNote({ text, signatures })
}
