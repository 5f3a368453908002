import t from 'tap'
import { createBuiltInDirectory } from '../../src/accounts/built-in-directory.js'
import { buildTestApp } from '../helpers/app.js'
import { insertAccounts } from '../helpers/insert-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { pick, pickEach } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { db, now } = test.deps
const directory = createBuiltInDirectory(db, now)
const password = 'Yö on pitkä ja äänetön'

async function holder (username: string): Promise<string> {
  const [id] = await insertAccounts(test, [username])
  await directory.setPassword({ id: id!, username }, password)
  return id!
}

async function signIn (username: string, typed: string) {
  const browser = createPageClient(test.app)
  await browser.get('/my-account')
  return await browser.post('/my-account', { username, password: typed })
}

const eventsOf = async (kind: 'holder-signed-in' | 'holder-sign-in-failed') =>
  await db.selectFrom('audit_events').select(['account', 'actor', 'facts']).where('kind', '=', kind).orderBy('sequence').execute()

t.test('shows the account for a user name and password without signing in', async t => {
  const id = await holder('proves')
  const answer = await signIn(' PROVES ', password.normalize('NFD'))
  t.equal(answer.statusCode, 200)
  t.match(answer.body, 'Visitor proves')
  t.match(answer.body, '19 Nov 2026 09:30')
  t.notMatch(answer.body, password)
  t.equal(answer.headers['cache-control'], 'no-store')
  t.strictSame(answer.cookies, [])
  t.strictSame(pickEach(await eventsOf('holder-signed-in'), 'account', 'actor'), [{ account: id, actor: 'holder' }])
})

t.test('reads the user name with the institution’s domain, and hints at another', async t => {
  await holder('withdomain')
  for (const typed of ['withdomain@metropolia.fi', 'METROPOLIA\\WİTHDOMAIN', 'ｗｉｔｈｄｏｍａｉｎ']) t.equal((await signIn(typed, password)).statusCode, 200, typed)
  for (const typed of ['withdomain@example.org', 'nobody@example.org']) {
    const { statusCode, body } = await signIn(typed, password)
    t.equal(statusCode, 401)
    t.match(body, 'This has a domain that is not ours.')
    t.match(body, 'The user name or the password is wrong.')
  }
})

t.test('gives the same answer for every mistake and records no input', async t => {
  const id = await holder('known')
  const [without, locked] = [(await insertAccounts(test, ['withoutone']))[0], await holder('lockedone')]
  await db.updateTable('accounts').set({ status: 'locked' }).where('id', '=', locked).execute()
  const answers = []
  for (const [username, typed] of [['known', 'not the password'], ['nobody', password], ['withoutone', password], ['lockedone', password]] as const) {
    const { statusCode, body } = await signIn(username, typed)
    t.match(body, 'The user name or the password is wrong.')
    answers.push(JSON.stringify([statusCode, body.replaceAll(username, '…').replace(/name="_csrf" value="[^"]*"/g, '')]))
  }
  t.equal(new Set(answers).size, 1)
  t.match(answers[0], /^\[401,/)
  const events = await eventsOf('holder-sign-in-failed')
  t.strictSame(events.slice(-4).map(event => event.account), [id, null, without, locked])
  const texts = await db.selectFrom('audit_texts').innerJoin('audit_events', 'id', 'event_id').select(['account', 'name', 'text']).where('kind', '=', 'holder-sign-in-failed').execute()
  t.strictSame([...new Set(texts.map(({ account, name }) => `${String(account)} ${name}`))], ['null loginHash'], 'only for user names that do not exist')
  for (const { text } of texts) t.match(text, /^[\w-]{22}$/)
})

t.test('reports empty and overlong input at the fields', async t => {
  t.equal((await signIn('', '')).statusCode, 400)
  const answer = await signIn('known', 'x'.repeat(100_000))
  t.equal(answer.statusCode, 400)
  t.match(answer.body, 'id="password-error"')
})

t.test('throttles a user name for fifteen minutes after ten wrong tries', async t => {
  await holder('guessed')
  await holder('bystander')
  for (let tries = 0; tries < 10; tries++) t.equal((await signIn('guessed', 'not the password')).statusCode, 401)
  const refused = await signIn('guessed', password)
  t.equal(refused.statusCode, 429)
  t.equal(refused.headers['retry-after'], '900')
  t.match(refused.body, 'Try again in 15 min')
  t.equal((await signIn('bystander', password)).statusCode, 200)
  t.strictSame(pick((await eventsOf('holder-sign-in-failed')).at(-1), 'facts'), { facts: { reason: 'throttled' } })
  test.clock.advance({ minutes: 16 })
  t.equal((await signIn('guessed', password)).statusCode, 200)
})

t.test('does not throttle a staff login of the same name', async t => {
  for (let tries = 0; tries < 11; tries++) await signIn('agent', 'not the password')
  t.equal((await createPageClient(test.app).signIn('agent')).statusCode, 303)
})
