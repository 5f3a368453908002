/** Tests with several connections: late commits, concurrent sealers and a killed sealer. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import t from 'tap'
import { appendEvent } from '../../../src/audit/events.js'
import { createLogKeys, createNodeCryptoTreeHasher } from '../../../src/audit/sealing/log-crypto.js'
import { sealLog } from '../../../src/audit/sealing/seal-log.js'
import { encodeLeaf, listEvents } from '../../../src/audit/sealing/stored-log.js'
import { AppendOnlyTree } from '../../../src/audit/transparency-log/merkle-tree.js'
import type { Database } from '../../../src/database/schema.js'
import { countLockWaits, openTestDatabase, testStart } from '../../helpers/database.js'
import { postgresOnly, startServer, temporaryFolder } from '../../helpers/processes.js'
import { appendEvents, appendManyEvents, createTestLog, parseCheckpointNote, sealTestLog } from '../../helpers/transparency-log.js'
import { pick } from '../../helpers/projections.js'

const sealedIds = async (db: Kysely<Database>) => (await db.selectFrom('log_leaves').select('event_id').orderBy('index').execute()).map(one => one.event_id)

/** Opens a transaction that has written an event. */
async function openWriter (db: Kysely<Database>) {
  const trx = await db.startTransaction().execute()
  return { trx, id: await appendEvent(trx, { kind: 'signed-out', at: testStart, actor: 'system' }) }
}

t.test('never skips an event whose transaction commits late', postgresOnly, async t => {
  const { db } = await openTestDatabase(t, 'schema')
  const log = createTestLog()
  const before = await appendEvents(db, 2)
  const late = await openWriter(db)
  const rolledBack = await openWriter(db)
  const after = await appendEvents(db, 3)

  t.test('seals and reports only the events before an open transaction', async t => {
    t.strictSame(pick(await sealTestLog(db, log), 'added', 'isComplete'), { added: 2, isComplete: false })
    t.strictSame(await sealedIds(db), before)
    t.strictSame(pick(await sealTestLog(db, log), 'added', 'isComplete'), { added: 0, isComplete: false })
  })

  t.test('does not block writers', async t => {
    const sealing = sealLog(db, log, testStart, { maxWaitMs: 400 })
    const waiting = await countLockWaits(db)
    after.push(...await appendEvents(db, 1))
    t.equal(waiting, 0)
    t.strictSame(pick(await sealing, 'isComplete'), { isComplete: false })
  })

  t.test('seals it in order after the commit; a rollback leaves no gap', async t => {
    await rolledBack.trx.rollback().execute()
    const waiting = sealLog(db, log, testStart)
    await late.trx.commit().execute()
    t.strictSame(pick(await waiting, 'added', 'isComplete'), { added: 5, isComplete: true }, 'the sealer waits briefly for the commit')
    t.strictSame(await sealedIds(db), [...before, late.id, ...after])
  })
})

t.test('makes one log without a gap from concurrent sealers and writers', postgresOnly, async t => {
  const { db } = await openTestDatabase(t, 'schema')
  const log = createTestLog()
  const work = async () => { for (let round = 0; round < 4; round++) await appendEvents(db, 5) }
  const seal = async () => { for (let round = 0; round < 4; round++) await sealTestLog(db, log) }
  await Promise.all([work(), seal(), work(), seal(), work(), seal()])
  await sealTestLog(db, log)
  const events = await listEvents(db, 0, Number.MAX_SAFE_INTEGER, 1000)
  t.equal(events.length, 60)
  t.strictSame(await sealedIds(db), events.map(event => event.id))
})

t.test('continues the log after a server is killed while sealing', postgresOnly, async t => {
  const { db } = await openTestDatabase(t, 'schema')
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db)
  const address = Object.assign(new URL(process.env['DATABASE_URL']!), { pathname: `/${rows[0]!.name}` }).href
  const seed = randomBytes(32)
  const checkpointFile = join(await temporaryFolder(t), 'checkpoints.txt')
  const environment = {
    CHECKPOINT_FILE: checkpointFile,
    DATABASE_URL: address,
    LOG_KEY: seed.toString('base64'),
    CODE_KEY: randomBytes(32).toString('base64'),
    SESSION_KEY: randomBytes(32).toString('base64'),
  }
  const count = async () => (await db.selectFrom('log_checkpoints').select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow()).count
  await appendManyEvents(db, 8000)
  for (let killed = 1; killed <= 2; killed++) {
    const server = startServer(t, environment)
    const reached = await count() + 2
    while (await count() < reached) continue
    server.process.kill('SIGKILL')
    await server.ended
  }
  const before = await db.selectFrom('log_leaves').select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow()
  t.ok(before.count < 8000, 'it was killed before it had finished')
  const { note } = await sealTestLog(db, { origin: 'unused', keys: createLogKeys([seed]), checkpointFile })
  const hash = createNodeCryptoTreeHasher()
  const tree = new AppendOnlyTree(hash)
  const events = await listEvents(db, 0, Number.MAX_SAFE_INTEGER, 20_000)
  for (const event of events) tree.append(hash.leaf(encodeLeaf(event)))
  // The server may have recorded events of its own.
  t.ok(events.length >= 8000)
  const { origin, size, root } = parseCheckpointNote(note)
  t.strictSame([origin, size, Buffer.from(root)], ['127.0.0.1:0/metropolia', events.length, Buffer.from(tree.root())])
})
