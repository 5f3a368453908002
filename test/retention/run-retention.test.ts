import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { authenticateAccount } from '../../src/accounts/built-in-directory.js'
import { searchAccounts } from '../../src/accounts/search.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { computeCutoffDates } from '../../src/retention/rules.js'
import { type ErasedCounts, type RunDeps, runNightly, runRetention, streamExpired } from '../../src/retention/run-retention.js'
import { buildTestApp, type TestApp, TestClock } from '../helpers/app.js'
import { dumpAllTables, openTestDatabase } from '../helpers/database.js'
import { createMarkedHolder, type MarkedHolder } from '../helpers/full-history.js'
import { insertSlips } from '../helpers/insert-slips.js'
import { issueSlipNumber, listAuditEvents, passportCheck, requireAccountId } from '../helpers/issue-slips.js'
import { pickEach } from '../helpers/projections.js'

const nothing: ErasedCounts = { addresses: 0, details: 0, 'sign-ins': 0, 'file-names': 0, accounts: 0 }

/** Builds an app with a holder who has data in every field. */
async function begin (t: Test): Promise<{ test: TestApp, holder: MarkedHolder, run: RunDeps }> {
  const test = await buildTestApp(t)
  const holder = await createMarkedHolder(test, '71', 'RR473124829FI')
  return { test, holder, run: { db: test.deps.db, now: test.clock.now, profile: metropolia } }
}

async function dueNow ({ db, profile, now }: RunDeps): Promise<ErasedCounts> {
  const counts = { ...nothing }
  for await (const { kind, due } of streamExpired(db, profile, now())) counts[kind] += due.length
  return counts
}

t.test('computes cut-off dates by the institution’s calendar', async t => {
  const cutoffs = computeCutoffDates(new Date('2027-03-31T10:00:00Z'), { timeZone: 'Europe/Helsinki', retention: { accountMonths: 13, detailMonths: 1, addressDays: 3, signInDays: 1 } })
  t.strictSame(cutoffs.accounts.toISOString(), '2026-02-28T11:00:00.000Z', 'a shorter month, in winter time')
  t.strictSame(cutoffs.addresses.toISOString(), '2027-03-28T10:00:00.000Z')
})

const long = await begin(t)

t.test('erases addresses, then typed text, then identities, each at its term', async t => {
  const { test, holder, run } = long
  const { deps: { db }, clock } = test
  t.strictSame(await runRetention(run), nothing, 'nothing has expired on the first day')
  const has = async (...markers: string[]) => {
    const dump = await dumpAllTables(db)
    return markers.map(marker => dump.includes(marker))
  }
  const lasting = { slips: 3, steps: 10, checks: 2, deliveries: 3 }
  const counts = async () => (await sql<typeof lasting>`select (select count(*) from slips) as slips, (select count(*) from slip_steps) as steps,
    (select count(*) from identity_checks where document_type = 'passport') as checks, (select count(*) from deliveries where channel is not null) as deliveries`.execute(db)).rows[0]
  t.strictSame(await counts(), lasting)

  clock.advance({ days: 89 })
  t.strictSame(await dueNow(run), nothing)
  clock.advance({ days: 1 })
  const before = await dumpAllTables(db)
  t.strictSame(await dueNow(run), { ...nothing, addresses: 1, 'sign-ins': 1 })
  t.equal(await dumpAllTables(db), before, 'the dry run wrote nothing')
  t.strictSame(await runRetention(run), { ...nothing, addresses: 1, 'sign-ins': 1 })
  t.strictSame(await has('Street-71', 'RR473124829FI', 'marky71@example.org'), [false, false, false])
  t.strictSame(await has('REF-L-71', 'name-reason-71', 'void-words-71', holder.username), [true, true, true, true])

  clock.set('2027-11-19T08:00:00Z')
  t.strictSame(await runRetention(run), { ...nothing, details: 3 })
  t.strictSame(await has('REF-P-71', 'REF-L-71', 'name-reason-71', 'returned-words-71', 'void-words-71', '2033-03-03', '"MH"'), Array(7).fill(false))
  t.strictSame(await has('superseded', holder.username, 'Mårker71'), [true, true, true], 'a reason from the vocabulary is not typed text')

  clock.set('2028-11-19T08:00:00Z')
  const lockedForLong = 7
  t.strictSame(await dueNow(run), { ...nothing, accounts: 1 + lockedForLong })
  t.strictSame(await runRetention(run), { ...nothing, accounts: 1 + lockedForLong })
  t.strictSame(await runRetention(run), nothing, 'erased data is not erased again')
  t.strictSame(await counts(), lasting, 'all counts stay the same')
  const recorded = (await listAuditEvents(test, 'retention-run')).map(({ facts }) => facts as Record<string, unknown>)
  t.strictSame(pickEach(recorded.filter(facts => facts['complete'] === false), ...Object.keys(nothing)), [{ addresses: 1 }, { 'sign-ins': 1 }, { details: 3 }, { accounts: 1 + lockedForLong }].map(part => ({ ...nothing, ...part })))
  t.ok((await listAuditEvents(test, 'retention-run')).every(event => Object.keys(event.texts).length === 0))
})

