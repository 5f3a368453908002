/** Hashes and their encodings, without Buffer, so that the verifier's page can use them too. Pure. */

/** Encodes bytes as base64 (RFC 4648 §4). */
export function toBase64 (bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

/** Decodes base64. @returns undefined unless the text is the canonical encoding */
export function fromBase64 (text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
  return toBase64(bytes) === text ? bytes : undefined
}

export function toHex (bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** RFC 6962 §2.1: leaf hash = SHA-256(0x00 ‖ leaf), node hash = SHA-256(0x01 ‖ left ‖ right). */
export interface TreeHasher {
  /** The root of a tree without leaves. */
  readonly emptyRoot: Uint8Array
  leaf (data: Uint8Array): Uint8Array
  node (left: Uint8Array, right: Uint8Array): Uint8Array
}

export const HASH_LENGTH_BYTES = 32

/** Creates a tree hasher from any SHA-256: Node's on the server, a library's in the verifier's page. */
export function createTreeHasher (sha256: Sha256): TreeHasher {
  let leafBuffer = new Uint8Array(4096)
  const nodeBuffer = new Uint8Array(1 + 2 * HASH_LENGTH_BYTES)
  nodeBuffer[0] = 1
  return {
    emptyRoot: sha256(new Uint8Array(0)),
    leaf: data => {
      if (leafBuffer.length <= data.length) leafBuffer = new Uint8Array(2 * data.length + 1)
      leafBuffer.set(data, 1)
      return sha256(leafBuffer.subarray(0, data.length + 1))
    },
    node: (left, right) => {
      nodeBuffer.set(left, 1)
      nodeBuffer.set(right, 1 + HASH_LENGTH_BYTES)
      return sha256(nodeBuffer)
    },
  }
}

/** Returns whether two hashes are equal. Not constant-time: no hash here is secret. */
export function isSameHash (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined || one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}
