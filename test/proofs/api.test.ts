/** Verifies the proofs as an independent program would: from the API's answers and SHA-256 alone, without product code. */
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import t from 'tap'
import { createLogKeys } from '../../src/audit/sealing/log-crypto.js'
import { buildTestApp } from '../helpers/app.js'
import { appendEvents, appendManyEvents, createTestLog } from '../helpers/transparency-log.js'
import { temporaryFolder } from '../helpers/processes.js'
import { pick, readProblem } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { deps: { db } } = test
const auditor = await test.signIn('auditor')
const get = async (url: string) => await test.api(auditor, { url: `/audit${url}` })
const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const node = (left: Buffer, right: Buffer) => sha256(Buffer.of(1), left, right)

/** Computes the Merkle tree hash as in RFC 6962 §2.1. */
function treeHead (leaves: readonly string[]): Buffer {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(Buffer.of(0), Buffer.from(leaves[0]!))
  const middle = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return node(treeHead(leaves.slice(0, middle)), treeHead(leaves.slice(middle)))
}

/** Computes the audit path as in RFC 6962 §2.1.1. */
function path (leaf: number, leaves: readonly string[]): Buffer[] {
  if (leaves.length === 1) return []
  const middle = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return leaf < middle ? [...path(leaf, leaves.slice(0, middle)), treeHead(leaves.slice(middle))] : [...path(leaf - middle, leaves.slice(middle)), treeHead(leaves.slice(0, middle))]
}

/** Computes the consistency proof as in RFC 6962 §2.1.2. */
function growth (size: number, leaves: readonly string[], whole: boolean): Buffer[] {
  if (size === leaves.length) return whole ? [] : [treeHead(leaves)]
  const middle = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return size <= middle
    ? [...growth(size, leaves.slice(0, middle), whole), treeHead(leaves.slice(middle))]
    : [...growth(size - middle, leaves.slice(middle), false), treeHead(leaves.slice(0, middle))]
}

const base64 = (hashes: readonly Buffer[]) => hashes.map(hash => hash.toString('base64'))
const linesOf = (text: string) => text.split('\n').slice(0, -1)
const hashLine = (leaf: string) => `${treeHead([leaf]).toString('base64')} ${(JSON.parse(leaf) as { id: string }).id}\n`
const leaves = async () => linesOf((await get('/leaves')).body)

t.test('seals up to now and signs the checkpoint with the published key', async t => {
  const checkpoint = await get('/checkpoint')
  t.equal(checkpoint.headers['content-type'], 'text/plain; charset=utf-8')
  const [text = '', signatureLine = ''] = checkpoint.body.split('\n\n')
  const [origin, size, root] = text.split('\n')
  const all = await leaves()
  t.strictSame([origin, Number(size), root], ['desk.example/metropolia', all.length, treeHead(all).toString('base64')])
  t.ok(all.some(leaf => leaf.includes('signed-in')), 'the checkpoint includes the recent sign-in')

  const [, name, id, key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec((await get('/verifier-key')).body)!
  t.equal(name, origin)
  const [, signer, encoded] = /^— (\S+) (\S+)\n$/.exec(signatureLine)!
  const signature = Buffer.from(encoded!, 'base64')
  const raw = Buffer.from(key!, 'base64')
  t.equal(signer, name)
  t.equal(signature.subarray(0, 4).toString('hex'), id)
  t.equal(sha256(Buffer.from(`${name}\n`), raw).subarray(0, 4).toString('hex'), id)
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.subarray(1).toString('base64url') }, format: 'jwk' })
  t.ok(verify(null, Buffer.from(`${text}\n`), publicKey, signature.subarray(4)))
})

t.test('lists leaves as canonical JSON and records the access', async t => {
  await appendEvents(db, 3)
  await get('/checkpoint')
  const answer = await get('/leaves?from=1&limit=2')
  t.equal(answer.headers['content-type'], 'application/x-ndjson; charset=utf-8')
  const all = await leaves()
  t.equal(answer.body, `${all[1]}\n${all[2]}\n`)
  const rows = await db.selectFrom('audit_events').selectAll().orderBy('sequence').execute()
  t.strictSame(all.map(leaf => JSON.parse(leaf) as unknown), rows.slice(0, all.length).map(row => ({
    id: row.id,
    at: row.at.toISOString(),
    kind: row.kind,
    actor: row.actor,
    facts: row.facts,
    ...(row.slip === null ? {} : { slip: row.slip }),
    ...(row.account === null ? {} : { account: row.account }),
    ...(row.service_point === null ? {} : { servicePoint: row.service_point }),
  })))
  t.strictSame(rows.filter(row => row.kind === 'log-read').map(row => row.facts), [{ from: 0 }, { from: 1, limit: 2 }, { from: 0 }])
  t.equal((await leaves()).length, all.length, 'the leaves contain only sealed events, not the event of this access')
  t.equal((await get(`/leaves?from=${all.length}`)).body, '', 'there is nothing after the last leaf')
})

