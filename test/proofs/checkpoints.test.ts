/** Checkpoints that were removed or changed in the database or in the checkpoint file. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import t from 'tap'
import { splitCheckpoints } from '../../src/audit/transparency-log/checkpoint.js'
import type { Database } from '../../src/database/schema.js'
import { verifyCheckpointRows, verifyPublishedCheckpoints, verifySubtreeRows } from '../../src/proofs/tables/checkpoints.js'
import { openTestDatabase } from '../helpers/database.js'
import { findAfterTampering } from '../helpers/full-history.js'
import { temporaryFolder } from '../helpers/processes.js'
import { appendEvents, createTestLog, sealTestLog } from '../helpers/transparency-log.js'

const { db } = await openTestDatabase(t)
const checkpointFile = join(await temporaryFolder(t), 'checkpoints.txt')
const log = createTestLog({ checkpointFile })
for (let round = 0; round < 5; round++) {
  await appendEvents(db, 1)
  // The third checkpoint is signed by a process that is killed before it writes the file.
  await sealTestLog(db, round === 2 ? { ...log, checkpointFile: undefined } : log)
}
const readFileSource = async () => ({ source: 'checkpoints.txt', notes: splitCheckpoints(await readFile(checkpointFile, 'utf8')).notes })
const published = await readFileSource()
const after = async (tamper: (trx: Kysely<Database>) => Promise<unknown>) => await findAfterTampering(db, tamper, async trx =>
  [await verifyCheckpointRows(trx), ...await verifyPublishedCheckpoints(trx, [published], published)].filter(found => found !== undefined))

t.test('publishes what a crash left out, so that file and database have the same checkpoints', async t => {
  t.strictSame(published.notes, (await db.selectFrom('log_checkpoints').select('note').orderBy('number').execute()).map(({ note }) => note))
  t.strictSame(await after(async () => {}), [])
})

t.test('names a removed checkpoint by its number, and by the file', async t => {
  const before = await db.selectFrom('log_checkpoints').select('size').orderBy('number').execute()
  t.strictSame(await after(async trx => await sql`delete from log_checkpoints where number = 3`.execute(trx)), [
    { table: 'log_checkpoints', row: '3', kind: 'removed' },
    { table: 'log_checkpoints', row: `the checkpoint of ${before[2]!.size} events in checkpoints.txt`, kind: 'removed' },
  ])
  const renumbered = await after(async trx => {
    await sql`delete from log_checkpoints where number = 3`.execute(trx)
    await sql`update log_checkpoints set number = number - 1 where number > 3`.execute(trx)
  })
  t.strictSame(renumbered, [{ table: 'log_checkpoints', row: `the checkpoint of ${before[2]!.size} events in checkpoints.txt`, kind: 'removed' }], 'the file has it')
})

t.test('names a checkpoint whose number or size was changed', async t => {
  t.strictSame(await after(async trx => await sql`update log_checkpoints set size = size + 1 where number = 5`.execute(trx)), [
    { table: 'log_checkpoints', row: '5', kind: 'altered', column: 'size' },
    { table: 'log_checkpoints', row: `the checkpoint of ${(await db.selectFrom('log_checkpoints').select('size').where('number', '=', 5).executeTakeFirstOrThrow()).size} events in checkpoints.txt`, kind: 'removed' },
  ])
  const swapped = await after(async trx => {
    for (const [from, to] of [[2, 99], [3, 2], [99, 3]] as const) await sql`update log_checkpoints set number = ${to} where number = ${from}`.execute(trx)
  })
  t.strictSame(swapped, [{ table: 'log_checkpoints', row: '3', kind: 'added' }])
})

t.test('names a checkpoint that the file lacks between its first and its last', async t => {
  const without = (...left: readonly number[]) => ({ source: 'checkpoints.txt', notes: published.notes.filter((_, index) => !left.includes(index)) })
  t.strictSame(await verifyPublishedCheckpoints(db, [], without(2)), [{ table: 'checkpoints.txt', row: 'checkpoint 3', kind: 'removed' }])
  t.strictSame(await verifyPublishedCheckpoints(db, [], without(0, 1)), [], 'the file may begin later')
  t.strictSame(await verifyPublishedCheckpoints(db, [], without(4)), [], 'another process may not have written the newest one yet')
})

t.test('publishes to a new file only the newest checkpoint', async t => {
  const another = join(await temporaryFolder(t), 'another.txt')
  await writeFile(another, '')
  const { note } = await sealTestLog(db, { ...log, checkpointFile: another })
  t.strictSame(splitCheckpoints(await readFile(another, 'utf8')).notes, [note])
})

t.test('names a subtree beyond the end of the log', async t => {
  t.equal(await verifySubtreeRows(db), undefined)
  await sql`insert into log_subtrees (level, index, hash) values (8, 0, sha256('x'))`.execute(db)
  t.strictSame(await verifySubtreeRows(db), { table: 'log_subtrees', row: '8/0', kind: 'added' })
})
