/** Files that somebody holds, whatever they are, against the keys that somebody trusts: the verifier away from the database. Pure. */
import { checkpointsIn, parseCheckpointText } from '../audit/log/checkpoint.js'
import { provesConsistency } from '../audit/log/check-proof.js'
import { openClaims, type Claims } from '../audit/log/claims.js'
import { fromBase64 } from '../audit/log/base64.js'
import { examineLog } from '../audit/log/examine.js'
import { ContentsReader, UnreadableZip, type Hasher } from '../audit/log/export-contents.js'
import { leafHashesIn, leavesIn, UnreadableLine, type Chunks } from '../audit/log/leaf-lines.js'
import { judgeExport, manifestName } from '../audit/log/manifest.js'
import { parseVerifierKey, type LogCrypto, type VerifierKey } from '../audit/log/note.js'
import { treeHash, type Sha256 } from '../audit/log/tree-hash.js'
import { bad, claimFault, consistencyVerdict, exportVerdict, logVerdict, note, type Sentence } from './verdict-in-words.js'

export interface EvidenceFile {
  readonly name: string
  /** Its beginning, a few kilobytes. */
  readonly head: Uint8Array
  chunks (): Chunks
}

export type EvidenceKind = 'leaves' | 'hashes' | 'checkpoints' | 'proof' | 'manifest' | 'zip' | 'file'

export interface VerifierTools extends LogCrypto {
  hasher (): Hasher
  progress (leaves: number): void
}

/** What a file is, by what it holds. */
export function kindOf ({ name, head }: EvidenceFile): EvidenceKind {
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4 && !/\.xlsx$/i.test(name)) return 'zip'
  if (name === manifestName) return 'manifest'
  const text = new TextDecoder().decode(head)
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

/** Everything that can be said of the files. */
export async function judgeEvidence (tools: VerifierTools, files: readonly EvidenceFile[], keys: readonly VerifierKey[]): Promise<Sentence[]> {
  const sorted = (kind: EvidenceKind) => files.filter(file => kindOf(file) === kind)
  try {
    return [
      ...await judgeExports(tools, sorted('zip'), [...sorted('manifest'), ...sorted('manifest').length > 0 ? sorted('file') : []], keys),
      ...await judgeLog(tools, sorted, keys),
    ]
  } catch (error) {
    if (error instanceof UnreadableLine) return [bad(`verifier.missing.${error.what}-unreadable`, { line: error.line })]
    if (error instanceof UnreadableZip) return [bad('verifier.missing.zip-unreadable')]
    throw error
  }
}

async function judgeExports (tools: VerifierTools, zips: readonly EvidenceFile[], loose: readonly EvidenceFile[], keys: readonly VerifierKey[]): Promise<Sentence[]> {
  const sentences: Sentence[] = []
  for (const zip of zips) {
    const reader = new ContentsReader(() => tools.hasher())
    await reader.zip(zip.chunks())
    sentences.push(exportVerdict(judgeExport(tools, reader.contents, keys)))
  }
  if (loose.length === 0) return sentences
  const reader = new ContentsReader(() => tools.hasher())
  for (const file of loose) await reader.file(file.name, file.chunks())
  return [...sentences, exportVerdict(judgeExport(tools, reader.contents, keys))]
}

async function judgeLog (tools: VerifierTools, sorted: (kind: EvidenceKind) => readonly EvidenceFile[], keys: readonly VerifierKey[]): Promise<Sentence[]> {
  const [leaves] = sorted('leaves')
  const [proof] = sorted('proof')
  const checkpointFiles = sorted('checkpoints')
  if (leaves === undefined && proof === undefined && checkpointFiles.length === 0) return sorted('zip').length + sorted('manifest').length > 0 ? [] : [bad('verifier.missing.evidence')]
  if (checkpointFiles.length === 0) return [bad('verifier.missing.checkpoints')]
  const sources = await Promise.all(checkpointFiles.map(async file => ({ source: file.name, notes: checkpointsIn(await textOf(file)).notes })))
  const opened = openClaims(tools, sources, keys)
  if ('kind' in opened) return [claimFault(opened)]
  const unknown = opened.unknown > 0 ? [note('verifier.told.unknown', { count: opened.unknown })] : []
  if (leaves !== undefined) return [...await judgeLeaves(tools, leaves, sorted('hashes')[0], opened), ...unknown]
  return proof === undefined ? [bad('verifier.missing.evidence')] : [await judgeConsistency(tools, opened, proof), ...unknown]
}

async function judgeLeaves (tools: VerifierTools, leaves: EvidenceFile, hashes: EvidenceFile | undefined, { claims }: Claims): Promise<Sentence[]> {
  const hash = treeHash(tools.sha256)
  const recorded = hashes === undefined ? undefined : leafHashesIn(hashes.chunks())
  const verdict = await examineLog(hash, { found: leavesIn(leaves.chunks(), hash), recorded, checkpoints: claims }, leaves => tools.progress(leaves))
  return logVerdict(verdict, claims.length)
}

/** The oldest and the newest of the checkpoints, by a proof that somebody took over the API. */
async function judgeConsistency (tools: VerifierTools, { claims }: Claims, file: EvidenceFile): Promise<Sentence> {
  const bySize = claims.map(claim => claim.checkpoint).sort((one, other) => one.size - other.size)
  const [older, later] = [bySize[0]!, bySize.at(-1)!]
  const proof = hashesIn(await textOf(file))
  const holds = proof !== undefined && provesConsistency(treeHash(tools.sha256), { size: older.size, root: older.root, laterSize: later.size, laterRoot: later.root, proof })
  return consistencyVerdict(holds, older.size, later.size)
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
