/**
 * Verifies an export by its manifest: each file by its SHA-256, and the export itself by an event in the log. So neither
 * a file nor the manifest can be changed afterwards. Pure.
 */
import canonicalize from 'canonicalize'
import { type CheckpointFault, openCheckpoint } from './checkpoint.js'
import { createTreeHasher, fromBase64, type Sha256, toHex } from './hashes.js'
import type { LogCrypto, VerifierKey } from './signed-note.js'
import { verifyInclusion } from './verify-proof.js'

const MANIFEST_NAME = 'manifest.json'
export const MANIFEST_FORMAT = 'slipdesk-export-1'
/** How many characters to search for the format. */
const MANIFEST_HEAD_CHARS = 4096

export interface ExportedFile {
  readonly name: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/** What was exported. All further members (filter, who, when) are bound too. */
export interface ExportStatement {
  readonly rows: number
  /** The first audit event that the rows are based on; null if there is none. */
  readonly firstSequence: number | null
  readonly lastSequence: number | null
  readonly files: readonly ExportedFile[]
  readonly [more: string]: unknown
}

export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT
  readonly export: ExportStatement
  /** Signed after the event of the export was sealed. */
  readonly checkpoint: string
  /** The leaf of that event, whose facts hold `digestExport` under `export`, and the proof that it is in the log. */
  readonly proof: { readonly leaf: string, readonly index: number, readonly hashes: readonly string[] }
}

/** The manifest, if found, and all other files. */
export interface ExportContents {
  readonly manifest: string | undefined
  readonly files: ReadonlyMap<string, Omit<ExportedFile, 'name'>>
}

export type ExportFault =
  | { readonly kind: 'no-manifest' | 'manifest-unreadable' | 'manifest-altered' | 'not-in-log' }
  | { readonly kind: 'file-missing' | 'file-altered' | 'file-added', readonly file: string }
  | { readonly kind: 'checkpoint', readonly fault: CheckpointFault }

export type ExportVerdict = { readonly fault: ExportFault } | { readonly fault: undefined, readonly manifest: Manifest, readonly size: number }

/** Computes the digest of the statement that the event of the export contains: SHA-256 of its canonical JSON, hexadecimal. */
export function digestExport (sha256: Sha256, statement: ExportStatement): string {
  return toHex(sha256(new TextEncoder().encode(canonicalize(statement))))
}

/** Recognises a manifest by its name or by its content, because a browser may have renamed it. */
export function isManifest (name: string, text: string): boolean {
  return name === MANIFEST_NAME || (/^\s*\{/.test(text) && /"format"\s*:\s*"slipdesk-export-1"/.test(text.slice(0, MANIFEST_HEAD_CHARS)))
}

/** Verifies the manifest with the trusted keys, and the files with the manifest. */
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
  const added = [...found.keys()].find(name => listed.every(file => file.name !== name))
  return added === undefined ? undefined : { kind: 'file-added', file: added }
}

function parseExportDigest (leaf: string): unknown {
  return (parseJson(leaf) as { facts?: { export?: unknown } } | undefined)?.facts?.export
}

/** Parses a manifest; undefined when it is not one. */
export function parseManifest (text: string): Manifest | undefined {
  const value = parseJson(text) as Partial<Manifest> | undefined
  const { export: statement, proof } = value ?? {}
  const isComplete = value?.format === MANIFEST_FORMAT && typeof value.checkpoint === 'string' && Array.isArray(statement?.files) &&
    typeof proof?.leaf === 'string' && typeof proof.index === 'number' && Array.isArray(proof.hashes) && proof.hashes.every(hash => typeof hash === 'string') &&
    statement.files.every((file: unknown) => ['name', 'sha256', 'bytes'].every(member => (file as Record<string, unknown> | null)?.[member] !== undefined))
  return isComplete ? value as Manifest : undefined
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
