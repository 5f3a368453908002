import { randomBytes } from 'node:crypto'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { createLogKeys, createNodeCryptoTreeHasher, nodeCrypto, toVerifierKeys } from '../../../src/audit/sealing/log-crypto.js'
import { sealLog } from '../../../src/audit/sealing/seal-log.js'
import { encodeLeaf, listEvents } from '../../../src/audit/sealing/stored-log.js'
import { openCheckpoint } from '../../../src/audit/transparency-log/checkpoint.js'
import type { VerifierKey } from '../../../src/audit/transparency-log/signed-note.js'
import { AppendOnlyTree } from '../../../src/audit/transparency-log/merkle-tree.js'
import { openTestDatabase, testStart } from '../../helpers/database.js'
import { temporaryFolder } from '../../helpers/processes.js'
import { appendEvents, appendManyEvents, createTestLog, parseCheckpointNote, runAsSuperuser, sealTestLog } from '../../helpers/transparency-log.js'

const { db } = await openTestDatabase(t, 'schema')
const log = createTestLog()
const hash = createNodeCryptoTreeHasher()

/** Computes the root from the events alone. */
async function rootOfEvents (): Promise<Uint8Array> {
  const tree = new AppendOnlyTree(hash)
  for (const event of await listEvents(db, 0, Number.MAX_SAFE_INTEGER, 100_000)) tree.append(hash.leaf(encodeLeaf(event)))
  return tree.root()
}

const checkpoints = async () => await db.selectFrom('log_checkpoints').select(['size', 'note']).orderBy('number').execute()

const readCheckpoint = (note: string) => {
  const { origin, size, root } = parseCheckpointNote(note)
  return [origin, size, Buffer.from(root)]
}
/** Returns the ids of the given keys that signed the note. */
const signersOf = (note: string, ...keys: VerifierKey[]) => {
  const opened = openCheckpoint(nodeCrypto, note, keys)
  return 'signedBy' in opened ? opened.signedBy.map(({ id }) => id) : opened
}

t.test('signs a log without events as empty', async t => {
  const { note, added, isComplete } = await sealTestLog(db, log)
  t.strictSame({ added, isComplete }, { added: 0, isComplete: true })
  t.strictSame(readCheckpoint(note), ['desk.example/metropolia', 0, Buffer.from(hash.emptyRoot)])
})

t.test('seals and signs committed events in order; no new events, no checkpoint', async t => {
  const ids = await appendEvents(db, 5)
  const { note, added } = await sealTestLog(db, log)
  t.equal(added, 5)
  t.strictSame(signersOf(note, ...toVerifierKeys(log.keys, log.origin)), toVerifierKeys(log.keys, log.origin).map(({ id }) => id))
  t.strictSame(readCheckpoint(note), ['desk.example/metropolia', 5, Buffer.from(await rootOfEvents())])
  const leaves = await db.selectFrom('log_leaves').selectAll().orderBy('index').execute()
  t.strictSame(leaves.map(leaf => [leaf.index, leaf.event_id]), ids.map((id, index) => [index, id]))
  t.strictSame(await sealTestLog(db, log), { note, added: 0, isComplete: true })
  t.equal((await checkpoints()).length, 2)
})

t.test('seals thousands in batches, each with a checkpoint over the right tree', async t => {
  await appendManyEvents(db, 1200)
  const { note, added } = await sealTestLog(db, log)
  t.equal(added, 1200)
  t.strictSame(readCheckpoint(note), ['desk.example/metropolia', 1205, Buffer.from(await rootOfEvents())])
  t.strictSame((await checkpoints()).map(one => one.size), [0, 5, 505, 1005, 1205])
  t.equal((await db.selectFrom('log_subtrees').selectAll().execute()).length, 4, 'four times 256 leaves are complete')
  await appendEvents(db, 3)
  t.strictSame(readCheckpoint((await sealTestLog(db, log)).note), ['desk.example/metropolia', 1208, Buffer.from(await rootOfEvents())], 'sealing continues from the stored subtrees')
})

t.test('keeps the name of an existing log', async t => {
  await appendEvents(db, 1)
  t.equal(parseCheckpointNote((await sealTestLog(db, { ...log, origin: 'moved.example/metropolia' })).note).origin, 'desk.example/metropolia')
})

t.test('refuses to change sealed leaves, subtrees and checkpoints, even as owner', async t => {
  for (const [table, column] of [['log_leaves', 'index'], ['log_subtrees', 'index'], ['log_checkpoints', 'size']] as const) {
    for (const attempt of [sql`update ${sql.table(table)} set ${sql.ref(column)} = 99`, sql`delete from ${sql.table(table)}`, sql`truncate ${sql.table(table)}`]) {
      await t.rejects(attempt.execute(db), { code: '42501', message: /stays on record/ }, table)
    }
  }
})