t.test('gives RFC 6962 proofs for every shape of the tree', async t => {
  await appendManyEvents(db, 700)
  await get('/checkpoint')
  const all = await leaves()
  for (const [leaf, size] of [[0, 1], [0, 2], [1, 3], [4, 7], [255, 256], [255, 257], [256, 257], [300, 600], [599, 600], [0, all.length], [all.length - 1, all.length], [511, 700]] as const) {
    t.strictSame((await get(`/proofs/inclusion?leaf=${leaf}&size=${size}`)).json(), { hashes: base64(path(leaf, all.slice(0, size))) }, `leaf ${leaf} of ${size}`)
  }
  for (const [from, to] of [[1, 1], [1, 2], [3, 7], [4, 8], [6, 8], [255, 256], [256, 257], [256, 512], [257, all.length], [600, all.length], [all.length, all.length]] as const) {
    t.strictSame((await get(`/proofs/consistency?from=${from}&to=${to}`)).json(), { hashes: base64(growth(from, all.slice(0, to), true)) }, `${from} to ${to}`)
  }
  t.strictSame((await get('/proofs/consistency?from=0&to=7')).json(), { hashes: [] }, 'every log is consistent with the empty log')
})

t.test('exports the sealed hashes and every checkpoint', async t => {
  const all = await leaves()
  t.equal((await get('/leaf-hashes')).body, all.map(hashLine).join(''))
  t.equal((await get('/leaf-hashes?from=2&limit=1')).body, hashLine(all[2]!))
  const newest = (await get('/checkpoint')).body
  t.ok((await get('/checkpoints')).body.endsWith(`\n\n${newest}\n`))
})

t.test('reports an invalid range at its field', async t => {
  const { length } = await leaves()
  const bad: ReadonlyArray<readonly [url: string, ...fields: string[]]> = [
    ['/leaves?from=-1', 'from'], ['/leaves?from=x', 'from'], ['/leaves?limit=0', 'limit'], ['/leaves?from=1.5', 'from'], [`/leaves?from=${length + 1}`, 'from'], ['/leaves?size=1', ''],
    ['/proofs/inclusion?leaf=0&size=0', 'leaf'], ['/proofs/inclusion?leaf=3&size=3', 'leaf'], [`/proofs/inclusion?leaf=0&size=${length + 1}`, 'size'], ['/proofs/inclusion?leaf=0', 'size'],
    ['/proofs/consistency?from=3&to=2', 'from'], [`/proofs/consistency?from=1&to=${length + 1}`, 'to'], ['/proofs/consistency?to=2', 'from'], ['/proofs/consistency?from=1&to=99999999999999999999', 'to', 'to'],
    [`/leaf-hashes?from=${length + 1}`, 'from'],
  ]
  for (const [url, ...fields] of bad) {
    const answer = await get(url)
    t.strictSame(readProblem(answer), { status: 400, code: 'validation-failed', errors: fields }, url)
  }
})

t.test('lets only the auditor read the log', async t => {
  for (const login of ['agent', 'porter', 'admin']) {
    const token = await test.signIn(login)
    for (const url of ['/checkpoint', '/checkpoints', '/verifier-key', '/leaves', '/leaf-hashes', '/proofs/inclusion?leaf=0&size=1', '/proofs/consistency?from=1&to=1']) {
      t.equal((await test.api(token, { url: `/audit${url}` })).statusCode, 403, `${login} ${url}`)
    }
  }
})

t.test('answers 503 and logs an error when the log cannot be signed', async t => {
  const checkpointFile = join(await temporaryFolder(t), 'checkpoints.txt')
  await writeFile(checkpointFile, 'elsewhere.example\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— elsewhere.example Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\n')
  const other = await buildTestApp(t, { logSettings: createTestLog({ keys: createLogKeys([randomBytes(32)]), checkpointFile }) })
  const answer = await other.api(await other.signIn('auditor'), { url: '/audit/checkpoint' })
  t.equal(answer.statusCode, 503)
  t.matchOnlyStrict(pick(answer.json(), 'code', 'detail'), { code: 'unavailable', detail: /no longer signed/ })
  t.ok(other.logLines.some(line => line.includes('"level":60') && line.includes('AUDIT LOG SEALING STOPPED') && line.includes('"reason":"unknown-key"')))
})
