/** Files that somebody holds, whatever they are, against the keys that somebody trusts: the verifier away from the database. Pure. */
import { checkpointsIn, parseCheckpointText, type Checkpoint } from '../audit/log/checkpoint.js'
import { provesConsistency } from '../audit/log/check-proof.js'
import { openClaims, type Claims } from '../audit/log/claims.js'
import { fromBase64 } from '../audit/log/base64.js'
import { examineLog } from '../audit/log/examine.js'
import { ContentsReader, type Hasher } from '../audit/log/export-contents.js'
import { leafHashesIn, leavesIn, UnreadableLine } from '../audit/log/leaf-lines.js'
import { isManifest, judgeExport } from '../audit/log/manifest.js'
import { parseVerifierKey, type LogCrypto, type VerifierKey } from '../audit/log/note.js'
import { treeHash, type Sha256 } from '../audit/log/tree-hash.js'
import { UnfitExport } from '../audit/log/unfit-export.js'
import type { Sliceable } from '../audit/log/zip-directory.js'
import { bad, claimFault, consistencyVerdict, exportVerdict, logVerdict, note, unfitExport, type Sentence } from './verdict-in-words.js'

export interface EvidenceFile extends Sliceable {
  /** With the folders that it lies in, below what was given. */
  readonly name: string
  /** Its beginning, a few kilobytes. */
  readonly head: Uint8Array
}

export type EvidenceKind = 'leaves' | 'hashes' | 'checkpoints' | 'proof' | 'manifest' | 'zip' | 'file'

export interface VerifierTools extends LogCrypto {
  hasher (): Hasher
  progress (leaves: number): void
}

