/** Hashes activation codes for storage: HMAC-SHA-256 with a server key that is not in the database. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { CodeScheme } from '../database/row-types.js'
import type { KeyRing } from '../staff/tokens.js'
import type { ActivationCode } from './codes.js'

/** The keys of CODE_KEY, every one that an open slip can depend on. A slip is compared with the key that it was issued with. */
export type CodeKeys = KeyRing

export interface StoredCode {
  /** 32 bytes. */
  readonly hmac: Buffer
  readonly keyId: string
  /** What the HMAC covers; `migrations/0016-code-scheme.sql` explains the schemes. */
  readonly scheme: CodeScheme
}

/** Creates the key ring; the first key is the current one. Each id is derived from its key, so keys need no configured names. */
export function createKeyRing (keys: readonly Buffer[]): CodeKeys {
  const keysWithIds = keys.map(key => ({ id: createHash('sha256').update('code-key-id').update(key).digest('hex').slice(0, 8), key }))
  return { current: keysWithIds[0]!, all: new Map(keysWithIds.map(({ id, key }) => [id, key])) }
}

/** Computes what the new slip of this number stores of its code, with the current key. */
export function computeCodeHmac (code: ActivationCode, number: string, keys: CodeKeys): StoredCode {
  const { id: keyId, key } = keys.current
  return { hmac: computeHmac(key, code, { number, keyId, scheme: 2 }), keyId, scheme: 2 }
}

/**
 * Returns true if the typed code is the stored one of the slip of this number. It compares in constant time.
 * @throws {RangeError} when the key is not in the ring, which is a configuration error
 */
export function isMatchingCode (typed: ActivationCode, stored: StoredCode & { readonly number: string }, keys: CodeKeys): boolean {
  const key = keys.all.get(stored.keyId)
  if (key === undefined) throw new RangeError(`No code key ${stored.keyId} in the ring.`)
  return timingSafeEqual(computeHmac(key, typed, stored), stored.hmac)
}

/** The digest that the issue event records: SHA-256 over scheme, key id and HMAC, base64url. The HMAC itself is in no event. */
export function digestStoredCode ({ hmac, keyId, scheme }: StoredCode): string {
  return createHash('sha256').update(`${scheme}:${keyId}:`).update(hmac).digest('base64url')
}

/** Covers the slip's number as well as the code, so that an HMAC copied to another slip matches no code there. */
function computeHmac (key: Buffer, code: ActivationCode, { number, keyId, scheme }: Omit<StoredCode, 'hmac'> & { readonly number: string }): Buffer {
  return createHmac('sha256', key).update(scheme === 2 ? `${keyId}\0${number}\0${code.reveal()}` : code.reveal()).digest()
}
