/** Verifies files of any kind with trusted keys, without a database. Pure. */
import { type Checkpoint, parseCheckpoint, splitCheckpoints } from '../audit/transparency-log/checkpoint.js'
import { ExportReader, type Hasher } from '../audit/transparency-log/export-files.js'
import { isManifest, verifyExport } from '../audit/transparency-log/export-manifest.js'
import { createTreeHasher, fromBase64, type Sha256 } from '../audit/transparency-log/hashes.js'
import { parseLeafHashes, parseLeaves, UnreadableLine } from '../audit/transparency-log/leaves.js'
import { type LogCrypto, parseVerifierKey, type VerifierKey } from '../audit/transparency-log/signed-note.js'
import { verifyConsistency } from '../audit/transparency-log/verify-proof.js'
import { openCheckpoints, type OpenedCheckpoints, verifyTree } from '../audit/transparency-log/verify-tree.js'
import { InvalidExportError, type RandomAccessFile } from '../audit/transparency-log/zip-directory.js'
import { errorMessage, formatConsistencyVerdict, formatExportVerdict, formatInvalidExport, formatLogVerdict, formatSourceFault, infoMessage, type VerdictMessage } from './format-verdict.js'

export interface EvidenceFile extends RandomAccessFile {
  /** Path below the folder that was given. */
  readonly name: string
  /** The first few kilobytes. */
  readonly head: Uint8Array
}

export type EvidenceKind = 'leaves' | 'hashes' | 'checkpoints' | 'proof' | 'manifest' | 'zip' | 'file'

export interface VerifierTools extends LogCrypto {
  hasher (): Hasher
  progress (leaves: number): void
}

