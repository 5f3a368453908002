import t from 'tap'
import { sql } from 'kysely'
import { translator } from '../../../src/i18n/translate.js'
import { changeStaff } from '../../../src/staff/administration/manage-staff.js'
import { expireRequests } from '../../../src/staff/confirmations/decide.js'
import { findStaffByLogin } from '../../../src/staff/queries.js'
import { addStaff, buildTestApp } from '../../helpers/app.js'
import { listAuditEvents, requireAccountId } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick } from '../../helpers/projections.js'

const test = await buildTestApp(t, { isDemo: false })
const { app, deps, clock } = test
const { db } = deps
const say = translator('en')
await addStaff(test, { login: 'second', roles: ['administrator'], servicePoints: [] })
await addStaff(test, { login: 'third', roles: ['administrator'], servicePoints: [] })
const [first, second] = [createPageClient(app), createPageClient(app)]
await first.signIn('admin')
await second.signIn('second')
const ids = Object.fromEntries(await Promise.all(['admin', 'second', 'third', 'agent', 'auditor'].map(async login => [login, (await findStaffByLogin(db, login))!.id]))) as Record<'admin' | 'second' | 'third' | 'agent' | 'auditor', string>
const place = 'helpdesk-karamalmi'

t.afterEach(async () => {
  await db.updateTable('confirmation_requests').set({ state: 'expired', decided_at: clock.now() }).where('state', '=', 'open').execute()
})

async function requestAuditor (browser = first): Promise<string> {
  await browser.get(`/staff/${ids.agent}`)
  const answer = await browser.post(`/staff/${ids.agent}`, { roles: ['agent', 'auditor'], servicePoints: place })
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/staff?requested=1'])
  return await openRequest()
}

async function openRequest (): Promise<string> {
  return (await db.selectFrom('confirmation_requests').select('id').where('state', '=', 'open').executeTakeFirstOrThrow()).id
}

async function decide (browser: typeof first, id: string, decision: 'confirm' | 'decline' | 'withdraw') {
  await browser.get('/staff')
  return await browser.post(`/confirmations/${id}/${decision}`, {})
}

async function rolesOf (login: string) {
  return (await findStaffByLogin(db, login))?.roles
}

async function stateOf (id: string) {
  return await db.selectFrom('confirmation_requests').select(['state', 'decided_by']).where('id', '=', id).executeTakeFirst()
}

async function resetAgent (): Promise<void> {
  await changeStaff({ ...deps, fourEyes: false }, ids.agent, { kind: 'assign', roles: ['agent'], servicePoints: [place] }, 'system')
}

t.test('waits for another administrator before it grants the auditor role', async t => {
  const id = await requestAuditor()
  t.strictSame(await rolesOf('agent'), ['agent'], 'nothing has changed yet')
  const own = await first.get('/staff?requested=1')
  for (const text of [say('staff.waiting.requestedTitle'), 'Change of roles: Aino Virtanen (agent)', say('staff.waiting.own'), `/confirmations/${id}/withdraw`]) t.match(own.body, text)
  t.notMatch(own.body, `/confirmations/${id}/confirm`)
  const other = await second.get('/staff')
  for (const text of ['Change of roles: Aino Virtanen (agent)', 'Agent, Auditor', 'Samira Haddad', `/confirmations/${id}/confirm`, `/confirmations/${id}/decline`]) t.match(other.body, text)
  const answer = await decide(second, id, 'confirm')
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/staff'])
  t.strictSame(await rolesOf('agent'), ['agent', 'auditor'])
  t.strictSame(await stateOf(id), { state: 'confirmed', decided_by: ids.second })
  const requested = (await listAuditEvents(test, 'confirmation-requested')).at(-1)!
  t.equal(requested.actor, `staff:${ids.admin}`)
  t.strictSame(Object.keys(requested.facts).sort(), ['action', 'digest', 'expiresAt', 'request', 'staff'])
  t.strictSame(pick(requested.facts, 'action', 'request', 'staff'), { action: 'assign', request: id, staff: ids.agent })
  const confirmed = (await listAuditEvents(test, 'confirmation-confirmed')).at(-1)!
  t.strictSame(pick(confirmed, 'actor', 'facts'), { actor: `staff:${ids.second}`, facts: { action: 'assign', request: id, staff: ids.agent } })
  const changed = (await listAuditEvents(test, 'staff-changed')).at(-1)!
  t.strictSame(pick(changed.facts, 'change', 'request', 'confirmedBy', 'roles'), { change: 'assigned', request: id, confirmedBy: ids.second, roles: ['agent', 'auditor'] })
  t.equal(changed.actor, `staff:${ids.admin}`, 'the event names both people')
  await resetAgent()
})

