/** Base64 of RFC 4648 §4 without Buffer, so that the verifier's page can read it too. Pure. */
export function toBase64 (bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

/** @returns undefined for anything but the one way in which these bytes are written */
export function fromBase64 (text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
  return toBase64(bytes) === text ? bytes : undefined
}

export function toHex (bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

// RFC 6962 §2.1: leaf hash = SHA-256(0x00 ‖ leaf), node hash = SHA-256(0x01 ‖ left ‖ right). Pure.

export type Sha256 = (bytes: Uint8Array) => Uint8Array

export interface TreeHasher {
  /** The root of a tree without leaves. */
  readonly emptyRoot: Uint8Array
  leaf (data: Uint8Array): Uint8Array
  node (left: Uint8Array, right: Uint8Array): Uint8Array
}

/** Bytes of a SHA-256. */
export const HASH_LENGTH_BYTES = 32

/** A tree hash over any SHA-256: Node's on the server, a library's in the verifier's page. */
export function createTreeHasher (sha256: Sha256): TreeHasher {
  let leafRoom = new Uint8Array(4096)
  const nodeRoom = new Uint8Array(1 + 2 * HASH_LENGTH_BYTES)
  nodeRoom[0] = 1
  return {
    emptyRoot: sha256(new Uint8Array(0)),
    leaf: data => {
      if (leafRoom.length <= data.length) leafRoom = new Uint8Array(2 * data.length + 1)
      leafRoom.set(data, 1)
      return sha256(leafRoom.subarray(0, data.length + 1))
    },
    node: (left, right) => {
      nodeRoom.set(left, 1)
      nodeRoom.set(right, 1 + HASH_LENGTH_BYTES)
      return sha256(nodeRoom)
    },
  }
}

/** Whether two hashes are the same. Nothing here is secret, so its time may tell. */
export function isSameHash (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined || one.length !== other.length) return false
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false
  return true
}
