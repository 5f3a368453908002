import { randomBytes, randomUUID } from 'node:crypto'
import { sql, type Kysely, type KyselyPlugin } from 'kysely'
import t from 'tap'
import type { Database } from '../../../src/database/schema.js'
import { splitCheckpoints } from '../../../src/audit/transparency-log/checkpoint.js'
import { toVerifierKeys } from '../../../src/audit/sealing/log-crypto.js'
import { verifyLog, type LogVerification } from '../../../src/audit/verification/verify-log.js'
import { openTestDatabase } from '../../helpers/database.js'
import { databaseTamperings, insertForgedEvent } from '../../helpers/tamper.js'
import { appendEvents, appendManyEvents, runAsSuperuser, sealTestLog, createTestLog } from '../../helpers/transparency-log.js'
import { postgresOnly } from '../../helpers/processes.js'
import { pick } from '../../helpers/projections.js'

const log = createTestLog()
const keys = toVerifierKeys(log.keys, log.origin)
const { db } = await openTestDatabase(t, 'schema')

// Ten events, a skipped sequence number, ten more events, and a checkpoint after every five.
await appendEvents(db, 5)
const early = (await sealTestLog(db, log)).note
await appendEvents(db, 5)
await sealTestLog(db, log)
await sql`select nextval(pg_get_serial_sequence('audit_events', 'sequence'))`.execute(db)
for (const count of [5, 5]) {
  await appendEvents(db, count)
  await sealTestLog(db, log)
}
const events = await db.selectFrom('audit_events').select(['id', 'sequence']).orderBy('sequence').execute()
const late = (await sealTestLog(db, log)).note

const verify = async (trx: Kysely<Database>, outside: readonly string[] = []) => await verifyLog(trx, { keys, externalCheckpoints: outside.map(note => ({ source: 'kept', notes: splitCheckpoints(note).notes })) })

/** Verifies the log after a manipulation, which is then rolled back. */
async function after (tamper: (trx: Kysely<Database>) => Promise<unknown>, outside: readonly string[] = []) {
  let result: Awaited<ReturnType<typeof verify>> | undefined
  await runAsSuperuser(db, async trx => {
    await tamper(trx)
    result = await verify(trx, outside)
    throw new Error('undone')
  }).catch((error: Error) => { if (error.message !== 'undone') throw error })
  return result! as LogVerification
}

t.test('verifies an untouched log with all its texts', async t => {
  t.strictSame(await verify(db, [early, late]), {
    verdict: { leaves: 20, covered: 20, fault: undefined },
    texts: { bound: 20, erased: 0, fault: undefined },
    checkpoints: 6,
    unknownKeyCheckpoints: 0,
    pendingEvents: 0,
  })
})

for (const tamper of databaseTamperings) {
  t.test(`${tamper.name}: reports ${tamper.fault} and names the event`, async t => {
    t.strictSame((await after(async trx => await tamper.apply(trx, events))).verdict.fault, { kind: tamper.fault, leaf: tamper.leaf, event: events[tamper.event]!.id })
  })
}

t.test('names an event inserted at a free number', async t => {
  const id = randomUUID()
  t.strictSame((await after(async trx => await insertForgedEvent(trx, events[9]!.sequence + 1, id))).verdict.fault, { kind: 'inserted', leaf: 10, event: id })
  t.strictSame((await after(async trx => await insertForgedEvent(trx, 0, id))).verdict.fault, { kind: 'inserted', leaf: 0, event: id })
})

t.test('names the first of several faults', async t => {
  const { verdict } = await after(async trx => {
    await databaseTamperings[7]!.apply(trx, events)
    await databaseTamperings[0]!.apply(trx, events)
    await databaseTamperings[3]!.apply(trx, events)
  })
  t.strictSame(verdict.fault, { kind: 'removed', leaf: 5, event: events[5]!.id })
})

t.test('detects an event altered with its hash, by the next signature', async t => {
  const { verdict } = await after(async trx => {
    await databaseTamperings[0]!.apply(trx, events)
    await sql`update log_leaves set hash = ${randomBytes(32)} where index = 7`.execute(trx)
  })
  t.strictSame(verdict.fault, { kind: 'corrupt-range', from: 5, to: 10, source: 'database' })
})

t.test('distinguishes an altered hash from an altered event', async t => {
  t.strictSame((await after(async trx => await sql`update log_leaves set hash = ${randomBytes(32)} where index = 7`.execute(trx))).verdict.fault, { kind: 'record', leaf: 7, event: events[7]!.id })
})

