import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { sha256 } from '../../src/audit/sealing/log-crypto.js'
import { openEvidenceFiles } from '../../src/cli/audit.js'
import { parseVerifierKeys, type EvidenceFile } from '../../src/proofs/verify-evidence.js'
import type { VerifierKey } from '../../src/audit/transparency-log/signed-note.js'
import { openTestDatabase } from '../helpers/database.js'
import { createEvidenceFile as file, judgeFiles as judgedBy, exportLog, leafTamperings, changeLines, zipFiles } from '../helpers/evidence.js'
import { buildZip, buildZip64, zipForgeries } from '../helpers/zip-files.js'
import { createTestLog } from '../helpers/transparency-log.js'
import { temporaryFolder } from '../helpers/processes.js'
import { pick } from '../helpers/projections.js'

const { db } = await openTestDatabase(t, 'schema')
const taken = await exportLog(db, createTestLog())
const keys = parseVerifierKeys(sha256, taken.key) as readonly VerifierKey[]

const judged = async (...files: EvidenceFile[]) => await judgedBy(keys, files)
const [leaves, hashes, checkpoints, newest] = [file('leaves.ndjson', taken.leaves), file('hashes.txt', taken.hashes), file('checkpoints.txt', taken.checkpoints), file('newest.txt', taken.newest)]

t.test('accepts untouched leaves, with or without their hashes', async t => {
  t.strictSame(await judged(leaves, hashes, checkpoints), [['results.log', { leaves: 20, checkpoints: 4 }]])
  t.strictSame(await judged(leaves, newest), [['results.log', { leaves: 20, checkpoints: 1 }]])
  t.strictSame(await judged(file('a', taken.leaves.trimEnd()), newest), [['results.log', { leaves: 20, checkpoints: 1 }]], 'the last line has no line end')
})

for (const { name, change, fault, leaf, event } of leafTamperings) {
  t.test(`${name}: reports ${fault} by leaf and event`, async t => {
    t.strictSame(await judged(file('leaves.ndjson', changeLines(taken.leaves, change)), hashes, checkpoints), [[`faults.${fault}`, { leaf, event: taken.ids[event] }]])
  })
}

t.test('places a fault between two checkpoints without the hashes', async t => {
  const corruptRange = (from: number, to: number) => [['faults.corrupt-range', { from, to, source: 'checkpoints.txt' }]]
  const after = async (at: number) => await judged(file('leaves.ndjson', changeLines(taken.leaves, leafTamperings[at]!.change)), checkpoints)
  t.strictSame(await after(0), corruptRange(5, 9))
  t.strictSame(await after(1), corruptRange(10, 14))
  t.strictSame(await after(3), corruptRange(0, 4))
  t.strictSame(await after(4), [['faults.cut', { leaf: 18, event: '?' }]])
})

t.test('reports leaves newer than the checkpoint as unproven', async t => {
  const first = file('first.txt', taken.checkpoints.split(/\n\n(?=desk)/)[1]! + '\n')
  t.strictSame(await judged(leaves, first), [['results.log', { leaves: 10, checkpoints: 1 }], ['results.pending', { count: 10 }]])
  t.strictSame(await judged(leaves, file('hashes.txt', changeLines(taken.hashes, lines => lines.slice(0, 12))), first), [
    ['results.log', { leaves: 10, checkpoints: 1 }], ['results.pending', { count: 2 }],
  ], 'files of different times')
})

