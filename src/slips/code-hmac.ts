/** Hashes activation codes for storage: HMAC-SHA-256 with a server key that is not in the database. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { ActivationCode } from './codes.js'

/** The server keys. New slips use `current`; older slips are compared with the key they were issued with. */
export interface CodeKeys {
  readonly current: { readonly id: string, readonly key: Buffer }
  /** By key id, every key that an open slip can depend on, including the current one. */
  readonly all: ReadonlyMap<string, Buffer>
}

export interface StoredCode {
  /** 32 bytes. */
  readonly hmac: Buffer
  readonly keyId: string
}

/** Creates the key ring; the first key is the current one. Each id is derived from its key, so keys need no configured names. */
export function createKeyRing (keys: readonly Buffer[]): CodeKeys {
  const keysWithIds = keys.map(key => ({ id: createHash('sha256').update('code-key-id').update(key).digest('hex').slice(0, 8), key }))
  return { current: keysWithIds[0]!, all: new Map(keysWithIds.map(({ id, key }) => [id, key])) }
}

/** Computes what a new slip stores of its code, with the current key. */
export function computeCodeHmac (code: ActivationCode, keys: CodeKeys): StoredCode {
  return { hmac: computeHmac(keys.current.key, code), keyId: keys.current.id }
}

/**
 * Returns true if the typed code is the stored one. It compares in constant time.
 * @throws {RangeError} when the key is not in the ring, which is a configuration error
 */
export function isMatchingCode (typed: ActivationCode, stored: StoredCode, keys: CodeKeys): boolean {
  const key = keys.all.get(stored.keyId)
  if (key === undefined) throw new RangeError(`No code key ${stored.keyId} in the ring.`)
  return timingSafeEqual(computeHmac(key, typed), stored.hmac)
}

function computeHmac (key: Buffer, code: ActivationCode): Buffer {
  return createHmac('sha256', key).update(code.reveal()).digest()
}
