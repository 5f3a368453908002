import t from 'tap'
import { setStaffPassword } from '../../../src/staff/administration/staff-passwords.js'
import { findStaffByLogin } from '../../../src/staff/queries.js'
import { buildTestApp } from '../../helpers/app.js'
import { dumpAllTables } from '../../helpers/database.js'
import { listAuditEvents } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick, pickEach, readProblem } from '../../helpers/projections.js'

const test = await buildTestApp(t, { isDemo: false })
const { app, deps, clock, api } = test
const { db } = deps
const initial = 'initial words from above'
const chosen = 'my own quiet lighthouse'

async function setInitialPassword (login: string): Promise<string> {
  const { id } = (await findStaffByLogin(db, login))!
  await setStaffPassword(deps, id, { password: initial, mustChangePassword: true }, 'system')
  return id
}

async function listFaults (body: string): Promise<Array<[string, string]>> {
  return [...body.matchAll(/<li><a href="#(\w+)">([^<]*)/g)].map(([, field, message]): [string, string] => [field!, message!])
}

t.test('leads every page to the change of a password that someone else has set', async t => {
  await setInitialPassword('auditor')
  const browser = createPageClient(app)
  const answer = await browser.signIn('auditor', initial)
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/change-password'])
  for (const url of ['/', '/delivery-records', '/slips', '/log', '/service-point', '/returned-form']) {
    const page = await browser.get(url)
    t.strictSame([page.statusCode, page.headers.location], [303, '/change-password'], url)
  }
  t.equal((await browser.get('/sign-in')).headers.location, '/change-password', 'a signed-in user is led there too')
  const form = await browser.get('/change-password')
  t.equal(form.statusCode, 200)
  t.match(form.body, 'Choose your own password first')
  t.notMatch(form.body, 'Delivery records', 'the menu is empty')
  t.match((await browser.get('/change-password?changed=1')).body, 'Choose your own password first', 'nothing has been changed yet')
  t.equal((await browser.get('/delivery-records/export?format=csv')).headers.location, '/change-password')
  t.strictSame(await db.selectFrom('record_exports').select('id').execute(), [])
  t.equal((await browser.post('/sign-out', {})).headers.location, '/sign-in')
})

t.test('sends no form of a person who must first change the password', async t => {
  await setInitialPassword('admin')
  const browser = createPageClient(app)
  await browser.signIn('admin', initial)
  await browser.get('/change-password')
  const { id } = (await findStaffByLogin(db, 'porter'))!
  const answer = await browser.post(`/staff/${id}/deactivate`, {})
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/change-password'])
  t.equal((await findStaffByLogin(db, 'porter'))?.active, true)
})

t.test('answers 401 password-change-required at the API, after the right password only', async t => {
  await setInitialPassword('auditor')
  const signIn = async (password: string) => await api(undefined, { method: 'POST', url: '/sessions', payload: { login: 'auditor', password } })
  const right = await signIn(initial)
  t.strictSame(readProblem(right), { status: 401, code: 'password-change-required' })
  t.match(right.headers['content-type'], /^application\/problem\+json/)
  t.match(right.json<{ detail: string }>().detail, /Sign in on the pages and choose your own/)
  t.strictSame(readProblem(await signIn('wrong words entirely')), { status: 401, code: 'not-signed-in' })
  t.equal((await db.selectFrom('sessions').select('id').where('door', '=', 'api').execute()).length, 0)
  const failures = await listAuditEvents(test, 'sign-in-failed')
  t.strictSame(pickEach(failures.slice(-2).map(({ facts }) => facts), 'door', 'reason'), [{ door: 'api', reason: 'password-change-required' }, { door: 'api', reason: 'wrong-password' }])
  const { id } = (await findStaffByLogin(db, 'auditor'))!
  await db.deleteFrom('sign_in_tries').execute()
  await db.updateTable('staff').set({ must_change_password: false }).where('id', '=', id).execute()
  const token = (await signIn(initial)).json<{ token: string }>().token
  await db.updateTable('staff').set({ must_change_password: true }).where('id', '=', id).execute()
  t.strictSame(readProblem(await api(token, { url: '/slips' })), { status: 401, code: 'password-change-required' }, 'an open session cannot be used either')
  t.equal((await api(token, { method: 'DELETE', url: '/sessions/current' })).statusCode, 204)
})