t.test('compares two checkpoints by a consistency proof', async t => {
  const two = file('two.txt', changeLines(taken.checkpoints, lines => [...lines.slice(0, 6), ...lines.slice(-5)]))
  t.strictSame(await judged(two, file('proof.json', taken.proof)), [['results.consistent', { from: 5, to: 20 }]])
  t.strictSame(await judged(two, file('proof.json', taken.proof.replace(/\["[A-Za-z0-9+/]{4}/, '["AAAA'))), [['faults.inconsistent', { from: 5, to: 20 }]])
  t.strictSame(await judged(two, file('proof.json', '{"hashes":["x"]}')), [['faults.inconsistent', { from: 5, to: 20 }]])
})

t.test('accepts an export from its files and from its ZIP', async t => {
  const expected = [['results.export', { files: 2, rows: 1, leaf: 20, size: 21 }]]
  t.strictSame(await judged(...Object.entries(taken.exported).map(([name, text]) => file(name, text))), expected)
  t.strictSame(await judged(file('export.zip', await zipFiles(taken.exported))), expected)
  t.strictSame(await judged(file('export.zip', await buildZip64(taken.exported))), expected, 'ZIP64')
  const { 'manifest.json': manifest, ...files } = taken.exported
  t.strictSame(await judged(...Object.entries({ ...files, 'manifest (1).json': manifest! }).map(([name, text]) => file(name, text))), expected, 'a manifest is recognised by its content')
})

for (const { name, zip, expected } of zipForgeries) {
  t.test(`refuses an ambiguous ZIP: ${name}`, async t => {
    t.strictSame(await judged(file('export.zip', zip(taken.exported))), [expected])
  })
}

t.test('unpacks no ZIP that would become far larger than an export', async t => {
  const zeros = 'a'.repeat(64 * 1024 * 1024)
  const bomb = buildZip([{ name: 'delivery-records.csv', content: zeros, method: 8 }, ...Object.entries(taken.exported).filter(([name]) => name === 'manifest.json').map(([name, content]) => ({ name, content }))])
  const read: number[] = []
  const counted = (evidence: EvidenceFile): EvidenceFile => ({ ...evidence, chunks: (from = 0, to = evidence.size) => { read.push(to - from); return evidence.chunks(from, to) } })
  t.strictSame(await judged(counted(file('export.zip', bomb))), [['missing.zip-too-large', {}]])
  t.ok(Math.max(...read) < 1000, 'its files were not read')
  t.strictSame(await judged(file('export.zip', buildZip([{ name: 'delivery-records.csv', content: zeros, method: 8, listedSize: 1000, localSize: 1000 }]))), [['missing.zip-unreadable', {}]], 'with a false size')
})

t.test('refuses two files of one name and a file in a folder', async t => {
  const loose = Object.entries(taken.exported).map(([name, text]) => file(name, text))
  const csv = 'delivery-records.csv'
  t.strictSame(await judged(file(csv, 'forged'), ...loose), [['faults.file-twice', { file: csv }]])
  t.strictSame(await judged(...loose, file(`y/${csv}`, 'forged')), [['faults.file-in-folder', { file: `y/${csv}` }]])
})

t.test('names files on disk relative to the given folder', async t => {
  const folder = await temporaryFolder(t)
  const path = (name: string) => join(folder, name)
  const onDisk = async (...paths: string[]) => await judged(...await openEvidenceFiles(paths.map(path)))
  await mkdir(path('export/y'), { recursive: true })
  for (const [name, content] of Object.entries(taken.exported)) await writeFile(path(`export/${name}`), content)
  await writeFile(path('export.zip'), await zipFiles(taken.exported))
  const whole = ['results.export', { files: 2, rows: 1, leaf: 20, size: 21 }]
  t.strictSame([await onDisk('export'), await onDisk('export.zip')], [[whole], [whole]])
  await writeFile(path('export/y/delivery-records.csv'), 'forged')
  t.strictSame(await onDisk('export'), [['faults.file-in-folder', { file: 'y/delivery-records.csv' }]])
  t.strictSame(await onDisk('export.zip', 'export/y'), [whole, ['missing.unjudged', { file: 'delivery-records.csv' }]])
})

t.test('gives no good verdict with an unjudged file', async t => {
  const forged = file('delivery-records.csv', 'slipNumber\r\n')
  const whole = ['results.log', { leaves: 20, checkpoints: 4 }]
  const exported = ['results.export', { files: 2, rows: 1, leaf: 20, size: 21 }]
  const unjudged = (name: string) => ['missing.unjudged', { file: name }]
  const zip = file('export.zip', await zipFiles(taken.exported))
  t.strictSame(await judged(leaves, checkpoints, forged), [whole, unjudged('delivery-records.csv')])
  t.strictSame(await judged(zip, forged), [exported, unjudged('delivery-records.csv')])
  t.strictSame(await judged(zip, newest, hashes), [exported, unjudged('hashes.txt'), unjudged('newest.txt')])
  t.strictSame(await judged(forged), [unjudged('delivery-records.csv')])
  t.strictSame(await judged(leaves, checkpoints, file('proof.json', taken.proof)), [whole, ['results.consistent', { from: 5, to: 20 }]], 'leaves and a proof are both judged')
  const each = taken.checkpoints.trimEnd().split(/\n\n(?=desk)/).map((text, at) => file(`${at}.txt`, `${text}\n`))
  t.strictSame(await judged(...each, file('proof.json', taken.proof)), [['results.consistent', { from: 5, to: 20 }], unjudged('1.txt'), unjudged('2.txt')], 'a proof compares two checkpoints')
})

t.test('verifies neither of two files of one kind, and names them', async t => {
  const duplicates = (...names: string[]) => ['missing.one-at-a-time', { files: names.join(', ') }]
  const more = file('more.ndjson', changeLines(taken.leaves, leafTamperings[0]!.change))
  t.strictSame(await judged(leaves, more, checkpoints), [duplicates('leaves.ndjson', 'more.ndjson'), ['missing.unjudged', { file: 'checkpoints.txt' }]])
  t.strictSame(await judged(leaves, hashes, file('more.txt', taken.hashes), checkpoints), [['results.log', { leaves: 20, checkpoints: 4 }], duplicates('hashes.txt', 'more.txt')])
  const manifests = ['manifest.json', 'manifest (1).json'].map(name => file(name, taken.exported['manifest.json']!))
  t.strictSame(await judged(...manifests, file('a.csv', '')), [duplicates('manifest.json', 'manifest (1).json'), ['missing.unjudged', { file: 'a.csv' }]])
})

t.test('names the changed part of an export', async t => {
  const changed = async (changes: Record<string, string | undefined>) => await judged(file('export.zip', await zipFiles(Object.fromEntries(Object.entries({ ...taken.exported, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined)))))
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

t.test('reports a truncated ZIP', async t => {
  const whole = await zipFiles(taken.exported)
  for (const length of [whole.length - 500, 200, 10]) {
    t.strictSame(await judged(file('export.zip', whole.subarray(0, length))), [['missing.zip-unreadable', {}]], `${length} bytes`)
  }
})

t.test('reports what is missing or unreadable', async t => {
  t.strictSame(await judged(), [['missing.evidence', {}]])
  t.strictSame(await judged(leaves), [['missing.checkpoints', {}]])
  t.strictSame(await judged(newest), [['missing.evidence', {}]])
  t.strictSame(await judged(file('leaves.ndjson', `${taken.leaves}\n\n`), newest), [['missing.leaves-unreadable', { line: 21 }]])
  t.strictSame(await judged(leaves, file('hashes.txt', taken.hashes.replace(/\n.{4}/, '\n')), newest), [['missing.hashes-unreadable', { line: 2 }]])
  t.strictSame(pick(parseVerifierKeys(sha256, ''), 'key'), { key: 'verifier.missing.keys' })
  t.strictSame(pick(parseVerifierKeys(sha256, `${taken.key}\nx+y+z`), 'key', 'values'), { key: 'verifier.missing.key-unreadable', values: { key: 'x+y+z' } })
  t.strictSame(await judged(leaves, file('newest.txt', taken.newest.replace('\n20\n', '\n19\n'))), [['faults.forged', { source: 'newest.txt' }]])
})
