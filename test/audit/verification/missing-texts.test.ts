/** Checks that the verifier distinguishes erased texts from removed ones. */
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { metropolia } from '../../../src/institution/profiles/metropolia.js'
import { appendEvent } from '../../../src/audit/events.js'
import { runRetention } from '../../../src/retention/run-retention.js'
import { buildTestApp } from '../../helpers/app.js'
import { findAfterTampering, seedFullHistory, verifyTestLog } from '../../helpers/full-history.js'
import { sealTestLog } from '../../helpers/transparency-log.js'
import { pick } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { deps, clock } = test
const { db } = deps
const { holder } = await seedFullHistory(test)

async function textOf (kind: string, slip: string | null, name: string) {
  return await db.selectFrom('audit_events').innerJoin('audit_texts', 'event_id', 'id').select(['id as event', 'sequence', 'name'])
    .where('kind', '=', kind).where('slip', 'is not distinct from', slip).where('name', '=', name).orderBy('sequence').executeTakeFirstOrThrow()
}

const afterTaking = async ({ event, name }: { event: string, name: string }) => (await findAfterTampering(db,
  async trx => await trx.deleteFrom('audit_texts').where('event_id', '=', event).where('name', '=', name).execute(),
  async trx => await verifyTestLog(test, trx))).texts

t.test('reports erased texts as erased, without a fault', async t => {
  const { verdict, texts } = await verifyTestLog(test)
  t.strictSame([verdict.fault, texts.fault], [undefined, undefined])
  t.ok(texts.erased > 12)
})

for (const [kind, slip, name] of [
  ['slip-issued', holder.numbers[2], 'nameReason'], ['slip-issued', holder.numbers[2], 'birthDateReason'], ['slip-issued', holder.numbers[1], 'address'], ['slip-voided', holder.numbers[2], 'words'], ['slip-step', holder.numbers[1], 'trackingNumber'],
] as const) {
  t.test(`reports a removed “${name}” of ${kind} by its event`, async t => {
    const text = await textOf(kind, slip, name)
    t.strictSame((await afterTaking(text)).fault, { kind: 'text-removed', ...text })
  })
}

t.test('names the first missing text', async t => {
  const [early, late] = [await textOf('slip-issued', holder.numbers[0], 'requestReference'), await textOf('slip-voided', holder.numbers[2], 'words')]
  const { texts } = await findAfterTampering(db, async trx => await sql`delete from audit_texts where event_id in (${early.event}, ${late.event})`.execute(trx), async trx => await verifyTestLog(test, trx))
  t.strictSame(texts.fault, { kind: 'text-removed', ...early })
})

t.test('expects import file names and hashes of recent logins until their retention ends', async t => {
  clock.advance({ minutes: 1 })
  await appendEvent(db, { kind: 'sign-in-failed', at: clock.now(), actor: 'anonymous', facts: { door: 'page', reason: 'wrong' }, texts: { loginHash: 'b8pDd2nrWkM8yQYH3cVtFw' } })
  await appendEvent(db, { kind: 'accounts-imported', at: clock.now(), actor: 'system', texts: { file: 'accounts.csv' } })
  await appendEvent(db, { kind: 'token-created', at: clock.now(), actor: 'system', texts: { name: 'system' } })
  await sealTestLog(db, deps.logSettings)
  const texts = [
    await db.selectFrom('audit_texts').innerJoin('audit_events', 'id', 'event_id').select(['id as event', 'sequence', 'name']).where('text', '=', 'b8pDd2nrWkM8yQYH3cVtFw').executeTakeFirstOrThrow(),
    await textOf('accounts-imported', null, 'file'),
    await textOf('token-created', null, 'name'),
  ]
  for (const text of texts) t.strictSame((await afterTaking(text)).fault, { kind: 'text-removed', ...text })
  clock.advance({ days: 91 })
  t.equal((await afterTaking(texts[0]!)).fault, undefined)
  t.strictSame(pick((await afterTaking(texts[1]!)).fault, 'name'), { name: 'file' })
  clock.advance({ days: 300 })
  t.equal((await afterTaking(texts[1]!)).fault, undefined)
  t.strictSame(pick((await afterTaking(texts[2]!)).fault, 'name'), { name: 'name' }, 'a text that is part of the proof never expires')
})

/** Checks that the verifier reports the removal of a text that was added after the slip's other texts expired. */
async function noteLate (t: Test): Promise<void> {
  clock.advance({ minutes: 1 })
  await appendEvent(db, { kind: 'slip-step', at: clock.now(), actor: 'system', slip: holder.numbers[1], account: holder.id, texts: { note: 'envelope found' } })
  await sealTestLog(db, deps.logSettings)
  t.strictSame(pick((await afterTaking(await textOf('slip-step', holder.numbers[1], 'note'))).fault, 'kind', 'name'), { kind: 'text-removed', name: 'note' })
}

t.test('verifies the log after every kind of erasure', async t => {
  for (const moment of ['2027-04-01T08:00:00Z', '2028-01-01T08:00:00Z', '2029-06-01T08:00:00Z']) {
    clock.set(moment)
    await runRetention({ db, now: clock.now, profile: metropolia })
    await sealTestLog(db, deps.logSettings)
    const { verdict, texts } = await verifyTestLog(test)
    t.strictSame([verdict.fault, texts.fault], [undefined, undefined], moment)
    if (moment.startsWith('2028')) await noteLate(t)
  }
})
