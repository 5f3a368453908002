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