t.test('changes roles without confirmation where no administrator or auditor is concerned', async t => {
  await first.get(`/staff/${ids.agent}`)
  const answer = await first.post(`/staff/${ids.agent}`, { roles: ['agent', 'porter'], servicePoints: [place, 'porter-arabia'] })
  t.equal(answer.headers.location, '/staff')
  t.strictSame(await rolesOf('agent'), ['agent', 'porter'])
  await resetAgent()
})

t.test('refuses a confirmation by the requester', async t => {
  const id = await requestAuditor()
  const answer = await decide(first, id, 'confirm')
  t.equal(answer.statusCode, 409)
  t.match(answer.body, say('problems.conflict.own-request'))
  t.equal((await decide(first, id, 'decline')).statusCode, 409)
  t.strictSame(await stateOf(id), { state: 'open', decided_by: null })
  t.strictSame(await rolesOf('agent'), ['agent'])
})

t.test('carries out a request once, even if it is confirmed twice at the same time', async t => {
  const id = await requestAuditor()
  const third = createPageClient(app)
  await third.signIn('third')
  const before = (await listAuditEvents(test, 'staff-changed')).length
  const answers = await Promise.all([decide(second, id, 'confirm'), decide(third, id, 'confirm')])
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [303, 409])
  t.equal((await listAuditEvents(test, 'staff-changed')).length, before + 1)
  const replayed = await decide(second, id, 'confirm')
  t.equal(replayed.statusCode, 409)
  t.match(replayed.body, say('problems.conflict.request-ended'))
  await resetAgent()
})

t.test('refuses the request of someone who is no longer an administrator', async t => {
  const id = await requestAuditor()
  await db.updateTable('staff').set({ active: false }).where('id', '=', ids.admin).execute()
  const answer = await decide(second, id, 'confirm')
  t.equal(answer.statusCode, 409)
  t.match(answer.body, say('problems.conflict.requester-gone'))
  t.strictSame(await rolesOf('agent'), ['agent'])
  await db.updateTable('staff').set({ active: true }).where('id', '=', ids.admin).execute()
})

t.test('refuses a confirmer who has lost the role', async t => {
  const id = await requestAuditor()
  await second.get('/staff')
  await db.updateTable('staff').set({ roles: ['auditor'] }).where('id', '=', ids.second).execute()
  t.equal((await second.post(`/confirmations/${id}/confirm`, {})).statusCode, 403)
  t.strictSame(await stateOf(id), { state: 'open', decided_by: null })
  await db.updateTable('staff').set({ roles: ['administrator'] }).where('id', '=', ids.second).execute()
})

t.test('refuses a request that was altered in the database', async t => {
  for (const altered of [
    sql`update confirmation_requests set payload = jsonb_set(payload, '{roles}', '["administrator", "agent"]') where state = 'open'`,
    sql`update confirmation_requests set staff_id = ${ids.auditor} where state = 'open'`,
    sql`update confirmation_requests set requested_by = ${ids.third} where state = 'open'`,
    sql`update confirmation_requests set expires_at = expires_at + interval '1 year' where state = 'open'`,
    sql`update confirmation_requests set payload = payload - 'before' where state = 'open'`,
  ]) {
    const id = await requestAuditor()
    await altered.execute(db)
    const answer = await decide(second, id, 'confirm')
    t.equal(answer.statusCode, 409)
    t.match(answer.body, say('problems.conflict.request-altered'))
    await db.updateTable('confirmation_requests').set({ state: 'expired', decided_at: clock.now() }).where('id', '=', id).execute()
  }
  t.strictSame([await rolesOf('agent'), await rolesOf('auditor')], [['agent'], ['auditor']])
})

t.test('refuses a request that was inserted into the database', async t => {
  const id = await requestAuditor()
  await db.updateTable('confirmation_requests').set({ state: 'expired', decided_at: clock.now() }).where('id', '=', id).execute()
  const stranger = (await listAuditEvents(test, 'staff-changed')).at(-1)!.id
  const { rows: [row] } = await sql<{ id: string }>`insert into confirmation_requests (action, staff_id, payload, requested_by, requested_at, expires_at, event_id)
    select action, staff_id, payload, requested_by, requested_at, expires_at, ${stranger} from confirmation_requests where id = ${id} returning id`.execute(db)
  const answer = await decide(second, row!.id, 'confirm')
  t.equal(answer.statusCode, 409)
  t.match(answer.body, say('problems.conflict.request-altered'))
})

