import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { createPageClient } from '../helpers/page-client.js'
import { pick } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { app, clock, deps } = test

t.test('signs in to the role’s first page with an HttpOnly cookie', async t => {
  const browser = createPageClient(app)
  const answer = await browser.signIn('agent')
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/accounts')
  t.strictSame(pick(answer.cookies.find(cookie => cookie.name === 'slipdesk'), 'httpOnly', 'sameSite', 'path'), { httpOnly: true, sameSite: 'Lax', path: '/' })
  const again = await browser.get('/sign-in')
  t.equal(again.headers.location, '/accounts', 'a signed-in user is not asked to sign in again')
})

t.test('sets __Host- and Secure cookies over HTTPS', async t => {
  const secure = await buildTestApp(t, { publicUrl: 'https://desk.example' })
  const browser = createPageClient(secure.app)
  const answer = await browser.signIn('agent')
  t.strictSame(pick(answer.cookies.find(cookie => cookie.name === '__Host-slipdesk'), 'httpOnly', 'secure', 'sameSite', 'path'), { httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
  t.equal(answer.cookies.find(cookie => cookie.name === '__Host-slipdesk')?.domain, undefined)
  t.ok(browser.cookies.has('__Host-slipdesk-visitor'))
})

t.test('redirects to the sign-in and then to the requested page', async t => {
  const browser = createPageClient(app)
  const first = await browser.get('/staff?sort=name')
  t.equal(first.statusCode, 303)
  t.equal(first.headers.location, '/sign-in?next=%2Fstaff%3Fsort%3Dname')
  const form = await browser.get(first.headers.location as string)
  t.match(form.body, 'name="next" value="/staff?sort=name"')
  const answer = await browser.post('/sign-in', { login: 'admin', password: 'demo-slipdesk-2026', next: '/staff?sort=name' })
  t.equal(answer.headers.location, '/staff?sort=name')
})

t.test('never redirects to another site after sign-in', async t => {
  for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', '/.//evil.example']) {
    const browser = createPageClient(app)
    const form = await browser.get(`/sign-in?next=${encodeURIComponent(next)}`)
    t.match(form.body, 'name="next" value=""')
    const answer = await browser.post('/sign-in', { login: 'auditor', password: 'demo-slipdesk-2026', next })
    t.equal(answer.headers.location, '/delivery-records', next)
  }
})

t.test('reports a wrong password and keeps the login but not the password', async t => {
  const browser = createPageClient(app)
  const answer = await browser.signIn('agent"<b>', 'a wrong secret')
  t.equal(answer.statusCode, 401)
  t.match(answer.body, 'The login or the password is wrong.')
  t.match(answer.body, 'value="agent&quot;&lt;b&gt;"')
  t.notMatch(answer.body, 'a wrong secret')
  const empty = await browser.post('/sign-in', { login: 'agent', password: '' })
  t.equal(empty.statusCode, 400)
  t.match(empty.body, 'id="password-error"')
})

t.test('tells a throttled user how many minutes to wait', async t => {
  const browser = createPageClient(app)
  for (let tries = 0; tries < 10; tries++) await browser.signIn('student-affairs', 'wrong')
  const answer = await browser.signIn('student-affairs')
  t.equal(answer.statusCode, 429)
  t.equal(answer.headers['retry-after'], '900')
  t.match(answer.body, 'in 15 min')
  t.match(answer.body, 'value="student-affairs"')
  clock.advance({ minutes: 15 })
})

t.test('ends the session at sign-out, also for a saved cookie', async t => {
  const browser = createPageClient(app)
  await browser.signIn('admin')
  await browser.get('/staff')
  const cookie = browser.cookies.get('slipdesk')!
  const answer = await browser.post('/sign-out', {})
  t.equal(answer.headers.location, '/sign-in')
  t.notOk(browser.cookies.has('slipdesk'))
  browser.cookies.set('slipdesk', cookie)
  t.equal((await browser.get('/staff')).headers.location, '/sign-in?next=%2Fstaff')
})

t.test('ends the browser’s previous session at sign-in', async t => {
  const browser = createPageClient(app)
  await browser.signIn('admin')
  const before = browser.cookies.get('slipdesk')!
  const other = createPageClient(app)
  await other.get('/sign-in')
  other.cookies.set('slipdesk', before)
  t.equal((await other.post('/sign-in', { login: 'admin', password: 'demo-slipdesk-2026' })).statusCode, 303)
  t.not(other.cookies.get('slipdesk'), before)
  t.equal((await browser.get('/staff')).statusCode, 303)
})

t.test('keeps page cookies and API tokens apart', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  const answer = await test.api(browser.cookies.get('slipdesk'), { method: 'DELETE', url: '/sessions/current' })
  t.equal(answer.statusCode, 401)
  const stranger = createPageClient(app)
  stranger.cookies.set('slipdesk', await test.signIn('admin'))
  t.equal((await stranger.get('/staff')).statusCode, 303)
})

