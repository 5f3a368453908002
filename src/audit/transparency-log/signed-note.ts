/** Signed notes (c2sp.org/signed-note): a text, a blank line, and one line a signature, all of Ed25519 here. Pure. */
import { fromBase64, type Sha256, toBase64, toHex } from './hashes.js'

export interface LogCrypto {
  readonly sha256: Sha256
  verify (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
}

/** A key that verifies: written `name+id+base64(0x01 ‖ public key)`. */
export interface VerifierKey {
  readonly name: string
  /** Eight hexadecimal digits. */
  readonly id: string
  readonly publicKey: Uint8Array
}

export interface NoteSignature { readonly name: string, readonly keyId: string, readonly signature: Uint8Array }

export interface Note {
  /** With the line end of its last line. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

const ED25519_KEY_TYPE = 1
const MAX_SIGNATURES = 100
/** Bytes: of every type of signature that the standard names, this one's are the fewest. */
const SIGNATURE_LENGTH_BYTES = 64
const encodeText = (text: string) => new TextEncoder().encode(text)
const isKeyName = (text: string) => /^[^\s+]+$/u.test(text)

/** The key with its id: the first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key). */
export function createVerifierKey (sha256: Sha256, name: string, publicKey: Uint8Array): VerifierKey {
  const id = sha256(Uint8Array.of(...encodeText(`${name}\n`), ED25519_KEY_TYPE, ...publicKey)).subarray(0, 4)
  return { name, id: toHex(id), publicKey }
}

export function formatVerifierKey ({ name, id, publicKey }: VerifierKey): string {
  return `${name}+${id}+${toBase64(Uint8Array.of(ED25519_KEY_TYPE, ...publicKey))}`
}

/** @returns undefined for what is no Ed25519 verifier key or bears another key's id */
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

/** @returns undefined for what is no signed note, whoever may have signed it */
export function parseNote (note: string): Note | undefined {
  const end = note.lastIndexOf('\n\n')
  if (end < 1 || !note.endsWith('\n') || [...note].some(letter => letter < ' ' && letter !== '\n')) return undefined
  const signatures = note.slice(end + 2, -1).split('\n').map(parseSignature)
  if (signatures.length > MAX_SIGNATURES || signatures.some(one => one === undefined)) return undefined
  return { text: note.slice(0, end + 1), signatures: signatures as NoteSignature[] }
}

/** What the known keys say to a note: signatures of unknown ones are ignored, one that does not hold condemns it. */
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