t.test('refuses a declined request that was opened again in the database', async t => {
  const id = await requestAuditor()
  await decide(second, id, 'decline')
  await db.updateTable('confirmation_requests').set({ state: 'open', decided_by: null, decided_at: null }).where('id', '=', id).execute()
  const answer = await decide(second, id, 'confirm')
  t.equal(answer.statusCode, 409)
  t.match(answer.body, say('problems.conflict.request-altered'))
  t.strictSame(await rolesOf('agent'), ['agent'])
})

t.test('refuses a confirmation when the member has changed since the request', async t => {
  const id = await requestAuditor()
  await changeStaff({ ...deps, fourEyes: true }, ids.agent, { kind: 'assign', roles: ['agent', 'porter'], servicePoints: [place, 'porter-arabia'] }, `staff:${ids.third}`)
  const answer = await decide(second, id, 'confirm')
  t.equal(answer.statusCode, 409)
  t.match(answer.body, say('problems.conflict.request-outdated'))
  t.strictSame(await rolesOf('agent'), ['agent', 'porter'])
  await resetAgent()
})

t.test('ends a request after seven days and records it', async t => {
  const id = await requestAuditor()
  clock.advance({ days: 7 })
  await second.signIn('second')
  t.notMatch((await second.get('/staff')).body, id)
  const late = await second.post(`/confirmations/${id}/confirm`, {})
  t.equal(late.statusCode, 409)
  t.match(late.body, say('problems.conflict.request-expired'))
  t.equal(await expireRequests(db, clock.now()), 1)
  t.strictSame(await stateOf(id), { state: 'expired', decided_by: null })
  const event = (await listAuditEvents(test, 'confirmation-expired')).at(-1)!
  t.strictSame(pick(event, 'actor', 'facts'), { actor: 'system', facts: { action: 'assign', request: id, staff: ids.agent } })
  t.equal(await expireRequests(db, clock.now()), 0)
  t.strictSame(await rolesOf('agent'), ['agent'])
  await first.signIn('admin')
})

t.test('lets the other administrator decline and the requester withdraw', async t => {
  const declined = await requestAuditor()
  t.equal((await decide(second, declined, 'withdraw')).statusCode, 409)
  t.equal((await decide(second, declined, 'decline')).statusCode, 303)
  t.strictSame(await stateOf(declined), { state: 'declined', decided_by: ids.second })
  t.equal((await listAuditEvents(test, 'confirmation-declined')).at(-1)!.actor, `staff:${ids.second}`)
  const withdrawn = await requestAuditor()
  t.equal((await decide(first, withdrawn, 'withdraw')).statusCode, 303)
  t.strictSame(await stateOf(withdrawn), { state: 'withdrawn', decided_by: ids.admin })
  t.equal((await listAuditEvents(test, 'confirmation-withdrawn')).at(-1)!.actor, `staff:${ids.admin}`)
  for (const id of [declined, withdrawn]) t.equal((await decide(second, id, 'confirm')).statusCode, 409)
  t.strictSame(await rolesOf('agent'), ['agent'])
})

t.test('has one open request for each person', async t => {
  await requestAuditor()
  await second.get(`/staff/${ids.agent}`)
  const answer = await second.post(`/staff/${ids.agent}`, { roles: ['agent', 'administrator'], servicePoints: place })
  t.equal(answer.statusCode, 409)
  t.match(answer.body, say('problems.conflict.already-requested'))
  t.match((await second.get(`/staff/${ids.agent}`)).body, 'Change of roles: Aino Virtanen (agent)')
})