t.test('signs with both keys during rotation, then with the new one alone', async t => {
  const next = createLogKeys([randomBytes(32)])[0]
  const both = await sealTestLog(db, { ...log, keys: [next, log.keys[0]] })
  const [newKey] = toVerifierKeys([next], log.origin)
  const [oldKey] = toVerifierKeys(log.keys, log.origin)
  for (const key of [newKey, oldKey]) t.strictSame(signersOf(both.note, key), [key.id])
  const alone = await sealTestLog(db, { ...log, keys: [next] })
  t.equal(alone.note, both.note, 'the note is unchanged, since the new key has signed it')
  await appendEvents(db, 1)
  const { note } = await sealTestLog(db, { ...log, keys: [next] })
  t.strictSame(openCheckpoint(nodeCrypto, note, [oldKey]), { fault: 'unknown-key' })
  t.strictSame(await sealLog(db, log, testStart), { where: 'database', reason: 'unknown-key' }, 'a removed key cannot sign any more')
  await sealTestLog(db, { ...log, keys: [log.keys[0], next] })
})

t.test('publishes every checkpoint to the file, also after a crash', async t => {
  const checkpointFile = join(await temporaryFolder(t), 'checkpoints.txt')
  const published = { ...log, checkpointFile }
  const first = (await sealTestLog(db, published)).note
  t.equal(await readFile(checkpointFile, 'utf8'), `${first}\n`)
  await appendEvents(db, 1)
  const second = (await sealTestLog(db, log)).note
  await appendFile(checkpointFile, second.slice(0, 40))
  t.equal((await sealTestLog(db, published)).note, second)
  t.equal(await readFile(checkpointFile, 'utf8'), `${first}\n${second.slice(0, 40)}\n\n${second}\n`)
  await sealTestLog(db, published)
  t.equal(await readFile(checkpointFile, 'utf8'), `${first}\n${second.slice(0, 40)}\n\n${second}\n`, 'each checkpoint is published once')
})

t.test('refuses to sign a database that contradicts the signed log', async t => {
  const checkpointFile = join(await temporaryFolder(t), 'checkpoints.txt')
  const published = { ...log, checkpointFile }
  await appendEvents(db, 2)
  const { note } = await sealTestLog(db, published)
  const { size } = parseCheckpointNote(note)
  const refused = async (where: string, reason: string, tamper: () => Promise<unknown>, restore: () => Promise<unknown>) => {
    await tamper()
    await appendEvents(db, 1)
    const before = await checkpoints()
    t.strictSame(await sealLog(db, published, testStart), { where, reason }, `${where} ${reason}`)
    t.strictSame(await checkpoints(), before)
    await restore()
    await sealTestLog(db, published)
  }
  const last = await db.selectFrom('log_leaves').selectAll().orderBy('index', 'desc').executeTakeFirstOrThrow()
  const change = async (bytes: Buffer) => await runAsSuperuser(db, async trx => await trx.updateTable('log_leaves').set({ hash: bytes }).where('index', '=', last.index).execute())
  await refused('database', 'differs', async () => await change(randomBytes(32)), async () => await change(last.hash))
  await refused('database', 'forged', async () => await runAsSuperuser(db, async trx => await trx.insertInto('log_checkpoints').values({ number: sql<number>`(select max(number) + 1 from log_checkpoints)`, size, note: note.replace(`\n${size}\n`, `\n${size - 1}\n`), signed_at: testStart }).execute()),
    async () => await runAsSuperuser(db, async trx => await sql`delete from log_checkpoints where number = (select max(number) from log_checkpoints)`.execute(trx)))
  const file = await readFile(checkpointFile, 'utf8')
  const elsewhere = await openTestDatabase(t, 'schema')
  await appendManyEvents(elsewhere.db, size + 20)
  const longer = (await sealTestLog(elsewhere.db, log)).note
  await refused('file', 'behind', async () => await writeFile(checkpointFile, `${file}${longer}\n`), async () => await writeFile(checkpointFile, file))
  const ofThatSize = (await elsewhere.db.selectFrom('log_checkpoints').select('note').where('size', '=', 500).executeTakeFirstOrThrow()).note
  await refused('file', 'differs', async () => await writeFile(checkpointFile, `${ofThatSize}\n`), async () => await writeFile(checkpointFile, file))
})

t.test('detects a rolled-back database against the checkpoint file', async t => {
  const checkpointFile = join(await temporaryFolder(t), 'checkpoints.txt')
  const published = { ...log, checkpointFile }
  const before = parseCheckpointNote((await sealTestLog(db, published)).note).size
  await appendEvents(db, 4)
  await sealTestLog(db, published)
  await runAsSuperuser(db, async trx => {
    await trx.deleteFrom('log_leaves').where('index', '>=', before).execute()
    await trx.deleteFrom('log_checkpoints').where('size', '>', before).execute()
  })
  t.strictSame(await sealLog(db, published, testStart), { where: 'file', reason: 'behind' })
})
