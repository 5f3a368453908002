/**
 * Measures the cost of the audit log on PostgreSQL. First, verifying a million events compared with hashing them in one
 * loop: as an exported file of leaves, and as the log in the database with its events, sealed hashes and texts. Then,
 * issuing over HTTP with and without sealing every second, in turns. Prints each beside its limit. Creates its own databases.
 */
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { createLogKeys, createNodeCryptoTreeHasher, type LogSettings, nodeCrypto, toVerifierKeys } from '../src/audit/sealing/log-crypto.js'
import { sealLog } from '../src/audit/sealing/seal-log.js'
import { encodeLeaf, listEvents } from '../src/audit/sealing/stored-log.js'
import type { Leaf } from '../src/audit/transparency-log/leaf-difference.js'
import { parseLeaves } from '../src/audit/transparency-log/leaves.js'
import { openCheckpoints, verifyTree } from '../src/audit/transparency-log/verify-tree.js'
import { verifyLog } from '../src/audit/verification/verify-log.js'
import { connect, type Connection } from '../src/database/connection.js'
import { migrate } from '../src/database/migrations.js'
import { withTemporaryDatabase } from './environment.js'
import { measureIssuingWhileSealing } from './issue-while-sealing.js'

const EVENT_COUNT = Number(process.env['EVENTS'] ?? 1_000_000)
const MAX_RATIO = 4
const CHUNK_BYTES = 1024 * 1024
const log: LogSettings = { origin: 'bench.example/metropolia', keys: createLogKeys([randomBytes(32)]), checkpointFile: undefined }
const verifierKeys = toVerifierKeys(log.keys, log.origin)
const treeHash = createNodeCryptoTreeHasher()

/** Inserts events like those of issuing; every third has a text. */
async function seedEvents ({ db }: Connection): Promise<void> {
  await migrate(db)
  for (let done = 0; done < EVENT_COUNT; done += 100_000) {
    await sql`
      with made as (
        insert into audit_events (id, at, kind, actor, slip, account, service_point, facts)
        select gen_random_uuid(), timestamptz '2026-01-01' + n * interval '13 seconds', 'slip-issued', 'staff:' || gen_random_uuid(), 'K7Q-XM2-P9V', gen_random_uuid(), 'helpdesk-karamalmi',
          jsonb_build_object('channel', 'counter', 'language', 'fi', 'number', n, 'expiresAt', '2026-11-26T21:59:59.999Z') ||
            case when n % 3 = 0 then jsonb_build_object('digests', jsonb_build_object('reference', rtrim(translate(encode(sha256(decode(repeat('ab', 32), 'hex') || convert_to('reference', 'UTF8') || decode('00', 'hex') || convert_to('HD-' || n, 'UTF8')), 'base64'), '+/', '-_'), '='))) else '{}' end
        from generate_series(${done}::int + 1, ${Math.min(EVENT_COUNT, done + 100_000)}::int) n returning id, facts)
      insert into audit_texts (event_id, name, salt, text)
      select id, 'reference', decode(repeat('ab', 32), 'hex'), 'HD-' || (facts ->> 'number') from made where facts ? 'digests'`.execute(db)
  }
  await sql`vacuum analyze`.execute(db)
}

async function measureVerification (connection: Connection): Promise<boolean> {
  const { db } = connection
  await seedEvents(connection)
  const sealing = await measureSeconds(async () => await sealLog(db, log, new Date()))
  printDuration('sealing them all', sealing)

  let ndjson: Buffer[] = []
  const reading = await measureSeconds(async () => { ndjson = await readAndHash(db) })
  const checking = await measureSeconds(async () => {
    const verified = await verifyLog(db, { keys: verifierKeys, externalCheckpoints: [] })
    if ('kind' in verified || verified.verdict.fault !== undefined || verified.verdict.leaves !== EVENT_COUNT || verified.texts.bound !== Math.floor(EVENT_COUNT / 3)) throw new Error('the log does not verify')
  })
  printDuration('hashing them in one loop, read from the database', reading)
  const inDatabase = reportRatio('verifying the log in the database', checking, reading)

  const lines = splitLines(Buffer.concat(ndjson))
  const hashing = await measureSeconds(async () => { for (const line of lines) treeHash.leaf(line) })
  const taken = await measureSeconds(async () => await verifyExportedLeaves(connection, ndjson))
  printDuration('hashing them in one loop, in memory', hashing)
  return reportRatio('verifying leaves that were taken away', taken, hashing) && inDatabase
}

/** Reads every event, encodes it as a leaf and hashes it, in one loop. Returns the leaves for the second comparison. */
async function readAndHash (db: Connection['db']): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  for (let after = 0; ;) {
    const batch = await listEvents(db, after, Number.MAX_SAFE_INTEGER, 5000)
    if (batch.length === 0) return pieces
    const leaves = batch.map(encodeLeaf)
    for (const leaf of leaves) treeHash.leaf(leaf)
    pieces.push(Buffer.concat(leaves.flatMap(leaf => [leaf, Buffer.from('\n')])))
    after = batch.at(-1)!.sequence
  }
}

async function verifyExportedLeaves ({ db }: Connection, ndjson: readonly Buffer[]): Promise<void> {
  const notes = (await db.selectFrom('log_checkpoints').select('note').orderBy('number').execute()).map(({ note }) => note)
  const opened = openCheckpoints(nodeCrypto, [{ source: 'taken', notes }], verifierKeys)
  if ('kind' in opened) throw new Error(opened.kind)
  const { leaves, fault } = await verifyTree(treeHash, { currentLeaves: parseLeaves(splitIntoChunks(ndjson), treeHash) as AsyncIterable<readonly Leaf[]>, sealedLeaves: undefined, checkpoints: opened.checkpoints })
  if (fault !== undefined || leaves !== EVENT_COUNT) throw new Error('the leaves do not verify')
}

/** Yields chunks of the size in which a file is read. */
async function * splitIntoChunks (pieces: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  for (const one of pieces) for (let at = 0; at < one.length; at += CHUNK_BYTES) yield one.subarray(at, at + CHUNK_BYTES)
}

function splitLines (all: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0, end = all.indexOf(10); end !== -1; from = end + 1, end = all.indexOf(10, from)) lines.push(all.subarray(from, end))
  return lines
}

async function measureSeconds (work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

function printDuration (what: string, time: number, more = ''): void {
  process.stdout.write(`${what.padEnd(52)} ${time.toFixed(2).padStart(7)} s   ${(time / EVENT_COUNT * 1e6).toFixed(2).padStart(6)} µs an event${more}\n`)
}

function reportRatio (what: string, time: number, base: number): boolean {
  const ratio = time / base
  printDuration(what, time, `   ${ratio.toFixed(2)} times, limit ${MAX_RATIO}: ${ratio <= MAX_RATIO ? 'held' : 'NOT HELD'}`)
  return ratio <= MAX_RATIO
}

async function run (): Promise<boolean> {
  const verified = await withTemporaryDatabase(async url => {
    const connection = await connect({ url, poolSize: 2, hasNoTimeouts: true })
    return await measureVerification(connection).finally(async () => await connection.close())
  })
  return await withTemporaryDatabase(measureIssuingWhileSealing) && verified
}

run().then(held => { process.exitCode = held ? 0 : 1 }, (error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
})