t.test('accepts no decision without the form’s token', async t => {
  const id = await requestAuditor()
  await second.get('/staff')
  for (const form of [{ _csrf: '' }, { _csrf: 'x'.repeat(43) }]) t.not((await second.post(`/confirmations/${id}/confirm`, form)).statusCode, 200)
  t.equal((await second.post(`/confirmations/${id}/confirm`, {}, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  t.strictSame(await stateOf(id), { state: 'open', decided_by: null })
  const agent = createPageClient(app)
  await agent.signIn('agent')
  await agent.get('/accounts')
  t.equal((await agent.post(`/confirmations/${id}/confirm`, {})).statusCode, 403)
  t.equal((await decide(second, '00000000-0000-4000-8000-000000000000', 'confirm')).statusCode, 404)
})

t.test('adds an administrator deactivated until another one confirms', async t => {
  await first.get('/staff/new')
  const answer = await first.post('/staff/new', { login: 'fourth', name: 'Fourth Admin', roles: 'administrator', password: '' })
  const password = /<dd class="mono">([a-z2-9-]{19})</.exec(answer.body)![1]!
  t.match(answer.body, 'href="/staff?requested=1"')
  t.equal((await findStaffByLogin(db, 'fourth'))?.active, false)
  t.equal((await createPageClient(app).signIn('fourth', password)).statusCode, 401)
  const id = (await findStaffByLogin(db, 'fourth'))!.id
  await first.get('/staff')
  t.equal((await first.post(`/staff/${id}/activate`, {})).statusCode, 409, 'one administrator cannot activate them alone')
  t.equal((await decide(second, await openRequest(), 'confirm')).statusCode, 303)
  t.equal((await createPageClient(app).signIn('fourth', password)).headers.location, '/change-password')
})

t.test('deactivates and activates an administrator with two people only', async t => {
  await first.get('/staff')
  t.equal((await first.post(`/staff/${ids.third}/deactivate`, {})).headers.location, '/staff?requested=1')
  t.equal((await findStaffByLogin(db, 'third'))?.active, true)
  await decide(second, await openRequest(), 'confirm')
  t.equal((await findStaffByLogin(db, 'third'))?.active, false)
  await second.get('/staff')
  t.equal((await second.post(`/staff/${ids.third}/activate`, {})).headers.location, '/staff?requested=1')
  await decide(first, await openRequest(), 'confirm')
  t.equal((await findStaffByLogin(db, 'third'))?.active, true)
})

t.test('refuses to reset the password of another administrator or of an auditor', async t => {
  await first.get('/staff')
  for (const login of ['second', 'auditor'] as const) {
    const answer = await first.post(`/staff/${ids[login]}/password/reset`, {})
    t.equal(answer.statusCode, 409)
    t.match(answer.body, say('problems.conflict.administrator-password'))
    t.equal((await findStaffByLogin(db, login))?.mustChangePassword, false)
  }
})

t.test('erases a holder after another administrator has confirmed it', async t => {
  const account = await requireAccountId(test, 'matvi1207')
  await first.get(`/holders/${account}/erase`)
  t.equal((await first.post(`/holders/${account}/erase`, { reason: 'holder-asked', sure: 'yes' })).headers.location, `/holders/${account}`)
  const erasedAt = async () => (await db.selectFrom('accounts').select('erased_at').where('id', '=', account).executeTakeFirstOrThrow()).erased_at
  t.equal(await erasedAt(), null)
  t.match((await first.get(`/holders/${account}`)).body, say('staff.waiting.erasureTitle'))
  t.match((await first.get(`/holders/${account}/erase`)).body, say('problems.conflict.already-requested'))
  t.match((await second.get('/staff')).body, 'Erasure of the personal data of a holder: matvi1207')
  const id = await openRequest()
  t.equal((await decide(second, id, 'confirm')).statusCode, 303)
  t.not(await erasedAt(), null)
  const event = (await listAuditEvents(test, 'holder-erased')).at(-1)!
  t.strictSame(pick(event, 'actor', 'account'), { actor: `staff:${ids.admin}`, account })
  t.strictSame(pick(event.facts, 'reason', 'request', 'confirmedBy'), { reason: 'holder-asked', request: id, confirmedBy: ids.second })
})

t.test('acts alone while only one administrator can sign in', async t => {
  await db.updateTable('staff').set({ must_change_password: true }).where('login', 'in', ['second', 'third', 'fourth']).execute()
  await first.get(`/staff/${ids.agent}`)
  t.equal((await first.post(`/staff/${ids.agent}`, { roles: ['agent', 'auditor'], servicePoints: place })).headers.location, '/staff')
  t.strictSame(await rolesOf('agent'), ['agent', 'auditor'])
  await resetAgent()
  await db.updateTable('staff').set({ must_change_password: false, password_expires_at: null }).where('login', 'in', ['second', 'third', 'fourth']).execute()
})

t.test('acts alone in the demo, and where the profile switches four eyes off', async t => {
  for (const changes of [{ isDemo: true }, { isDemo: false, profile: { ...deps.profile, fourEyes: false } }]) {
    const other = await buildTestApp(t, changes)
    await addStaff(other, { login: 'second', roles: ['administrator'], servicePoints: [] })
    const browser = createPageClient(other.app)
    await browser.signIn('admin')
    await browser.get('/staff')
    const { id } = (await findStaffByLogin(other.deps.db, 'second'))!
    t.equal((await browser.post(`/staff/${id}/deactivate`, {})).headers.location, '/staff')
    t.equal((await findStaffByLogin(other.deps.db, 'second'))?.active, false)
  }
})
