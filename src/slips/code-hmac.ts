/** What is stored of a code: its HMAC-SHA-256 under a server key that is not in the database. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { ActivationCode } from './codes.js'

/** The ring of server keys: new slips take `current`, old ones are compared under the key they were made with. */
export interface CodeKeys {
  readonly current: { readonly id: string, readonly key: Buffer }
  /** Every key that an open slip may have been made with, the current one included. */
  readonly all: ReadonlyMap<string, Buffer>
}

export interface StoredCode {
  /** 32 bytes. */
  readonly hmac: Buffer
  readonly keyId: string
}

/** The ring of code keys; a key's id is read off the key, so that nobody has to name one. */
export function createKeyRing (keys: readonly Buffer[]): CodeKeys {
  const named = keys.map(key => ({ id: createHash('sha256').update('code-key-id').update(key).digest('hex').slice(0, 8), key }))
  return { current: named[0]!, all: new Map(named.map(({ id, key }) => [id, key])) }
}

/** What a new slip stores of its code. */
export function computeCodeHmac (code: ActivationCode, keys: CodeKeys): StoredCode {
  return { hmac: computeHmac(keys.current.key, code), keyId: keys.current.id }
}

/**
 * True when the typed code is the stored one; the time it takes tells nothing of the code.
 * @throws RangeError when the ring lacks the key: a fault of the configuration, never the holder's.
 */
export function isMatchingCode (typed: ActivationCode, stored: StoredCode, keys: CodeKeys): boolean {
  const key = keys.all.get(stored.keyId)
  if (key === undefined) throw new RangeError(`No code key ${stored.keyId} in the ring.`)
  return timingSafeEqual(computeHmac(key, typed), stored.hmac)
}

function computeHmac (key: Buffer, code: ActivationCode): Buffer {
  return createHmac('sha256', key).update(code.reveal()).digest()
}
