import t from 'tap'
import { toProblem } from '../../../src/http/problem-mapping.js'
import type { Problem } from '../../../src/http/problems.js'
import { setStaffPassword } from '../../../src/staff/administration/staff-passwords.js'
import { findStaffByLogin, listStaff } from '../../../src/staff/queries.js'
import { signIn } from '../../../src/staff/sign-in/sign-in.js'
import { buildTestApp } from '../../helpers/app.js'
import { testStart } from '../../helpers/database.js'
import { pick } from '../../helpers/projections.js'

const password = 'demo-slipdesk-2026'
const test = await buildTestApp(t)
const { db } = test.deps
t.beforeEach(async () => {
  test.clock.set(testStart)
  await db.deleteFrom('sessions').execute()
  await db.deleteFrom('sign_in_tries').execute()
})

async function attempt (login: string, changes: { password?: string, servicePointId?: string } = {}): Promise<'opened' | Problem> {
  return await signIn(test.deps, { login, password, clientType: 'api', address: '192.0.2.1', ...changes }).then(() => 'opened' as const, toProblem)
}

async function idOf (login: string): Promise<string> {
  return (await findStaffByLogin(db, login))!.id
}

async function reasons (): Promise<unknown[]> {
  const rows = await db.selectFrom('audit_events').select('facts').where('kind', '=', 'sign-in-failed').orderBy('sequence').execute()
  return rows.map(row => row.facts['reason'])
}

t.test('ends every session of the old password, even a concurrent one', async t => {
  const id = await idOf('student-affairs')
  for (let round = 1; round <= 3; round++) {
    const old = round === 1 ? password : `words and spaces ${round - 1}`
    const tries = Array.from({ length: 8 }, async () => await attempt('student-affairs', { password: old }))
    await setStaffPassword(test.deps, id, { password: `words and spaces ${round}`, mustChangePassword: false }, 'system')
    for (const answer of await Promise.all(tries)) {
      if (answer !== 'opened') t.strictSame(pick(answer, 'code', 'variant'), { code: 'not-signed-in', variant: 'wrong-login' })
    }
    t.strictSame(await db.selectFrom('sessions').select('id').where('revoked_at', 'is', null).execute(), [])
    t.equal(await attempt('student-affairs', { password: `words and spaces ${round}` }), 'opened')
    await db.deleteFrom('sessions').execute()
  }
})

t.test('counts and records a correct password that opens no session', async t => {
  await db.insertInto('staff_service_points').values({ staff_id: await idOf('hr'), service_point_id: 'helpdesk-myllypuro' }).execute()
  const before = (await reasons()).length
  const tries = async () => (await db.selectFrom('sign_in_tries').select('tries').execute()).map(row => row.tries)
  const refused = async (changes = {}) => {
    const { code, errors } = await attempt('hr', changes) as unknown as { code: string, errors: Array<{ path: string, message: string }> }
    return [code, ...errors.map(({ path, message }) => `${path}: ${message}`)]
  }
  t.strictSame(await refused(), ['validation-failed', 'servicePointId: choose-service-point'])
  t.strictSame(await refused({ servicePointId: 'porter-arabia' }), ['validation-failed', 'servicePointId: not-your-service-point'])
  t.strictSame((await reasons()).slice(before), ['choose-service-point', 'not-your-service-point'])
  t.strictSame(await tries(), [2, 2], 'counted for the login and for the address')
  t.equal(await attempt('hr', { servicePointId: 'helpdesk-myllypuro' }), 'opened')
  t.strictSame(await tries(), [2], 'a success resets the login’s count and removes only its own attempt from the address')
  for (let count = 0; count < 10; count++) await attempt('hr')
  t.strictSame(pick(await attempt('hr'), 'code'), { code: 'too-many-requests' })
})

t.test('deletes a session thirty days after its end and keeps the last use', async t => {
  const kept = async () => (await db.selectFrom('sessions').select('created_at').orderBy('created_at').execute()).map(row => row.created_at.toISOString().slice(0, 10))
  await attempt('agent')
  await attempt('auditor')
  test.clock.advance({ days: 30 })
  await attempt('agent')
  t.strictSame(await kept(), ['2026-11-19', '2026-11-19', '2026-12-19'])
  test.clock.advance({ days: 1 })
  await attempt('agent')
  t.strictSame(await kept(), ['2026-11-19', '2026-12-19', '2026-12-20'], 'the auditor’s last session stays until their next sign-in')
  const seen = await listStaff(db, test.clock.now())
  t.strictSame(seen.find(member => member.login === 'auditor')?.lastUsedAt, new Date('2026-11-19T07:30:00Z'))
})

t.test('deletes at most a hundred old sessions per sign-in', async t => {
  await attempt('agent')
  const { id: _, ...one } = await db.selectFrom('sessions').selectAll().executeTakeFirstOrThrow()
  await db.insertInto('sessions').values(Array.from({ length: 149 }, (_, index) => ({ ...one, token_hash: Buffer.alloc(32, index) }))).execute()
  test.clock.advance({ days: 31 })
  const count = async () => (await db.selectFrom('sessions').select('id').execute()).length
  await attempt('agent')
  t.equal(await count(), 51)
  await attempt('agent')
  t.equal(await count(), 2)
})

t.test('stores nothing of a code that was scanned into the field for the login', async t => {
  for (const login of ['ABCEH-KMPTX-Y23ZK', 'https://desk.example/activate#ABCEHKMPTXY23ZK']) await test.api(undefined, { method: 'POST', url: '/sessions', payload: { login, password: 'x' } })
  const texts = await db.selectFrom('audit_texts').innerJoin('audit_events', 'id', 'event_id').select('text').where('kind', '=', 'sign-in-failed').orderBy('sequence', 'desc').limit(2).execute()
  t.equal(texts[0]!.text, texts[1]!.text, 'the hash of every code is the same')
})

t.test('reads a login in full width and with Turkish i', async t => {
  for (const login of ['ａｕｄｉｔｏｒ', ' AUDITOR\u200b', 'audıtor', 'AUDİTOR']) {
    t.equal((await test.api(undefined, { method: 'POST', url: '/sessions', payload: { login, password } })).statusCode, 201, login)
  }
})