/** What a file is, by what it holds. */
export function kindOf ({ name, head }: EvidenceFile): EvidenceKind {
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4 && !/\.xlsx$/i.test(name)) return 'zip'
  const text = new TextDecoder().decode(head)
  if (isManifest(name, text)) return 'manifest'
  const first = text.split('\n', 1)[0]!
  if (/^\{.*"actor":"[^"]*","at":"[^"]*","facts":\{/.test(first)) return 'leaves'
  if (/^[A-Za-z0-9+/]{43}=( [0-9a-f-]{36})?$/.test(first)) return 'hashes'
  if (/^\s*\{\s*"hashes"\s*:/.test(text)) return 'proof'
  return parseCheckpointText(`${text.trimStart().split('\n').slice(0, 3).join('\n')}\n`) === undefined ? 'file' : 'checkpoints'
}

/** Verifier keys, one a line; the line that is none as a sentence. */
export function readKeys (sha256: Sha256, text: string): readonly VerifierKey[] | Sentence {
  const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '')
  if (lines.length === 0) return bad('verifier.missing.keys')
  const keys = lines.map(line => parseVerifierKey(sha256, line))
  const unreadable = keys.indexOf(undefined)
  return unreadable === -1 ? keys as VerifierKey[] : bad('verifier.missing.key-unreadable', { key: lines[unreadable]! })
}

/** Of what two files would each have to be held against the same others. */
const singular = ['leaves', 'hashes', 'proof', 'manifest'] as const

/** Everything that can be said of the files. Of each that could not be judged it is said too, so that nothing is good by being passed over. */
export async function judgeEvidence (tools: VerifierTools, files: readonly EvidenceFile[], keys: readonly VerifierKey[]): Promise<Sentence[]> {
  const sorted = (kind: EvidenceKind) => files.filter(file => kindOf(file) === kind)
  const only = (kind: EvidenceKind) => sorted(kind).length === 1 ? sorted(kind)[0] : undefined
  if (files.every(file => ['checkpoints', 'hashes'].includes(kindOf(file)))) return [bad('verifier.missing.evidence')]
  const [manifest, leaves, proof] = [only('manifest'), only('leaves'), only('proof')]
  const crowds = singular.map(sorted).filter(crowd => crowd.length > 1)
  const idle = [
    ...manifest === undefined ? sorted('file') : [],
    ...leaves === undefined ? sorted('hashes') : [],
    ...leaves === undefined && proof === undefined ? sorted('checkpoints') : [],
  ]
  const exports = [...sorted('zip').map(zip => [zip]), ...manifest === undefined ? [] : [[manifest, ...sorted('file')]]]
  const sentences: Sentence[] = []
  for (const one of exports) sentences.push(...await readably(one[0]!, async () => [await judgeFiles(tools, one, keys)]))
  if (leaves !== undefined || proof !== undefined) {
    const log = { leaves, hashes: only('hashes'), proof, checkpoints: sorted('checkpoints') }
    sentences.push(...await readably(leaves ?? proof!, async () => await judgeLog(tools, log, keys)))
  }
  return [
    ...sentences,
    ...crowds.map(crowd => bad('verifier.missing.one-at-a-time', { files: crowd.map(({ name }) => name).join(', ') })),
    ...idle.map(({ name }) => bad('verifier.missing.unjudged', { file: name })),
  ]
}

interface LogFiles {
  readonly leaves: EvidenceFile | undefined
  readonly hashes: EvidenceFile | undefined
  readonly proof: EvidenceFile | undefined
  readonly checkpoints: readonly EvidenceFile[]
}

async function readably ({ name }: EvidenceFile, judge: () => Promise<Sentence[]>): Promise<Sentence[]> {
  try {
    return await judge()
  } catch (error) {
    if (error instanceof UnreadableLine) return [bad(`verifier.missing.${error.what}-unreadable`, { line: error.line })]
    if (error instanceof UnfitExport) return [unfitExport(error, name)]
    throw error
  }
}

/** A ZIP, or a manifest and the files beside it. */
async function judgeFiles (tools: VerifierTools, files: readonly EvidenceFile[], keys: readonly VerifierKey[]): Promise<Sentence> {
  const reader = new ContentsReader(() => tools.hasher())
  for (const file of files) await (kindOf(file) === 'zip' ? reader.zip(file) : reader.file(file.name, file.chunks()))
  return exportVerdict(judgeExport(tools, reader.contents, keys))
}

async function judgeLog (tools: VerifierTools, { leaves, hashes, proof, checkpoints }: LogFiles, keys: readonly VerifierKey[]): Promise<Sentence[]> {
  if (checkpoints.length === 0) return [bad('verifier.missing.checkpoints')]
  const sources = await Promise.all(checkpoints.map(async file => ({ source: file.name, notes: checkpointsIn(await textOf(file)).notes })))
  const opened = openClaims(tools, sources, keys)
  if ('kind' in opened) return [claimFault(opened)]
  return [
    ...leaves === undefined ? [] : await judgeLeaves(tools, leaves, hashes, opened),
    ...proof === undefined ? [] : await judgeConsistency(tools, opened, proof, leaves === undefined),
    ...opened.unknown > 0 ? [note('verifier.told.unknown', { count: opened.unknown })] : [],
  ]
}

async function judgeLeaves (tools: VerifierTools, leaves: EvidenceFile, hashes: EvidenceFile | undefined, { claims }: Claims): Promise<Sentence[]> {
  const hash = treeHash(tools.sha256)
  const recorded = hashes === undefined ? undefined : leafHashesIn(hashes.chunks())
  const verdict = await examineLog(hash, { found: leavesIn(leaves.chunks(), hash), recorded, checkpoints: claims }, leaves => tools.progress(leaves))
  return logVerdict(verdict, claims.length)
}

/** The oldest and the newest of the checkpoints, by a proof that somebody took over the API. Files of others alone are judged by leaves, or not at all. */
async function judgeConsistency (tools: VerifierTools, { claims }: Claims, file: EvidenceFile, isAlone: boolean): Promise<Sentence[]> {
  const bySize = [...claims].sort((one, other) => one.checkpoint.size - other.checkpoint.size)
  const ends = [bySize[0]!, bySize.at(-1)!]
  const [older, later] = ends.map(({ checkpoint }) => checkpoint) as [Checkpoint, Checkpoint]
  const proof = hashesIn(await textOf(file))
  const holds = proof !== undefined && provesConsistency(treeHash(tools.sha256), { size: older.size, root: older.root, laterSize: later.size, laterRoot: later.root, proof })
  const others = new Set(claims.map(({ source }) => source).filter(source => isAlone && ends.every(end => end.source !== source)))
  return [consistencyVerdict(holds, older.size, later.size), ...[...others].map(name => bad('verifier.missing.unjudged', { file: name }))]
}

function hashesIn (json: string): Uint8Array[] | undefined {
  try {
    const { hashes } = JSON.parse(json) as { hashes: string[] }
    const proof = hashes.map(fromBase64)
    return proof.every(one => one !== undefined) ? proof : undefined
  } catch {
    return undefined
  }
}

async function textOf (file: EvidenceFile): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of file.chunks()) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}
