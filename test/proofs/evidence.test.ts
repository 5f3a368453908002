import { createHash } from 'node:crypto'
import t from 'tap'
import { nodeCrypto, sha256 } from '../../src/audit/sealing/node-crypto.js'
import { judgeEvidence, readKeys, type EvidenceFile } from '../../src/proofs/evidence.js'
import type { VerifierKey } from '../../src/audit/log/note.js'
import { openTestDatabase } from '../helpers/database.js'
import { takenAway, tamperings, withLines, zipped } from '../helpers/evidence.js'
import { testLog } from '../helpers/log.js'

const { db } = await openTestDatabase(t)
const taken = await takenAway(db, testLog())
const keys = readKeys(sha256, taken.key) as readonly VerifierKey[]

function file (name: string, content: string | Uint8Array): EvidenceFile {
  const bytes = Buffer.from(content as string)
  // In pieces of an odd size, so that lines fall apart anywhere.
  async function * chunks () { for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777) }
  return { name, head: bytes.subarray(0, 4096), chunks }
}

const judged = async (...files: EvidenceFile[]) => (await judgeEvidence({ ...nodeCrypto, hasher: () => createHash('sha256'), progress: () => {} }, files, keys)).map(({ key, values }) => [key.replace('verifier.', ''), values])
const [leaves, hashes, checkpoints, newest] = [file('leaves.ndjson', taken.leaves), file('hashes.txt', taken.hashes), file('checkpoints.txt', taken.checkpoints), file('newest.txt', taken.newest)]

t.test('leaves that nobody touched are what was signed, with or without their hashes', async t => {
  t.strictSame(await judged(leaves, hashes, checkpoints), [['told.log', { leaves: 20, checkpoints: 4 }]])
  t.strictSame(await judged(leaves, newest), [['told.log', { leaves: 20, checkpoints: 1 }]])
  t.strictSame(await judged(file('a', taken.leaves.trimEnd()), newest), [['told.log', { leaves: 20, checkpoints: 1 }]], 'a last line without its end')
})

for (const { name, change, fault, leaf, event } of tamperings) {
  t.test(`${name}: ${fault}, named by leaf and event`, async t => {
    t.strictSame(await judged(file('leaves.ndjson', withLines(taken.leaves, change)), hashes, checkpoints), [[`faults.${fault}`, { leaf, event: taken.ids[event] }]])
  })
}

t.test('without the hashes a fault lies between two checkpoints, a cut is named all the same', async t => {
  const among = (from: number, to: number) => [['faults.among', { from, to, source: 'checkpoints.txt' }]]
  const after = async (at: number) => await judged(file('leaves.ndjson', withLines(taken.leaves, tamperings[at]!.change)), checkpoints)
  t.strictSame(await after(0), among(5, 9))
  t.strictSame(await after(1), among(10, 14))
  t.strictSame(await after(3), among(0, 4))
  t.match(await after(4), [['faults.cut', { leaf: 18 }]])
})

t.test('leaves newer than the checkpoint are told as not vouched for', async t => {
  const first = file('first.txt', taken.checkpoints.split(/\n\n(?=desk)/)[1]! + '\n')
  t.strictSame(await judged(leaves, first), [['told.log', { leaves: 10, checkpoints: 1 }], ['told.pending', { count: 10 }]])
  t.match(await judged(leaves, file('hashes.txt', withLines(taken.hashes, lines => lines.slice(0, 12))), first), [['told.log', { leaves: 10 }], ['told.pending']], 'files of different moments')
})