t.test('detects a truncated log only by an external checkpoint', async t => {
  const cut = async (trx: Kysely<Database>) => {
    for (const { id } of events.slice(15)) {
      await trx.deleteFrom('audit_texts').where('event_id', '=', id).execute()
      await trx.deleteFrom('audit_events').where('id', '=', id).execute()
    }
    await trx.deleteFrom('log_leaves').where('index', '>=', 15).execute()
    await trx.deleteFrom('log_checkpoints').where('size', '>', 15).execute()
  }
  t.strictSame((await after(cut)).verdict, { leaves: 15, covered: 15, fault: undefined })
  t.strictSame((await after(cut, [late])).verdict, { leaves: 15, covered: 20, fault: { kind: 'cut', leaf: 15, event: undefined } })
  t.equal((await after(cut, [early])).verdict.fault, undefined)
})

t.test('names leaves whose checkpoint is missing', async t => {
  t.strictSame(pick((await after(async trx => await trx.deleteFrom('log_checkpoints').where('size', '>', 10).execute())).verdict, 'covered', 'fault'), { covered: 10, fault: { kind: 'unsigned', leaf: 10, event: events[10]!.id } })
})

t.test('reports two logs under one name as a fork', async t => {
  const other = await openTestDatabase(t, 'schema')
  await appendEvents(other.db, 20)
  const { note } = await sealTestLog(other.db, log)
  t.strictSame((await verify(db, [note]) as LogVerification).verdict.fault, { kind: 'fork', size: 20, sources: ['database', 'kept'] })
  await appendEvents(other.db, 1)
  t.strictSame(pick((await verify(other.db, [late]) as LogVerification).verdict.fault, 'kind'), { kind: 'fork' })
})

t.test('reports a forged checkpoint and an unknown signer', async t => {
  t.strictSame(await verify(db, [late.replace('\n20\n', '\n21\n')]), { kind: 'forged', source: 'kept' })
  const stranger = createTestLog()
  t.strictSame(await verifyLog(db, { keys: toVerifierKeys(stranger.keys, log.origin), externalCheckpoints: [] }), { kind: 'unknown-key', source: 'database' })
  t.strictSame(await verify(db, ['']), { kind: 'no-checkpoint', source: 'kept' })
})

t.test('names a personal text that was altered, added or removed', async t => {
  const id = events[6]!.id
  const altered = await after(async trx => await trx.updateTable('audit_texts').set({ text: 'another word' }).where('event_id', '=', id).execute())
  t.equal(altered.verdict.fault, undefined)
  t.strictSame(altered.texts.fault, { kind: 'text-altered', event: id, sequence: events[6]!.sequence, name: 'reference' })
  const added = await after(async trx => await trx.insertInto('audit_texts').values({ event_id: id, name: 'reason', salt: randomBytes(32), text: 'x' }).execute())
  t.strictSame(pick(added.texts.fault, 'kind', 'event', 'name'), { kind: 'text-added', event: id, name: 'reason' })
  const removed = await after(async trx => await trx.deleteFrom('audit_texts').where('event_id', '=', id).execute())
  t.equal(removed.verdict.fault, undefined)
  t.strictSame(removed.texts, { bound: 19, erased: 1, fault: { kind: 'text-removed', event: id, sequence: events[6]!.sequence, name: 'reference' } })
})

t.test('checks the subtree hashes that proofs use', async t => {
  await appendManyEvents(db, 600)
  await sealTestLog(db, log)
  t.strictSame((await verify(db) as LogVerification).verdict, { leaves: 620, covered: 620, fault: undefined })
  t.strictSame((await after(async trx => await sql`update log_subtrees set hash = ${randomBytes(32)} where index = 1`.execute(trx))).verdict.fault, { kind: 'subtree', level: 8, index: 1 })
  t.strictSame((await after(async trx => await sql`delete from log_subtrees`.execute(trx))).verdict.fault, { kind: 'subtree', level: 8, index: 0 })
})

t.test('verifies without a false alarm while a sealer signs', postgresOnly, async t => {
  let batches = 0
  const sealing: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (batches++ < 3) {
        await appendEvents(db, 1)
        await sealTestLog(db, log)
      }
      return result
    },
  }
  const { size } = await db.selectFrom('log_checkpoints').select('size').orderBy('number', 'desc').executeTakeFirstOrThrow()
  const during = await verify(db.withPlugin(sealing)) as LogVerification
  t.strictSame([during.verdict, during.pendingEvents], [{ leaves: size, covered: size, fault: undefined }, 0])
  t.strictSame((await verify(db) as LogVerification).verdict, { leaves: size + 3, covered: size + 3, fault: undefined })
})
