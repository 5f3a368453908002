import { randomBytes } from 'node:crypto'
import t from 'tap'
import { addDevice, findDevice } from '../../../src/staff/sign-in/device-cookie.js'
import { buildTestApp } from '../../helpers/app.js'
import { createPageClient } from '../../helpers/page-client.js'

const now = new Date('2026-11-19T07:30:00Z')
const sessionKey = randomBytes(32)
const deps = { sessionKey, now, randomBytes }

t.test('holds an entry for each login of a shared browser, the newest first', async t => {
  const cookie = addDevice(addDevice(undefined, 'agent', deps), 'second', deps)
  t.match(findDevice(cookie, 'agent', deps), /^[\w-]{22}$/)
  t.match(findDevice(cookie, 'second', deps), /^[\w-]{22}$/)
  t.equal(findDevice(cookie, 'third', deps), undefined)
  t.notMatch(cookie, /agent|second/)
})

t.test('replaces the entry of a login at each sign-in', async t => {
  const first = addDevice(undefined, 'agent', deps)
  const second = addDevice(first, 'agent', deps)
  t.equal(second.length, first.length)
  t.not(findDevice(second, 'agent', deps), findDevice(first, 'agent', deps))
})

t.test('remembers eight logins', async t => {
  const logins = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  const cookie = logins.reduce<string | undefined>((sofar, login) => addDevice(sofar, login, deps), undefined)
  t.strictSame(logins.filter(login => findDevice(cookie, login, deps) !== undefined), ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])
  t.ok(cookie!.length < 700)
})

t.test('accepts no altered entry, no later date and no other key', async t => {
  const cookie = addDevice(undefined, 'agent', deps)
  const [day, nonce, mac] = cookie.split('.') as [string, string, string]
  const later = (parseInt(day, 36) + 1).toString(36)
  const other = nonce.startsWith('A') ? `B${nonce.slice(1)}` : `A${nonce.slice(1)}`
  for (const [what, altered] of [
    ['another day', [later, nonce, mac].join('.')], ['another nonce', [day, other, mac].join('.')], ['no code', `${day}.${nonce}`], ['an empty code', `${day}.${nonce}.`],
    ['a long cookie', `${cookie}~${'x'.repeat(1000)}`], ['nothing', ''],
  ] as const) t.equal(findDevice(altered, 'agent', { sessionKey, now: new Date('2026-11-20T07:30:00Z') }), undefined, what)
  t.equal(findDevice(cookie, 'agent', { sessionKey: randomBytes(32), now }), undefined, 'another key')
  t.equal(findDevice(cookie, 'agent', { sessionKey, now: new Date('2026-11-18T07:30:00Z') }), undefined, 'before its day')
})

t.test('sets a cookie that scripts and other sites cannot read, and stays after signing out', async t => {
  const { app } = await buildTestApp(t, { publicUrl: 'https://desk.example' })
  const browser = createPageClient(app)
  t.equal((await browser.signIn('agent', 'not-the-password')).cookies.find(({ name }) => name === '__Host-slipdesk-device'), undefined, 'only after a success')
  const { value: _, ...cookie } = (await browser.signIn('agent')).cookies.find(({ name }) => name === '__Host-slipdesk-device')!
  t.strictSame(cookie, { name: '__Host-slipdesk-device', maxAge: 15552000, path: '/', httpOnly: true, secure: true, sameSite: 'Strict' })
  await browser.get('/accounts')
  await browser.post('/sign-out', {})
  t.notOk(browser.cookies.has('__Host-slipdesk'))
  t.ok(browser.cookies.has('__Host-slipdesk-device'))
})