t.test('two checkpoints against each other, by a proof', async t => {
  const two = file('two.txt', withLines(taken.checkpoints, lines => [...lines.slice(0, 6), ...lines.slice(-5)]))
  t.strictSame(await judged(two, file('proof.json', taken.proof)), [['told.consistent', { from: 5, to: 20 }]])
  t.strictSame(await judged(two, file('proof.json', taken.proof.replace(/\["[A-Za-z0-9+/]{4}/, '["AAAA'))), [['faults.inconsistent', { from: 5, to: 20 }]])
  t.strictSame(await judged(two, file('proof.json', '{"hashes":["x"]}')), [['faults.inconsistent', { from: 5, to: 20 }]])
})

t.test('an export is what was exported, from its files and from its ZIP', async t => {
  const told = [['told.export', { files: 2, rows: 1, leaf: 20, size: 21 }]]
  t.strictSame(await judged(...Object.entries(taken.exported).map(([name, text]) => file(name, text))), told)
  t.strictSame(await judged(file('export.zip', zipped(taken.exported))), told)
})

t.test('an export that was changed says which part of it', async t => {
  const changed = async (changes: Record<string, string | undefined>) => await judged(file('export.zip', zipped(Object.fromEntries(Object.entries({ ...taken.exported, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined)))))
  const csv = taken.exported['delivery-records.csv']!
  const manifest = taken.exported['manifest.json']!
  t.strictSame(await changed({ 'delivery-records.csv': csv.replace('handed-over', 'returned') }), [['faults.file-altered', { file: 'delivery-records.csv' }]])
  t.strictSame(await changed({ 'delivery-records.csv': csv.slice(0, -5) }), [['faults.file-altered', { file: 'delivery-records.csv' }]])
  t.strictSame(await changed({ 'delivery-records.csv': undefined }), [['faults.file-missing', { file: 'delivery-records.csv' }]])
  t.strictSame(await changed({ 'more.csv': csv }), [['faults.file-added', { file: 'more.csv' }]])
  t.strictSame(await changed({ 'manifest.json': undefined }), [['faults.no-manifest', {}]])
  t.strictSame(await changed({ 'manifest.json': '{' }), [['faults.manifest-unreadable', {}]])
  for (const [from, to] of [['"rows":1', '"rows":2'], ['counter', 'porter'], [/"sha256":"./, '"sha256":"x']] as const) {
    t.strictSame(await changed({ 'manifest.json': manifest.replace(from, to) }), [['faults.manifest-altered', {}]], String(from))
  }
  t.strictSame(await changed({ 'manifest.json': manifest.replace('"index":20', '"index":19') }), [['faults.not-in-log', {}]])
  t.strictSame(await changed({ 'manifest.json': manifest.replace('\\n21\\n', '\\n22\\n') }), [['faults.forged', { source: 'manifest.json' }]])
})

t.test('a ZIP that was cut off says so', async t => {
  const whole = zipped(taken.exported)
  for (const length of [whole.length - 500, 200, 10]) {
    const said = await judged(file('export.zip', whole.slice(0, length)))
    t.ok(said.length === 1 && /zip-unreadable|no-manifest|manifest-unreadable|file-altered/.test(String(said[0]![0])), `${length} bytes: ${String(said[0]![0])}`)
  }
})

t.test('what is missing, or cannot be read, is said', async t => {
  t.strictSame(await judged(), [['missing.evidence', {}]])
  t.strictSame(await judged(leaves), [['missing.checkpoints', {}]])
  t.strictSame(await judged(newest), [['missing.evidence', {}]])
  t.strictSame(await judged(file('leaves.ndjson', `${taken.leaves}\n\n`), newest), [['missing.leaves-unreadable', { line: 21 }]])
  t.strictSame(await judged(leaves, file('hashes.txt', taken.hashes.replace(/\n.{4}/, '\n')), newest), [['missing.hashes-unreadable', { line: 2 }]])
  t.match(readKeys(sha256, ''), { key: 'verifier.missing.keys' })
  t.match(readKeys(sha256, `${taken.key}\nx+y+z`), { key: 'verifier.missing.key-unreadable', values: { key: 'x+y+z' } })
  t.match(await judged(leaves, file('newest.txt', taken.newest.replace('\n20\n', '\n19\n'))), [['faults.forged', { source: 'newest.txt' }]])
})