t.test('keeps a holder who is still in the directory, without history', async t => {
  const { test, holder, run } = long
  const { db } = test.deps
  const fresh = await requireAccountId(test, holder.username)
  t.not(fresh, holder.id)
  t.strictSame(pickEach((await searchAccounts(db, { q: 'zofie71', limit: 10 })).items, 'id', 'username', 'student_number', 'birth_date'), [
    { id: fresh, username: holder.username, student_number: '990071', birth_date: '1987-03-14' },
  ])
  t.equal((await authenticateAccount(db, holder.username, `password of ${holder.username}`))?.id, fresh)
  t.strictSame(await db.selectFrom('slips').select('id').where('account_id', '=', fresh).execute(), [])
  t.strictSame(await db.selectFrom('accounts').select(['username', 'display_name', 'student_number', 'birth_date', 'status', 'affiliation']).where('id', '=', holder.id).execute(), [
    { username: `erased:${holder.id}`, display_name: '(erased)', student_number: null, birth_date: null, status: 'locked', affiliation: 'student' },
  ])
  const linked = await sql`select from audit_events where account = ${fresh} or facts::text like ${`%${fresh}%`}`.execute(db)
  t.strictSame(linked.rows, [], 'nothing links the two')
  t.strictSame(pickEach((await listAuditEvents(test, 'holder-erased')).filter(event => event.account === holder.id), 'actor', 'facts', 'texts'), [
    { actor: 'system', facts: { reason: 'retention', slips: 3 }, texts: {} },
  ])

  await db.updateTable('accounts').set({ status: 'locked', gone_at: test.clock.now(), updated_at: test.clock.now() }).where('id', '=', fresh).execute()
  test.clock.set('2030-12-19T08:00:00Z')
  t.equal((await runRetention(run)).accounts >= 1, true)
  t.strictSame(await db.selectFrom('accounts').select('username').where('id', '=', fresh).execute(), [{ username: `erased:${fresh}` }], 'an account that left the directory is erased')
  const dump = await dumpAllTables(db)
  for (const marker of holder.markers) t.notOk(dump.includes(marker), marker)
  t.ok(await requireAccountId(test, 'lukng2101'), 'an account that never had a slip and may get one stays')
})

t.test('runs once a day, after 02:00, in one process at a time', async t => {
  const { db } = await openTestDatabase(t)
  const clock = new TestClock()
  const run: RunDeps = { db, now: clock.now, profile: metropolia }
  clock.set('2027-11-19T23:30:00Z')
  t.equal(await runNightly(run), undefined, 'it is 1:30 in Helsinki')
  clock.set('2027-11-20T00:01:00Z')
  const [first, second] = await Promise.all([runNightly(run), runNightly(run)])
  t.equal([first, second].filter(ran => ran !== undefined).length, 1)
  t.equal(await runNightly(run), undefined, 'once a day')
  t.strictSame(await sql`select from audit_events where kind = 'retention-run' and facts ->> 'complete' = 'true'`.execute(db).then(({ rows }) => rows.length), 1)
  clock.advance({ days: 1 })
  await db.updateTable('retention_turn').set({ held_by: '00000000-0000-4000-8000-000000000000', held_until: new Date(clock.now().getTime() + 60_000) }).execute()
  await t.rejects(runRetention(run), { message: /Another process/ })
  clock.advance({ minutes: 2 })
  t.strictSame(await runRetention(run), nothing, 'an expired lease of another process is taken over')
})

t.test('records what a killed run erased, and the next run finishes', async t => {
  const { test, holder, run } = await begin(t)
  test.clock.set('2027-11-19T08:00:00Z')
  const stop = new AbortController()
  let asked = 0
  const now = () => {
    // The clock is read for the cut-off dates, for the lease, and in the first batch.
    if (++asked === 3) stop.abort()
    return test.clock.now()
  }
  const taken = await runRetention({ ...run, now }, stop.signal)
  t.strictSame(taken, { ...nothing, addresses: 1 })
  t.strictSame((await listAuditEvents(test, 'retention-run')).map(({ facts }) => facts), [{ ...nothing, addresses: 1, complete: false }])
  test.clock.advance({ minutes: 6 })
  t.strictSame(await runRetention(run), { ...nothing, details: 3, 'sign-ins': 1 })

  test.clock.set('2028-11-18T08:00:00Z')
  await issueSlipNumber(test, await test.signIn('agent'), { accountId: holder.id, channel: 'counter', identityCheck: passportCheck })
  test.clock.set('2028-12-19T08:00:00Z')
  t.equal((await dueNow(run)).accounts, 7, 'accounts that have been locked since; one with a recent slip stays')
})

t.test('erases a note on an already erased slip the night after', async t => {
  const test = await buildTestApp(t)
  const run = { db: test.deps.db, now: test.clock.now, profile: metropolia }
  const slips = await insertSlips(test, ['typed', 'chosen'].map(() => ({ channel: 'porter', state: 'voided', place: 'desk' } as const)))
  test.clock.set('2027-11-19T08:00:00Z')
  t.strictSame(await runRetention(run), { ...nothing, details: 2 })
  const porter = await test.signIn('porter')
  for (const [i, note] of ['found behind the desk, for Late-Words-73', 'slip-ended'].entries()) {
    const answer = await test.api(porter, { method: 'POST', url: `/slips/${slips[i]!.number}/steps`, payload: { step: 'return', note } })
    t.equal(answer.statusCode, 200)
  }
  t.ok((await dumpAllTables(test.deps.db)).includes('Late-Words-73'))
  test.clock.advance({ days: 1 })
  t.strictSame(await dueNow(run), { ...nothing, details: 1, accounts: (await dueNow(run)).accounts })
  t.equal((await runRetention(run)).details, 1)
  t.notOk((await dumpAllTables(test.deps.db)).includes('Late-Words-73'))
  t.equal((await dueNow(run)).details, 0)
})