/** Detects the kind of a file by its content. */
export function detectEvidenceKind ({ name, head }: EvidenceFile): EvidenceKind {
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4 && !/\.xlsx$/i.test(name)) return 'zip'
  const text = new TextDecoder().decode(head)
  if (isManifest(name, text)) return 'manifest'
  const first = text.split('\n', 1)[0]!
  if (/^\{.*"actor":"[^"]*","at":"[^"]*","facts":\{/.test(first)) return 'leaves'
  if (/^[A-Za-z0-9+/]{43}=( [0-9a-f-]{36})?$/.test(first)) return 'hashes'
  if (/^\s*\{\s*"hashes"\s*:/.test(text)) return 'proof'
  return parseCheckpoint(`${text.trimStart().split('\n').slice(0, 3).join('\n')}\n`) === undefined ? 'file' : 'checkpoints'
}

/** Parses verifier keys, one per line. @returns a message about the first line that is not a key */
export function parseVerifierKeys (sha256: Sha256, text: string): readonly VerifierKey[] | VerdictMessage {
  const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '')
  if (lines.length === 0) return errorMessage('verifier.missing.keys')
  const keys = lines.map(line => parseVerifierKey(sha256, line))
  const unreadable = keys.indexOf(undefined)
  return unreadable === -1 ? keys as VerifierKey[] : errorMessage('verifier.missing.key-unreadable', { key: lines[unreadable]! })
}

/** Kinds of which only one file can be verified at a time. */
const singleFileKinds = ['leaves', 'hashes', 'proof', 'manifest'] as const

/** Verifies all files. A file that cannot be verified gets a message too, so that none is silently skipped. */
export async function verifyEvidence (tools: VerifierTools, files: readonly EvidenceFile[], keys: readonly VerifierKey[]): Promise<VerdictMessage[]> {
  const ofKind = (kind: EvidenceKind) => files.filter(file => detectEvidenceKind(file) === kind)
  const single = (kind: EvidenceKind) => ofKind(kind).length === 1 ? ofKind(kind)[0] : undefined
  if (files.every(file => ['checkpoints', 'hashes'].includes(detectEvidenceKind(file)))) return [errorMessage('verifier.missing.evidence')]
  const [manifest, leaves, proof] = [single('manifest'), single('leaves'), single('proof')]
  const duplicates = singleFileKinds.map(ofKind).filter(group => group.length > 1)
  const unverified = [
    ...manifest === undefined ? ofKind('file') : [],
    ...leaves === undefined ? ofKind('hashes') : [],
    ...leaves === undefined && proof === undefined ? ofKind('checkpoints') : [],
  ]
  const exports = [...ofKind('zip').map(zip => [zip]), ...manifest === undefined ? [] : [[manifest, ...ofKind('file')]]]
  const messages: VerdictMessage[] = []
  for (const exported of exports) messages.push(...await catchUnreadable(exported[0]!, async () => [await verifyExportFiles(tools, exported, keys)]))
  if (leaves !== undefined || proof !== undefined) {
    const log = { leaves, hashes: single('hashes'), proof, checkpoints: ofKind('checkpoints') }
    messages.push(...await catchUnreadable(leaves ?? proof!, async () => await verifyLogFiles(tools, log, keys)))
  }
  return [
    ...messages,
    ...duplicates.map(group => errorMessage('verifier.missing.one-at-a-time', { files: group.map(({ name }) => name).join(', ') })),
    ...unverified.map(({ name }) => errorMessage('verifier.missing.unjudged', { file: name })),
  ]
}

interface LogFiles {
  readonly leaves: EvidenceFile | undefined
  readonly hashes: EvidenceFile | undefined
  readonly proof: EvidenceFile | undefined
  readonly checkpoints: readonly EvidenceFile[]
}

async function catchUnreadable ({ name }: EvidenceFile, verify: () => Promise<VerdictMessage[]>): Promise<VerdictMessage[]> {
  try {
    return await verify()
  } catch (error) {
    if (error instanceof UnreadableLine) return [errorMessage(`verifier.missing.${error.what}-unreadable`, { line: error.line })]
    if (error instanceof InvalidExportError) return [formatInvalidExport(error, name)]
    throw error
  }
}

/** Verifies an export: a ZIP, or a manifest and the files beside it. */
async function verifyExportFiles (tools: VerifierTools, files: readonly EvidenceFile[], keys: readonly VerifierKey[]): Promise<VerdictMessage> {
  const reader = new ExportReader(() => tools.hasher())
  for (const file of files) await (detectEvidenceKind(file) === 'zip' ? reader.addZip(file) : reader.addFile(file.name, file.chunks()))
  return formatExportVerdict(verifyExport(tools, reader.contents, keys))
}

async function verifyLogFiles (tools: VerifierTools, { leaves, hashes, proof, checkpoints }: LogFiles, keys: readonly VerifierKey[]): Promise<VerdictMessage[]> {
  if (checkpoints.length === 0) return [errorMessage('verifier.missing.checkpoints')]
  const sources = await Promise.all(checkpoints.map(async file => ({ source: file.name, notes: splitCheckpoints(await readText(file)).notes })))
  const opened = openCheckpoints(tools, sources, keys)
  if ('kind' in opened) return [formatSourceFault(opened)]
  return [
    ...leaves === undefined ? [] : await verifyLeafFile(tools, leaves, hashes, opened),
    ...proof === undefined ? [] : await verifyConsistencyFile(tools, opened, proof, leaves === undefined),
    ...opened.unknownKeyCount > 0 ? [infoMessage('verifier.results.unknown', { count: opened.unknownKeyCount })] : [],
  ]
}

async function verifyLeafFile (tools: VerifierTools, leaves: EvidenceFile, hashes: EvidenceFile | undefined, { checkpoints }: OpenedCheckpoints): Promise<VerdictMessage[]> {
  const hash = createTreeHasher(tools.sha256)
  const sealedLeaves = hashes === undefined ? undefined : parseLeafHashes(hashes.chunks())
  const verdict = await verifyTree(hash, { currentLeaves: parseLeaves(leaves.chunks(), hash), sealedLeaves, checkpoints }, leaves => tools.progress(leaves))
  return formatLogVerdict(verdict, checkpoints.length)
}

/** Verifies the oldest and the newest checkpoint with a proof from the API. Other checkpoint files can be verified only with leaves. */
async function verifyConsistencyFile (tools: VerifierTools, { checkpoints }: OpenedCheckpoints, file: EvidenceFile, isAlone: boolean): Promise<VerdictMessage[]> {
  const bySize = [...checkpoints].sort((one, other) => one.checkpoint.size - other.checkpoint.size)
  const ends = [bySize[0]!, bySize.at(-1)!]
  const [older, later] = ends.map(({ checkpoint }) => checkpoint) as [Checkpoint, Checkpoint]
  const proof = parseProofHashes(await readText(file))
  const isConsistent = proof !== undefined && verifyConsistency(createTreeHasher(tools.sha256), { size: older.size, root: older.root, laterSize: later.size, laterRoot: later.root, proof })
  const others = new Set(checkpoints.map(({ source }) => source).filter(source => isAlone && ends.every(end => end.source !== source)))
  return [formatConsistencyVerdict(isConsistent, older.size, later.size), ...[...others].map(name => errorMessage('verifier.missing.unjudged', { file: name }))]
}

function parseProofHashes (json: string): Uint8Array[] | undefined {
  try {
    const { hashes } = JSON.parse(json) as { hashes: string[] }
    const proof = hashes.map(fromBase64)
    return proof.every(one => one !== undefined) ? proof : undefined
  } catch {
    return undefined
  }
}

async function readText (file: EvidenceFile): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of file.chunks()) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}
