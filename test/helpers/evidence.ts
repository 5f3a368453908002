/** A log as an auditor exports it, and manipulations of the exported files. */
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { Kysely } from 'kysely'
import { appendEvent } from '../../src/audit/events.js'
import { createNodeCryptoTreeHasher, type LogSettings, nodeCrypto, sha256, toVerifierKeys } from '../../src/audit/sealing/log-crypto.js'
import { readLogEnd, readRangeHashes } from '../../src/audit/sealing/stored-log.js'
import { digestExport, type ExportStatement, MANIFEST_FORMAT } from '../../src/audit/transparency-log/export-manifest.js'
import { toBase64 } from '../../src/audit/transparency-log/hashes.js'
import { computeConsistencyRanges } from '../../src/audit/transparency-log/merkle-tree.js'
import { formatVerifierKey, type VerifierKey } from '../../src/audit/transparency-log/signed-note.js'
import type { Database } from '../../src/database/schema.js'
import { createZipStream } from '../../src/deliveries/exports/zip.js'
import { proveEvent } from '../../src/proofs/event-proof.js'
import { streamCheckpoints, streamLeafHashes, streamLeaves } from '../../src/proofs/log-streams.js'
import { type EvidenceFile, verifyEvidence } from '../../src/proofs/verify-evidence.js'
import { testStart } from './database.js'
import { appendEvents, sealTestLog } from './transparency-log.js'

const wholeLog = { from: 0, limit: 1000 }
const readText = async (pieces: AsyncIterable<string>) => { let text = ''; for await (const piece of pieces) text += piece; return text }

export interface ExportedLog {
  readonly key: string
  readonly leaves: string
  readonly hashes: string
  /** Checkpoints after 5, 10, 15 and 20 events. */
  readonly checkpoints: string
  readonly newest: string
  /** Consistency proof from 5 events to 20. */
  readonly proof: string
  readonly ids: readonly string[]
  /** The contents of the files of a records export, by name. */
  readonly exported: Readonly<Record<string, string>>
}

/** Creates a log of 20 events and exports it, together with a records export and its manifest. */
export async function exportLog (db: Kysely<Database>, log: LogSettings): Promise<ExportedLog> {
  const ids: string[] = []
  for (let round = 0; round < 4; round++) {
    ids.push(...await appendEvents(db, 5))
    await sealTestLog(db, log)
  }
  const { sequence } = await readLogEnd(db)
  const [leaves, hashes, checkpoints] = [await readText(streamLeaves(db, wholeLog, sequence)), await readText(streamLeafHashes(db, wholeLog)), await readText(streamCheckpoints(db))]
  const proof = (await readRangeHashes(db, createNodeCryptoTreeHasher(), computeConsistencyRanges(5, 20))).map(toBase64)
  return {
    key: formatVerifierKey(toVerifierKeys(log.keys, log.origin)[0]),
    leaves,
    hashes,
    checkpoints,
    newest: checkpoints.trimEnd().split(/\n\n(?=desk)/).at(-1)! + '\n',
    proof: JSON.stringify({ hashes: proof }),
    ids,
    exported: await createSignedExport(db, log),
  }
}

/** Applies a change to the lines of a text. */
export function changeLines (text: string, change: (lines: string[]) => string[]): string {
  return change(text.trimEnd().split('\n')).map(line => `${line}\n`).join('')
}

/** Zips files as the server zips an export. */
export async function zipFiles (files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  return await buffer(createZipStream(Object.entries(files).map(([name, content]) => ({ name, compress: !/\.(ndjson|xlsx)$/.test(name), pieces: () => [content] })), testStart))
}

/** Creates a file for the verifier. Its chunks have an odd size, so that they split lines and compressed data anywhere. */
export function createEvidenceFile (name: string, content: string | Uint8Array): EvidenceFile {
  const bytes = Buffer.from(content as string)
  async function * chunks (from = 0, to = bytes.length) { for (let at = from; at < to; at += 777) yield bytes.subarray(at, Math.min(at + 777, to)) }
  return { name, size: bytes.length, head: bytes.subarray(0, 4096), chunks }
}

/** Verifies files and returns the key and the values of each sentence of the verdict. */
export async function judgeFiles (keys: readonly VerifierKey[], files: readonly EvidenceFile[]): Promise<unknown[]> {
  const sentences = await verifyEvidence({ ...nodeCrypto, hasher: () => createHash('sha256'), progress: () => {} }, files, keys)
  return sentences.map(({ key, values }) => [key.replace('verifier.', ''), values])
}

async function createSignedExport (db: Kysely<Database>, log: LogSettings): Promise<Record<string, string>> {
  const files = { 'delivery-records.csv': 'slipNumber,state\r\nK7Q-XM2-P9V,handed-over\r\n', 'delivery-records.ndjson': '{"slipNumber":"K7Q-XM2-P9V","state":"handed-over"}\n' }
  const statement: ExportStatement = {
    rows: 1,
    firstSequence: 1,
    lastSequence: 20,
    filter: { channel: 'counter' },
    files: Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') })),
  }
  const event = await appendEvent(db, { kind: 'delivery-records-read', at: testStart, actor: 'system', facts: { export: digestExport(sha256, statement) } })
  const proven = await proveEvent(db, log, testStart, event)
  if (proven === 'held-back' || 'reason' in proven) throw new Error('not proven')
  return { ...files, 'manifest.json': JSON.stringify({ format: MANIFEST_FORMAT, export: statement, ...proven }) }
}

/** A manipulation of exported leaves, with the leaf and the original event that the verifier reports. */
export interface LeafTampering {
  readonly name: string
  readonly change: (lines: string[]) => string[]
  readonly fault: 'altered' | 'removed' | 'inserted' | 'reordered' | 'cut'
  readonly leaf: number
  readonly event: number
}

export const leafTamperings: readonly LeafTampering[] = [
  { name: 'a leaf was altered', fault: 'altered', leaf: 7, event: 7, change: lines => lines.map((line, at) => at === 7 ? line.replace('counter', 'porter') : line) },
  { name: 'a leaf was removed', fault: 'removed', leaf: 12, event: 12, change: lines => lines.toSpliced(12, 1) },
  { name: 'a leaf was put in twice', fault: 'inserted', leaf: 9, event: 2, change: lines => lines.toSpliced(9, 0, lines[2]!) },
  { name: 'two leaves changed places', fault: 'reordered', leaf: 3, event: 3, change: lines => lines.with(3, lines[16]!).with(16, lines[3]!) },
  { name: 'the end was cut off', fault: 'cut', leaf: 18, event: 18, change: lines => lines.slice(0, 18) },
]
