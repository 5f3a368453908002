import { randomBytes } from 'node:crypto'
import t from 'tap'
import { loadDemoStaff } from '../../src/demo/staff.js'
import { findStaffByLogin } from '../../src/staff/queries.js'
import { updateSessionServicePoint, findSession, openSession, revokeSession, revokeAllSessions } from '../../src/staff/session-store.js'
import { TestClock } from '../helpers/app.js'
import { openTestDatabase, untilLockWaits } from '../helpers/database.js'
import { postgresOnly } from '../helpers/processes.js'

const sessionKey = randomBytes(32)
const { db } = await openTestDatabase(t)
await loadDemoStaff(db, new TestClock().now())
const agent = (await findStaffByLogin(db, 'agent'))!

async function open (clientType: 'page' | 'api' = 'api') {
  const clock = new TestClock()
  const { token, session } = await db.transaction().execute(async trx => await openSession(trx, {
    staffId: agent.id, servicePointId: 'helpdesk-karamalmi', clientType, now: clock.now(), randomBytes, sessionKey,
  }))
  const find = async (usedAs = clientType) => await findSession(db, { token, sessionKey, clientType: usedAs, now: clock.now() })
  return { clock, token, session, find }
}

t.test('stores who works where and ends after ten hours', async t => {
  const { session, token, find } = await open()
  t.match(token, /^[\w-]{43}$/)
  const { id: staffId } = await db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  t.strictSame(session, {
    id: session.id,
    clientType: 'api',
    staff: { id: staffId, login: 'agent', name: 'Aino Virtanen', roles: ['agent'] },
    servicePoint: { id: 'helpdesk-karamalmi', kind: 'helpdesk', name: { en: 'Helpdesk, Karamalmi', fi: 'Helpdesk, Karamalmi', sv: 'Helpdesk, Karamalmi' } },
    mustChangePassword: false,
    endsAt: new Date('2026-11-19T17:30:00Z'),
  })
  t.strictSame(await find(), session)
})

t.test('stores a keyed hash of the token, never the token', async t => {
  const { token, session } = await open()
  const row = await db.selectFrom('sessions').selectAll().where('id', '=', session.id).executeTakeFirstOrThrow()
  t.equal(row.token_hash.length, 32)
  t.notOk(JSON.stringify(row).includes(token))
  t.equal(await findSession(db, { token, sessionKey: randomBytes(32), clientType: 'api', now: new TestClock().now() }), undefined)
})

t.test('ends a session after thirty idle minutes', async t => {
  const { clock, find } = await open()
  clock.advance({ minutes: 29 })
  t.ok(await find())
  clock.advance({ minutes: 29 })
  t.ok(await find(), 'each use restarts the thirty minutes')
  clock.advance({ minutes: 30 })
  t.equal(await find(), undefined)
})

t.test('ends a busy session after ten hours', async t => {
  const { clock, find } = await open()
  for (let minutes = 0; minutes < 580; minutes += 20) {
    clock.advance({ minutes: 20 })
    t.ok(await find())
  }
  clock.advance({ minutes: 19 })
  t.ok(await find())
  clock.advance({ minutes: 1 })
  t.equal(await find(), undefined)
})

t.test('records use at most once a minute', async t => {
  const { clock, session, find } = await open()
  const lastUsedAt = async () => (await db.selectFrom('sessions').select('last_used_at').where('id', '=', session.id).executeTakeFirstOrThrow()).last_used_at
  clock.advance({ minutes: 0.5 })
  await find()
  t.strictSame(await lastUsedAt(), new Date('2026-11-19T07:30:00Z'))
  clock.advance({ minutes: 0.5 })
  await find()
  t.strictSame(await lastUsedAt(), new Date('2026-11-19T07:31:00Z'))
})

t.test('ends a revoked session and keeps its first revocation', async t => {
  const { clock, session, find } = await open()
  const other = await open()
  await revokeSession(db, session.id, clock.now())
  t.equal(await find(), undefined)
  t.ok(await other.find())
  clock.advance({ minutes: 5 })
  await revokeAllSessions(db, agent.id, clock.now())
  t.equal(await other.find(), undefined)
  const row = await db.selectFrom('sessions').select('revoked_at').where('id', '=', session.id).executeTakeFirstOrThrow()
  t.strictSame(row.revoked_at, new Date('2026-11-19T07:30:00Z'))
})

t.test('never accepts a page session at the API, or the reverse', async t => {
  const page = await open('page')
  t.ok(await page.find('page'))
  t.equal(await page.find('api'), undefined)
  const api = await open('api')
  t.equal(await api.find('page'), undefined)
})

t.test('has no session for inactive staff', async t => {
  const { find } = await open()
  await db.updateTable('staff').set({ active: false }).where('id', '=', agent.id).execute()
  t.equal(await find(), undefined)
  await db.updateTable('staff').set({ active: true }).where('id', '=', agent.id).execute()
  t.ok(await find())
})

t.test('changes only to an assigned service point', async t => {
  const { clock, session, token, find } = await open()
  const move = async (id: string) => await db.transaction().execute(async trx => await updateSessionServicePoint(trx, session, { token, sessionKey }, id))
  await db.insertInto('staff_service_points').values({ staff_id: agent.id, service_point_id: 'helpdesk-myllypuro' }).execute()
  t.equal(await move('helpdesk-myllypuro'), true)
  t.equal((await find())?.servicePoint?.id, 'helpdesk-myllypuro')
  clock.advance({ minutes: 2 })
  t.equal((await find())?.servicePoint?.id, 'helpdesk-myllypuro', 'also after its use was recorded')
  t.equal(await move('porter-arabia'), false)
  t.equal((await find())?.servicePoint?.id, 'helpdesk-myllypuro')
  await db.updateTable('sessions').set({ ends_at: new Date('2026-12-31T00:00:00Z') }).where('id', '=', session.id).execute()
  t.equal(await move('helpdesk-karamalmi'), false, 'a changed row gets no new binding')
  t.equal(await find(), undefined)
})

t.test('keeps a session whose service point changes while its use is recorded', postgresOnly, async t => {
  const { clock, session, token, find } = await open()
  clock.advance({ minutes: 5 })
  const use = await db.transaction().execute(async trx => {
    await updateSessionServicePoint(trx, session, { token, sessionKey }, 'helpdesk-myllypuro')
    const found = find()
    await untilLockWaits(db, 1)
    return { found }
  })
  t.equal((await use.found)?.servicePoint?.id, 'helpdesk-karamalmi')
  t.equal((await find())?.servicePoint?.id, 'helpdesk-myllypuro')
})

t.test('drops a service point that is no longer assigned', async t => {
  const { find } = await open()
  await db.deleteFrom('staff_service_points').where('service_point_id', '=', 'helpdesk-karamalmi').execute()
  t.equal((await find())?.servicePoint, null)
})