t.test('asks for the service point first and lets the agent change it', async t => {
  const agent = await deps.db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  await deps.db.insertInto('staff_service_points').values({ staff_id: agent.id, service_point_id: 'helpdesk-myllypuro' }).execute()
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const sent = await browser.get('/accounts?q=x')
  t.equal(sent.headers.location, '/service-point?next=%2Faccounts%3Fq%3Dx')
  const page = await browser.get(sent.headers.location as string)
  t.match(page.body, 'value="helpdesk-karamalmi"')
  t.match(page.body, 'value="helpdesk-myllypuro"')
  t.notMatch(page.body, 'value="porter-arabia"')
  const foreign = await browser.post('/service-point', { servicePointId: 'porter-arabia', next: '' })
  t.equal(foreign.statusCode, 400)
  t.match(foreign.body, 'You do not work at this service point.')
  const chosen = await browser.post('/service-point', { servicePointId: 'helpdesk-myllypuro', next: '/accounts?q=x' })
  t.equal(chosen.headers.location, '/accounts?q=x')
  t.equal((await browser.get('/accounts?q=x')).statusCode, 200)
  const changed = await browser.post('/service-point', { servicePointId: 'helpdesk-karamalmi', next: '//evil.example' })
  t.equal(changed.headers.location, '/accounts')
  const events = await deps.db.selectFrom('audit_events').select(['actor', 'service_point', 'facts']).where('kind', '=', 'service-point-chosen').orderBy('sequence').execute()
  t.strictSame(events, [
    { actor: `staff:${agent.id}`, service_point: 'helpdesk-myllypuro', facts: { door: 'page', from: null } },
    { actor: `staff:${agent.id}`, service_point: 'helpdesk-karamalmi', facts: { door: 'page', from: 'helpdesk-myllypuro' } },
  ], 'each is on record, with where they were before; what is not theirs is not')
})

t.test('tells an agent without a service point whom to ask', async t => {
  const hr = await deps.db.selectFrom('staff').select('id').where('login', '=', 'hr').executeTakeFirstOrThrow()
  await deps.db.deleteFrom('staff_service_points').where('staff_id', '=', hr.id).execute()
  const browser = createPageClient(app)
  await browser.signIn('hr')
  const page = await browser.get('/service-point')
  t.match(page.body, 'Ask an administrator')
  t.equal((await browser.post('/sign-out', {})).headers.location, '/sign-in')
})

t.test('redirects the front page to the role’s first page or the sign-in', async t => {
  const browser = createPageClient(app)
  t.equal((await browser.get('/')).headers.location, '/sign-in')
  await browser.signIn('admin')
  t.equal((await browser.get('/')).headers.location, '/staff')
})

t.test('answers 403 to a role without the permission', async t => {
  const browser = createPageClient(app)
  await browser.signIn('porter')
  const answer = await browser.get('/staff')
  t.equal(answer.statusCode, 403)
  t.match(answer.headers['content-type'], /^text\/html/)
})
