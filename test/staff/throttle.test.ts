import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { pick } from '../helpers/projections.js'

const password = 'demo-slipdesk-2026'
const wrong = 'not-the-password-at-all'

const test = await buildTestApp(t)
t.beforeEach(async () => { await test.deps.db.deleteFrom('sign_in_tries').execute() })

async function attempt (login: string, word: string, remoteAddress = '192.0.2.1') {
  return await test.api(undefined, { method: 'POST', url: '/sessions', payload: { login, password: word }, remoteAddress })
}

async function failures (): Promise<unknown[]> {
  const rows = await test.deps.db.selectFrom('audit_events').select('facts').where('kind', '=', 'sign-in-failed').orderBy('sequence').execute()
  return rows.map(row => row.facts['reason'])
}

t.test('checks ten of twelve concurrent wrong tries and delays two', async t => {
  const answers = await Promise.all(Array.from({ length: 12 }, async () => await attempt('agent', wrong)))
  const statuses = answers.map(answer => answer.statusCode).sort()
  t.strictSame(statuses, [...Array<number>(10).fill(401), 429, 429])
  const refused = answers.find(answer => answer.statusCode === 429)!
  t.equal(refused.headers['retry-after'], '900')
  t.matchOnlyStrict(pick(refused.json(), 'code', 'status', 'detail'), { code: 'too-many-requests', status: 429, detail: /in 15 min/ })
})

t.test('refuses even the right password for fifteen minutes after ten tries', async t => {
  for (let tries = 0; tries < 10; tries++) await attempt('agent', wrong)
  test.clock.advance({ minutes: 5 })
  const refused = await attempt('agent', password, '198.51.100.9')
  t.equal(refused.statusCode, 429)
  t.equal(refused.headers['retry-after'], '600')
  t.equal((await attempt('porter', password)).statusCode, 201, 'other logins are not throttled')
  test.clock.advance({ minutes: 10 })
  t.equal((await attempt('agent', password)).statusCode, 201)
})

t.test('resets the login’s count after a success', async t => {
  for (let tries = 0; tries < 9; tries++) await attempt('agent', wrong)
  t.equal((await attempt('agent', password)).statusCode, 201)
  for (let tries = 0; tries < 9; tries++) await attempt('agent', wrong)
  t.equal((await attempt('agent', password)).statusCode, 201)
})

t.test('throttles an address after fifty failures, without costing logins tries', async t => {
  for (let tries = 0; tries < 50; tries++) t.equal((await attempt(`login-${tries}`, wrong)).statusCode, 401)
  t.equal((await attempt('agent', password)).statusCode, 429)
  for (let tries = 0; tries < 12; tries++) await attempt('agent', wrong)
  t.equal((await attempt('agent', password, '198.51.100.9')).statusCode, 201)
})

t.test('does not count successful sign-ins against an address', async t => {
  for (let people = 0; people < 52; people++) t.equal((await attempt('auditor', password)).statusCode, 201)
})

t.test('records ten tries and one throttling in a flood', async t => {
  const before = (await failures()).length
  for (let tries = 0; tries < 30; tries++) await attempt('agent', wrong)
  t.strictSame((await failures()).slice(before), [...Array<string>(10).fill('wrong-password'), 'throttled'])
})

t.test('stores logins and addresses of tries only as keyed hashes', async t => {
  await attempt('agent', wrong)
  const rows = await test.deps.db.selectFrom('sign_in_tries').selectAll().execute()
  t.equal(rows.length, 2)
  t.notMatch(JSON.stringify(rows), /agent|192\.0\.2\.1/)
  t.strictSame(rows.map(row => row.tries), [1, 1])
})
