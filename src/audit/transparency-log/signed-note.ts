/** Formats, parses and verifies signed notes (c2sp.org/signed-note) with Ed25519 signatures. Pure. */
import { fromBase64, type Sha256, toBase64, toHex } from './hashes.js'

export interface LogCrypto {
  readonly sha256: Sha256
  verify (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
}

/** A key that verifies signatures, written as `name+id+base64(0x01 ‖ public key)`. */
export interface VerifierKey {
  readonly name: string
  /** Eight hexadecimal digits. */
  readonly id: string
  readonly publicKey: Uint8Array
}

export interface NoteSignature { readonly name: string, readonly keyId: string, readonly signature: Uint8Array }

export interface Note {
  /** Includes the line end of its last line. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

const ED25519_KEY_TYPE = 1
const MAX_SIGNATURES = 100
/** Length of an Ed25519 signature. No signature type of the standard is shorter. */
const SIGNATURE_LENGTH_BYTES = 64
const encodeText = (text: string) => new TextEncoder().encode(text)
const isKeyName = (text: string) => /^[^\s+]+$/u.test(text)

/** Creates a verifier key. Its id is the first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key). */
export function createVerifierKey (sha256: Sha256, name: string, publicKey: Uint8Array): VerifierKey {
  const id = sha256(Uint8Array.of(...encodeText(`${name}\n`), ED25519_KEY_TYPE, ...publicKey)).subarray(0, 4)
  return { name, id: toHex(id), publicKey }
}

export function formatVerifierKey ({ name, id, publicKey }: VerifierKey): string {
  return `${name}+${id}+${toBase64(Uint8Array.of(ED25519_KEY_TYPE, ...publicKey))}`
}

/** Parses a verifier key. @returns undefined when it is not an Ed25519 key or has the id of another key */
export function parseVerifierKey (sha256: Sha256, text: string): VerifierKey | undefined {
  const [, name = '', id, base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? []
  const bytes = fromBase64(base64)
  if (!isKeyName(name) || bytes?.length !== 33 || bytes[0] !== ED25519_KEY_TYPE) return undefined
  const key = createVerifierKey(sha256, name, bytes.subarray(1))
  return key.id === id ? key : undefined
}

export function formatNote ({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, keyId, signature }) => `— ${name} ${toBase64(Uint8Array.of(...fromHex(keyId), ...signature))}\n`)
  return `${text}\n${lines.join('')}`
}

/** Parses a note without verifying it. @returns undefined when it is not a signed note */
export function parseNote (note: string): Note | undefined {
  const end = note.lastIndexOf('\n\n')
  if (end < 1 || !note.endsWith('\n') || [...note].some(character => character < ' ' && character !== '\n')) return undefined
  const signatures = note.slice(end + 2, -1).split('\n').map(parseSignature)
  if (signatures.length > MAX_SIGNATURES || signatures.some(one => one === undefined)) return undefined
  return { text: note.slice(0, end + 1), signatures: signatures as NoteSignature[] }
}

/** The keys that signed a note, or the key whose signature is not valid. Signatures of unknown keys are ignored. */
export type SignatureVerdict = { readonly keys: readonly VerifierKey[] } | { readonly forged: VerifierKey }

export function verifySignatures ({ verify }: LogCrypto, note: Note, known: readonly VerifierKey[]): SignatureVerdict {
  const keys: VerifierKey[] = []
  for (const { name, keyId, signature } of note.signatures) {
    const key = known.find(one => one.name === name && one.id === keyId)
    if (key === undefined) continue
    if (!verify(key.publicKey, encodeText(note.text), signature)) return { forged: key }
    keys.push(key)
  }
  return { keys }
}

function parseSignature (line: string): NoteSignature | undefined {
  const [, name = '', base64 = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  const bytes = fromBase64(base64)
  if (!isKeyName(name) || bytes === undefined || bytes.length < 4 + SIGNATURE_LENGTH_BYTES) return undefined
  return { name, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) }
}

function fromHex (hex: string): number[] {
  return hex.match(/../g)!.map(pair => Number.parseInt(pair, 16))
}
