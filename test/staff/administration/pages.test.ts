import { createHash } from 'node:crypto'
import t from 'tap'
import { translator } from '../../../src/i18n/translate.js'
import { buildTestApp } from '../../helpers/app.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick } from '../../helpers/projections.js'

const { app, deps } = await buildTestApp(t)
const browser = createPageClient(app)
const say = translator('en')
await browser.signIn('admin')

async function idOf (login: string): Promise<string> {
  return (await deps.db.selectFrom('staff').select('id').where('login', '=', login).executeTakeFirstOrThrow()).id
}

async function lastChange () {
  return await deps.db.selectFrom('audit_events').select(['actor', 'facts']).where('kind', '=', 'staff-changed').orderBy('sequence', 'desc').executeTakeFirst()
}

async function passwordDigestOf (login: string): Promise<string> {
  const { password_hash: hash } = await deps.db.selectFrom('staff').select('password_hash').where('login', '=', login).executeTakeFirstOrThrow()
  return createHash('sha256').update(hash).digest('base64url')
}

const newcomer = { login: 'Maija.M', name: 'Maija Mäkelä', roles: ['agent', 'auditor'], servicePoints: ['helpdesk-myllypuro', 'human-resources-myllypuro'], password: 'words and spaces are fine' }

t.test('lists staff with service points and last use', async t => {
  const page = await browser.get('/staff')
  t.equal(page.statusCode, 200)
  for (const text of ['Aino Virtanen', 'student-affairs', 'Helpdesk, Karamalmi', '19 Nov 2026 09:30', '(you)']) t.match(page.body, text)
})

t.test('adds a member of staff who can sign in immediately', async t => {
  await browser.get('/staff/new')
  const answer = await browser.post('/staff/new', newcomer)
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/staff')
  t.strictSame(await lastChange().then(event => ({ ...event, facts: { ...event?.facts, digests: undefined } })), {
    actor: `staff:${await idOf('admin')}`,
    facts: {
      change: 'added',
      staff: await idOf('maija.m'),
      roles: ['agent', 'auditor'],
      servicePoints: ['helpdesk-myllypuro', 'human-resources-myllypuro'],
      active: true,
      passwordDigest: await passwordDigestOf('maija.m'),
      mustChangePassword: false,
      passwordExpiresAt: null,
      digests: undefined,
    },
  })
  t.equal((await createPageClient(app).signIn('maija.m', 'words and spaces are fine')).statusCode, 303)
})

t.test('reports faults at the fields and keeps all input but the password', async t => {
  await browser.get('/staff/new')
  const answer = await browser.post('/staff/new', { ...newcomer, login: 'Ä', roles: [], password: 'short' })
  t.equal(answer.statusCode, 400)
  for (const field of ['login', 'roles', 'password']) t.match(answer.body, `id="${field}-error"`)
  t.match(answer.body, 'Initial password: Too short. Enter at least 15 characters.')
  t.match(answer.body, 'value="Maija Mäkelä"')
  t.match(answer.body, /value="helpdesk-myllypuro" checked/)
  t.notMatch(answer.body, 'value="short"')
  const taken = await browser.post('/staff/new', newcomer)
  t.equal(taken.statusCode, 400)
  t.match(taken.body, 'This login is already in use.')
  const several = await browser.post('/staff/new', { ...newcomer, name: '', login: 'agent', servicePoints: [], password: 'agent' })
  t.strictSame([...several.body.matchAll(/<li><a href="#(\w+)">([^<]*)/g)].map(([, field, message]) => [field, message]), [
    ['name', say('fieldErrors.name.required')],
    ['login', `Login: ${say('fields.login-taken')}`],
    ['servicePoints', `Service points: ${say('fields.agent-needs-office')}`],
    ['password', `Initial password: ${say('fields.too-short', { limit: '15' })}`],
    ['password', `Initial password: ${say('fields.password-holds-login')}`],
  ], 'all faults together, in the order of the page')
  const empty = await browser.post('/staff/new', { roles: [], servicePoints: [], login: ' ', name: '', password: '' })
  t.strictSame([...empty.body.matchAll(/<li><a href="#(\w+)">([^<]*)/g)].map(([, field, message]) => [field, message]), [
    ['name', 'Enter the person’s first and last name.'],
    ['login', 'Enter the login.'],
    ['roles', 'Roles: Choose at least one role.'],
  ])
  const nowhere = await browser.post('/staff/new', { ...newcomer, login: 'other', servicePoints: ['helpdesk-nowhere'] })
  t.match(nowhere.body, 'This service point does not exist.')
  const king = await browser.post('/staff/new', { ...newcomer, login: 'other', roles: ['king'] })
  t.equal(king.statusCode, 400)
  t.match(king.body, 'id="roles-error"')
})

