/** What Node brings for the log: SHA-256 and Ed25519. */
import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto'
import type { LogCrypto } from '../log/note.js'
import { createTreeHasher, type Sha256 } from '../log/tree-hash.js'

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
