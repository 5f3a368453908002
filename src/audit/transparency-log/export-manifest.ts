/**
 * What travels with an export, and how it is checked: files by their SHA-256, and the export itself as an event that is
 * in the log, so that neither a file nor its manifest can be changed afterwards. Pure.
 */
import canonicalize from 'canonicalize'
import { type CheckpointFault, openCheckpoint } from './checkpoint.js'
import { createTreeHasher, fromBase64, type Sha256, toHex } from './hashes.js'
import type { LogCrypto, VerifierKey } from './signed-note.js'
import { verifyInclusion } from './verify-proof.js'

export const MANIFEST_NAME = 'manifest.json'
export const MANIFEST_FORMAT = 'slipdesk-export-1'
/** How far in it its format is looked for. */
const MANIFEST_HEAD_CHARS = 4096

export interface ExportedFile {
  readonly name: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/** What was exported. Whatever else it says (filter, who, when) is bound with it. */
export interface ExportStatement {
  readonly rows: number
  /** Of the audit events that the rows rest on; null where there is none. */
  readonly firstSequence: number | null
  readonly lastSequence: number | null
  readonly files: readonly ExportedFile[]
  readonly [more: string]: unknown
}

export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT
  readonly export: ExportStatement
  /** Signed after the export's own event was sealed. */
  readonly checkpoint: string
  /** The leaf of that event, whose facts hold `digestExport` under `export`, and the proof that it is in the log. */
  readonly proof: { readonly leaf: string, readonly index: number, readonly hashes: readonly string[] }
}

/** What is found beside the manifest, or instead of it. */
export interface ExportContents {
  readonly manifest: string | undefined
  readonly files: ReadonlyMap<string, Omit<ExportedFile, 'name'>>
}

export type ExportFault =
  | { readonly kind: 'no-manifest' | 'manifest-unreadable' | 'manifest-altered' | 'not-in-log' }
  | { readonly kind: 'file-missing' | 'file-altered' | 'file-added', readonly file: string }
  | { readonly kind: 'checkpoint', readonly fault: CheckpointFault }

export type ExportVerdict = { readonly fault: ExportFault } | { readonly fault: undefined, readonly manifest: Manifest, readonly size: number }

/** What the export's own event keeps of the statement: SHA-256 over its canonical JSON, hexadecimal. */
export function digestExport (sha256: Sha256, statement: ExportStatement): string {
  return toHex(sha256(new TextEncoder().encode(canonicalize(statement))))
}

/** A manifest is known by what it holds, whatever a browser has named it: a JSON object of that format, or something in its place. */
export function isManifest (name: string, text: string): boolean {
  return name === MANIFEST_NAME || (/^\s*\{/.test(text) && /"format"\s*:\s*"slipdesk-export-1"/.test(text.slice(0, MANIFEST_HEAD_CHARS)))
}

export function verifyExport (tools: LogCrypto, { manifest: text, files }: ExportContents, keys: readonly VerifierKey[]): ExportVerdict {
  if (text === undefined) return { fault: { kind: 'no-manifest' } }
  const manifest = parseManifest(text)
  if (manifest === undefined) return { fault: { kind: 'manifest-unreadable' } }
  const opened = openCheckpoint(tools, manifest.checkpoint, keys)
  if ('fault' in opened) return { fault: { kind: 'checkpoint', fault: opened.fault } }
  if (parseExportDigest(manifest.proof.leaf) !== digestExport(tools.sha256, manifest.export)) return { fault: { kind: 'manifest-altered' } }
  const proof = manifest.proof.hashes.map(fromBase64)
  const hash = createTreeHasher(tools.sha256)
  const { size, root } = opened.checkpoint
  const claim = { leafHash: hash.leaf(new TextEncoder().encode(manifest.proof.leaf)), leaf: manifest.proof.index, size, root }
  if (!proof.every(one => one !== undefined) || !verifyInclusion(hash, { ...claim, proof })) return { fault: { kind: 'not-in-log' } }
  const fault = findFileFault(manifest.export.files, files)
  return fault === undefined ? { fault, manifest, size } : { fault }
}

function findFileFault (listed: readonly ExportedFile[], found: ExportContents['files']): ExportFault | undefined {
  for (const { name, bytes, sha256 } of listed) {
    const file = found.get(name)
    if (file === undefined) return { kind: 'file-missing', file: name }
    if (file.sha256 !== sha256 || file.bytes !== bytes) return { kind: 'file-altered', file: name }
  }
  const added = [...found.keys()].find(name => listed.every(one => one.name !== name))
  return added === undefined ? undefined : { kind: 'file-added', file: added }
}

function parseExportDigest (leaf: string): unknown {
  return (parseJson(leaf) as { facts?: { export?: unknown } } | undefined)?.facts?.export
}

function parseManifest (text: string): Manifest | undefined {
  const value = parseJson(text) as Partial<Manifest> | undefined
  const { export: statement, proof } = value ?? {}
  const isWhole = value?.format === MANIFEST_FORMAT && typeof value.checkpoint === 'string' && Array.isArray(statement?.files) &&
    typeof proof?.leaf === 'string' && typeof proof.index === 'number' && Array.isArray(proof.hashes) && proof.hashes.every(one => typeof one === 'string') &&
    statement.files.every((file: unknown) => ['name', 'sha256', 'bytes'].every(member => (file as Record<string, unknown> | null)?.[member] !== undefined))
  return isWhole ? value as Manifest : undefined
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
