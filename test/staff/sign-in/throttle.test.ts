import type { InjectOptions } from 'fastify'
import t from 'tap'
import { signInOriginKey, throttleKey } from '../../../src/staff/tokens.js'
import { deleteOldOrigins } from '../../../src/staff/sign-in/sign-in-origins.js'
import { buildTestApp } from '../../helpers/app.js'
import { createPageClient, type PageClient } from '../../helpers/page-client.js'
import { pick } from '../../helpers/projections.js'

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

/** Uses up the allowance of an address, without fifty password checks. */
async function exhaust (address: string): Promise<void> {
  await attempt('nobody', wrong, address)
  const { numUpdatedRows } = await test.deps.db.updateTable('sign_in_tries').set({ tries: 50 }).where('key', '=', throttleKey(test.deps.sessionKey, 'address', address)).executeTakeFirst()
  t.equal(numUpdatedRows, 1n)
}

t.test('throttles an address after fifty failures, without costing logins tries', async t => {
  for (let tries = 0; tries < 50; tries++) t.equal((await attempt(`login-${tries}`, wrong, '203.0.113.1')).statusCode, 401)
  t.equal((await attempt('agent', password, '203.0.113.1')).statusCode, 429)
  for (let tries = 0; tries < 12; tries++) await attempt('agent', wrong, '203.0.113.1')
  t.equal((await attempt('agent', password, '198.51.100.9')).statusCode, 201)
})

/** A browser at an address. */
function openBrowser (remoteAddress: string): PageClient {
  const inject = async (options: InjectOptions | string) => await test.app.inject({ ...typeof options === 'string' ? { url: options } : options, remoteAddress })
  return createPageClient({ inject } as typeof test.app)
}

t.test('keeps an allowance for a browser and a login that have succeeded at an address', async t => {
  const address = '203.0.113.2'
  const browser = openBrowser(address)
  t.equal((await browser.signIn('agent')).statusCode, 303)
  t.equal((await attempt('porter', password, address)).statusCode, 201)
  await browser.post('/sign-out', {})
  await exhaust(address)
  await test.deps.db.deleteFrom('sign_in_origins').where('key', '=', signInOriginKey(test.deps.sessionKey, 'agent', address)).execute()

  t.equal((await attempt('agent', password, address)).statusCode, 429, 'without the cookie')
  t.equal((await browser.signIn('agent')).statusCode, 303, 'with the cookie, which signing out has not deleted')
  t.equal((await attempt('porter', password, address)).statusCode, 201, 'at the API, where the login has succeeded before')
  t.equal((await attempt('porter', wrong, address)).statusCode, 401)
  t.equal((await attempt('auditor', password, address)).statusCode, 429, 'a login that has not succeeded there')
  t.equal((await openBrowser(address).signIn('auditor')).statusCode, 429)
  await browser.get('/accounts')
  await browser.post('/sign-out', {})
  t.equal((await browser.signIn('auditor')).statusCode, 429, 'the cookie of another person')
})

t.test('limits a browser with a device cookie to ten tries, and everyone together to ten for each login', async t => {
  const browser = openBrowser('203.0.113.3')
  await browser.signIn('agent')
  await browser.post('/sign-out', {})
  for (let tries = 0; tries < 9; tries++) t.equal((await browser.signIn('agent', wrong)).statusCode, 401)
  t.equal((await attempt('agent', wrong, '198.51.100.20')).statusCode, 401)
  t.equal((await browser.signIn('agent')).statusCode, 429, 'the attempts of others count for the login')

  await test.deps.db.deleteFrom('sign_in_tries').execute()
  for (let tries = 0; tries < 9; tries++) await browser.signIn('agent', wrong)
  t.equal((await attempt('agent', password, '198.51.100.20')).statusCode, 201, 'resets the count of the login')
  t.equal((await browser.signIn('agent', wrong)).statusCode, 401)
  t.equal((await browser.signIn('agent')).statusCode, 429, 'but not the count of a browser elsewhere')
})

t.test('forgets a browser after 180 days and an address after thirty', async t => {
  const address = '203.0.113.4'
  const browser = openBrowser(address)
  await browser.signIn('agent')
  await browser.post('/sign-out', {})
  test.clock.advance({ days: 29 })
  await exhaust(address)
  t.equal((await attempt('agent', password, address)).statusCode, 201)
  test.clock.advance({ days: 31 })
  await exhaust(address)
  t.equal((await attempt('agent', password, address)).statusCode, 429)
  test.clock.advance({ days: 119 })
  await exhaust(address)
  t.equal((await browser.signIn('agent', wrong)).statusCode, 401)
  test.clock.advance({ days: 1 })
  await exhaust(address)
  t.equal((await browser.signIn('agent', wrong)).statusCode, 429)
  await deleteOldOrigins(test.deps.db, test.clock.now())
  t.strictSame(await test.deps.db.selectFrom('sign_in_origins').selectAll().execute(), [])
})

t.test('stores where a login has succeeded only as a keyed hash', async t => {
  await attempt('agent', password, '203.0.113.5')
  const rows = await test.deps.db.selectFrom('sign_in_origins').selectAll().execute()
  t.equal(rows.length, 1)
  t.match(rows[0]!.key, /^[\w-]{43}$/)
  t.strictSame(rows[0]!.last_at, test.clock.now())
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