t.test('signs a member of staff out everywhere', async t => {
  const other = createPageClient(app)
  await other.signIn('auditor')
  await browser.get('/staff')
  const answer = await browser.post(`/staff/${await idOf('auditor')}/sessions/end`, {})
  t.equal(answer.statusCode, 303)
  t.equal((await other.get('/')).headers.location, '/sign-in')
  t.strictSame((await lastChange())?.facts, {
    change: 'sessions-ended', staff: await idOf('auditor'), roles: ['auditor'], servicePoints: [], active: true, passwordDigest: await passwordDigestOf('auditor'), mustChangePassword: false, passwordExpiresAt: null,
  })
})

t.test('locks a deactivated member of staff out until activated', async t => {
  const other = createPageClient(app)
  await other.signIn('porter')
  const id = await idOf('porter')
  await browser.get('/staff')
  await browser.post(`/staff/${id}/deactivate`, {})
  t.strictSame(pick((await lastChange())?.facts, 'change', 'staff', 'active'), { change: 'deactivated', staff: id, active: false })
  t.equal((await other.get('/')).headers.location, '/sign-in')
  t.equal((await other.signIn('porter')).statusCode, 401)
  await browser.get('/staff')
  await browser.post(`/staff/${id}/activate`, {})
  t.strictSame(pick((await lastChange())?.facts, 'change', 'staff', 'active', 'servicePoints'), { change: 'activated', staff: id, active: true, servicePoints: ['porter-arabia'] })
  t.equal((await other.signIn('porter')).statusCode, 303)
})

t.test('refuses to deactivate oneself', async t => {
  await browser.get('/staff')
  const before = await lastChange()
  const answer = await browser.post(`/staff/${await idOf('admin')}/deactivate`, {})
  t.equal(answer.statusCode, 409)
  t.match(answer.body, 'You cannot deactivate yourself.')
  t.strictSame(await lastChange(), before)
  t.equal((await browser.get('/staff')).statusCode, 200)
})

t.test('keeps one of two administrators who deactivate each other', async t => {
  await browser.get('/staff/new')
  await browser.post('/staff/new', { login: 'second', name: 'Second Admin', roles: 'administrator', password: 'words and spaces are fine' })
  const second = createPageClient(app)
  await second.signIn('second', 'words and spaces are fine')
  await Promise.all([browser.get('/staff'), second.get('/staff')])
  await Promise.all([
    browser.post(`/staff/${await idOf('second')}/deactivate`, {}),
    second.post(`/staff/${await idOf('admin')}/deactivate`, {}),
  ])
  const left = await deps.db.selectFrom('staff').select('login').where('active', '=', true).where('login', 'in', ['admin', 'second']).execute()
  t.equal(left.length, 1)
})

t.test('answers 404 for an unknown member of staff', async t => {
  const admin = createPageClient(app)
  await deps.db.updateTable('staff').set({ active: true }).where('login', '=', 'admin').execute()
  await admin.signIn('admin')
  await admin.get('/staff')
  t.equal((await admin.post('/staff/00000000-0000-4000-8000-000000000000/activate', {})).statusCode, 404)
  t.equal((await admin.post('/staff/1/activate', {})).statusCode, 404)
})