t.test('changes the password, ends all other sessions and records it', async t => {
  const id = await setInitialPassword('auditor')
  const other = createPageClient(app)
  await other.signIn('auditor', initial)
  const browser = createPageClient(app)
  await browser.signIn('auditor', initial)
  await browser.get('/change-password')
  const answer = await browser.post('/change-password', { passwordCurrent: initial, password: chosen, passwordAgain: chosen })
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/change-password?changed=1'])
  t.match((await browser.get('/change-password?changed=1')).body, /href="\/delivery-records">Continue/)
  t.equal((await browser.get('/delivery-records')).statusCode, 200)
  t.equal((await other.get('/delivery-records')).headers.location, '/sign-in?next=%2Fdelivery-records')
  t.strictSame(pick(await findStaffByLogin(db, 'auditor'), 'mustChangePassword', 'passwordExpiresAt'), { mustChangePassword: false, passwordExpiresAt: null })
  const event = (await listAuditEvents(test, 'staff-changed')).at(-1)!
  t.equal(event.actor, `staff:${id}`)
  t.strictSame(pick(event.facts, 'change', 'staff', 'mustChangePassword'), { change: 'password-changed', staff: id, mustChangePassword: false })
  t.equal((await createPageClient(app).signIn('auditor', initial)).statusCode, 401)
  t.equal((await createPageClient(app).signIn('auditor', chosen)).headers.location, '/delivery-records')
  const stored = await dumpAllTables(db)
  for (const secret of [initial, chosen]) t.notOk(stored.includes(secret) || test.logLines.join('').includes(secret), 'no password is stored or logged')
})

t.test('reports faults at the fields and repeats no password', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor', chosen)
  await browser.get('/change-password')
  const change = async (passwordCurrent: string, password: string, passwordAgain = password) => {
    const answer = await browser.post('/change-password', { passwordCurrent, password, passwordAgain })
    for (const secret of [passwordCurrent, password].filter(Boolean)) t.notMatch(answer.body, `value="${secret}"`)
    return [answer.statusCode, ...await listFaults(answer.body)]
  }
  t.strictSame(await change('', '', ''), [400,
    ['passwordCurrent', 'Enter your current password.'],
    ['password', 'New password: Too short. Enter at least 15 characters.'],
    ['passwordAgain', 'Enter the new password again.'],
  ])
  t.strictSame(await change(chosen, 'a quiet river bends', 'a quiet river bend'), [400, ['passwordAgain', 'New password again: The two passwords are different. Enter both again.']])
  t.strictSame(await change('not the current one', 'a quiet river bends'), [400, ['passwordCurrent', 'Current password: This is not your current password. Enter it again.']])
  t.strictSame(await change(chosen, chosen.toUpperCase()), [400, ['password', 'New password: This is your current password. Choose another one.']])
  t.strictSame(await change(chosen, 'the Auditor of rivers'), [400, ['password', 'New password: The password must not contain the login. Enter another password.']])
  t.equal((await createPageClient(app).signIn('auditor', chosen)).statusCode, 303, 'the password is unchanged')
})

t.test('counts wrong current passwords with those of the sign-in', async t => {
  await db.deleteFrom('sign_in_tries').execute()
  const browser = createPageClient(app)
  await browser.signIn('auditor', chosen)
  await browser.get('/change-password')
  const before = (await listAuditEvents(test, 'sign-in-failed')).length
  const attempt = async (passwordCurrent: string) => await browser.post('/change-password', { passwordCurrent, password: 'a quiet river bends', passwordAgain: 'a quiet river bends' })
  for (let count = 1; count <= 10; count++) t.equal((await attempt('wrong')).statusCode, 400)
  const throttled = await attempt(chosen)
  t.strictSame([throttled.statusCode, throttled.headers['retry-after']], [429, '900'])
  t.match(throttled.body, 'Try again in 15 min.')
  t.equal((await createPageClient(app).signIn('auditor', chosen)).statusCode, 429, 'one count for both')
  const { id } = (await findStaffByLogin(db, 'auditor'))!
  const failures = (await listAuditEvents(test, 'sign-in-failed')).slice(before)
  t.strictSame(failures.slice(0, 11).map(({ actor, facts }) => [actor, facts['reason']]), [...Array<string[]>(10).fill([`staff:${id}`, 'wrong-password']), [`staff:${id}`, 'throttled']])
  const lines = test.logLines.map(line => JSON.parse(line) as Record<string, unknown>).filter(line => line['staff'] === id && line['network'] !== undefined)
  t.strictSame([...new Set(lines.slice(-13).map(line => line['event']))], ['security.signed-in', 'security.sign-in-failed', 'security.throttled'])
  clock.advance({ minutes: 15 })
})

t.test('stores no password of a form that was sent after the session had ended', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor', chosen)
  await browser.get('/change-password')
  await db.updateTable('sessions').set({ revoked_at: clock.now(), binding: null }).execute()
  const answer = await browser.post('/change-password', { passwordCurrent: chosen, password: 'a quiet river bends', passwordAgain: 'a quiet river bends' })
  t.match(answer.headers.location, /^\/sign-in\?next=/)
  t.notOk((await dumpAllTables(db)).includes('a quiet river bends'))
  t.equal((await createPageClient(app).signIn('auditor', chosen)).statusCode, 303)
})
