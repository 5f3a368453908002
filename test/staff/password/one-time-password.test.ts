import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import t from 'tap'
import { containsActivationCode } from '../../../src/institution/typed-symbols.js'
import { generateOneTimePassword } from '../../../src/staff/password/one-time-password.js'
import { findStaffByLogin } from '../../../src/staff/queries.js'
import { buildTestApp } from '../../helpers/app.js'
import { dumpAllTables } from '../../helpers/database.js'
import { listAuditEvents } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick, readProblem } from '../../helpers/projections.js'

const test = await buildTestApp(t, { isDemo: false })
const { app, deps, clock, api } = test
const { db } = deps
const admin = createPageClient(app)
await admin.signIn('admin')

async function idOf (login: string): Promise<string> {
  return (await findStaffByLogin(db, login))!.id
}

async function reset (login: string): Promise<string> {
  await admin.get('/staff')
  const answer = await admin.post(`/staff/${await idOf(login)}/password/reset`, {})
  t.strictSame([answer.statusCode, answer.headers['cache-control']], [200, 'no-store'])
  return /<dd class="mono">([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</.exec(answer.body)![1]!
}

t.test('generates passwords that hold no login and no activation code', t => {
  for (let count = 0; count < 300; count++) {
    const password = generateOneTimePassword(randomBytes, 'a').reveal()
    t.match(password, /^[b-hjkmnp-z2-9]{4}(-[b-hjkmnp-z2-9]{4}){3}$/)
    t.notOk(containsActivationCode(password))
  }
  const secret = generateOneTimePassword(randomBytes, 'a')
  for (const text of [String(secret), JSON.stringify(secret), inspect(secret)]) t.notOk(text.includes(secret.reveal()), text)
  // The first 16 bytes would be the login, the next 16 are not. A byte above 247 is drawn again.
  const bytes = [...Array<number>(16).fill(0), 250, ...Array<number>(16).fill(1)]
  t.equal(generateOneTimePassword(() => Buffer.from([bytes.shift()!]), 'aaaa').reveal(), 'bbbb-bbbb-bbbb-bbbb')
  t.end()
})

t.test('shows a reset password once, stores it nowhere and ends the sessions', async t => {
  const other = createPageClient(app)
  await other.signIn('auditor')
  const password = await reset('auditor')
  const id = await idOf('auditor')
  t.equal((await other.get('/log')).headers.location, '/sign-in?next=%2Flog')
  const again = await admin.get(`/staff/${id}/password/reset`)
  t.strictSame([again.statusCode, again.headers.location], [303, `/staff/${id}`])
  t.notMatch((await admin.get(`/staff/${id}`)).body, password)
  t.notOk((await dumpAllTables(db)).includes(password))
  t.notOk(test.logLines.join('').includes(password))
  const event = (await listAuditEvents(test, 'staff-changed')).at(-1)!
  t.equal(event.actor, `staff:${await idOf('admin')}`)
  t.strictSame(pick(event.facts, 'change', 'staff', 'mustChangePassword', 'passwordExpiresAt'), { change: 'password-reset', staff: id, mustChangePassword: true, passwordExpiresAt: '2026-11-26T07:30:00.000Z' })
})

t.test('opens one session with a one-time password, in which it can be changed', async t => {
  const password = await reset('auditor')
  const browser = createPageClient(app)
  t.equal((await browser.signIn('auditor', password)).headers.location, '/change-password')
  const second = createPageClient(app)
  const refused = await second.signIn('auditor', password)
  t.equal(refused.statusCode, 401)
  t.match(refused.body, 'This one-time password has been used or is too old.')
  t.strictSame(readProblem(await api(undefined, { method: 'POST', url: '/sessions', payload: { login: 'auditor', password } })), { status: 401, code: 'password-change-required' })
  t.strictSame(pick((await listAuditEvents(test, 'staff-changed')).at(-1)!.facts, 'change', 'passwordExpiresAt'), { change: 'one-time-password-used', passwordExpiresAt: '2026-11-19T07:30:00.000Z' })
  await browser.get('/change-password')
  t.equal((await browser.post('/change-password', { passwordCurrent: password, password: 'my own quiet lighthouse', passwordAgain: 'my own quiet lighthouse' })).statusCode, 303)
  t.equal((await second.signIn('auditor', 'my own quiet lighthouse')).headers.location, '/delivery-records')
})

t.test('opens one of two sessions that are requested at the same time', async t => {
  const password = await reset('auditor')
  const [one, other] = [createPageClient(app), createPageClient(app)]
  await Promise.all([one.get('/sign-in'), other.get('/sign-in')])
  const answers = await Promise.all([one, other].map(async browser => await browser.post('/sign-in', { login: 'auditor', password })))
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [303, 401])
})

t.test('refuses a one-time password after seven days', async t => {
  const password = await reset('auditor')
  clock.advance({ days: 7 })
  const answer = await createPageClient(app).signIn('auditor', password)
  t.equal(answer.statusCode, 401)
  t.match(answer.body, 'This one-time password has been used or is too old.')
  t.equal((await createPageClient(app).signIn('auditor', 'wrong words entirely')).statusCode, 401)
  t.strictSame((await listAuditEvents(test, 'sign-in-failed')).slice(-2).map(({ facts }) => facts['reason']), ['one-time-password-ended', 'wrong-password'])
  await admin.signIn('admin')
})

t.test('generates the first password of a new member where none is entered', async t => {
  await admin.get('/staff/new')
  const answer = await admin.post('/staff/new', { login: 'newcomer', name: 'New Comer', roles: 'auditor', password: '' })
  t.strictSame([answer.statusCode, answer.headers['cache-control']], [200, 'no-store'])
  t.match(answer.body, 'The staff member has been added')
  const password = /<dd class="mono">([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</.exec(answer.body)![1]!
  t.strictSame(pick(await findStaffByLogin(db, 'newcomer'), 'mustChangePassword', 'passwordExpiresAt'), { mustChangePassword: true, passwordExpiresAt: new Date('2026-12-03T07:30:00Z') })
  t.equal((await createPageClient(app).signIn('newcomer', password)).headers.location, '/change-password')
})

t.test('names the login that is no login where none is entered for the password', async t => {
  await admin.get('/staff/new')
  const answer = await admin.post('/staff/new', { login: '-', name: 'Hyphen', roles: 'auditor', password: '' })
  t.equal(answer.statusCode, 400)
  t.strictSame([...answer.body.matchAll(/<li><a href="#(\w+)">/g)].map(([, field]) => field), ['login'])
})

t.test('makes a new member change a password that the administrator entered', async t => {
  await admin.get('/staff/new')
  const answer = await admin.post('/staff/new', { login: 'typed', name: 'Typed Password', roles: 'auditor', password: 'words and spaces are fine' })
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/staff'])
  t.equal((await createPageClient(app).signIn('typed', 'words and spaces are fine')).headers.location, '/change-password')
})

t.test('refuses to reset one’s own password', async t => {
  await admin.get('/staff')
  const answer = await admin.post(`/staff/${await idOf('admin')}/password/reset`, {})
  t.equal(answer.statusCode, 409)
  t.match(answer.body, 'You cannot reset your own password.')
  t.equal((await findStaffByLogin(db, 'admin'))?.mustChangePassword, false)
  t.equal((await admin.post('/staff/00000000-0000-4000-8000-000000000000/password/reset', {})).statusCode, 404)
})
