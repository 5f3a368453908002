import t from 'tap'
import { translator } from '../../../src/i18n/translate.js'
import { changeStaff } from '../../../src/staff/administration/manage-staff.js'
import { findStaffByLogin } from '../../../src/staff/queries.js'
import { addStaff, buildTestApp } from '../../helpers/app.js'
import { listAuditEvents } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { app, deps } = test
const { db } = deps
const say = translator('en')
const admin = createPageClient(app)
await admin.signIn('admin')

async function idOf (login: string): Promise<string> {
  return (await findStaffByLogin(db, login))!.id
}

async function save (login: string, form: Record<string, string | string[]>) {
  const url = `/staff/${await idOf(login)}`
  await admin.get(url)
  return await admin.post(url, form)
}

t.test('shows a member of staff with roles, service points and the state of the password', async t => {
  const page = await admin.get(`/staff/${await idOf('agent')}`)
  t.equal(page.statusCode, 200)
  t.match(page.body, /value="agent" checked/)
  t.match(page.body, /value="helpdesk-karamalmi" checked/)
  t.notMatch(page.body, /value="porter-arabia" checked/)
  t.match(page.body, say('staff.member.passwordOwn'))
  t.match(page.body, `/staff/${await idOf('agent')}/password/reset`)
  t.equal((await admin.get('/staff/00000000-0000-4000-8000-000000000000')).statusCode, 404)
  t.equal((await admin.get('/staff/1')).statusCode, 404)
})

t.test('changes roles and service points, signs the person out and records the state', async t => {
  const member = createPageClient(app)
  await member.signIn('agent')
  const answer = await save('agent', { roles: ['agent', 'porter'], servicePoints: ['helpdesk-karamalmi', 'porter-arabia'] })
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/staff'])
  t.strictSame((await findStaffByLogin(db, 'agent'))?.roles, ['agent', 'porter'])
  t.equal((await member.get('/accounts')).headers.location, '/sign-in?next=%2Faccounts')
  const event = (await listAuditEvents(test, 'staff-changed')).at(-1)!
  t.equal(event.actor, `staff:${await idOf('admin')}`)
  t.strictSame(pick(event.facts, 'change', 'staff', 'roles', 'servicePoints', 'active'), {
    change: 'assigned', staff: await idOf('agent'), roles: ['agent', 'porter'], servicePoints: ['helpdesk-karamalmi', 'porter-arabia'], active: true,
  })
})

t.test('takes a service point away immediately and leaves the session open', async t => {
  const member = createPageClient(app)
  await member.signIn('hr')
  t.equal((await member.get('/accounts')).statusCode, 200)
  await save('hr', { roles: 'agent', servicePoints: ['helpdesk-myllypuro', 'student-affairs-myllypuro'] })
  t.equal((await member.get('/accounts')).headers.location, '/service-point?next=%2Faccounts')
})

t.test('reports roles and service points that do not fit', async t => {
  const before = await findStaffByLogin(db, 'porter')
  const nowhere = await save('porter', { roles: 'porter', servicePoints: [] })
  t.equal(nowhere.statusCode, 400)
  t.match(nowhere.body, `Service points: ${say('fields.porter-needs-desk')}`)
  const none = await save('porter', { servicePoints: 'porter-arabia' })
  t.equal(none.statusCode, 400)
  t.match(none.body, 'Roles: Choose at least one role.')
  t.match(none.body, /value="porter-arabia" checked/, 'what was ticked stays')
  t.equal((await save('porter', { roles: 'king', servicePoints: 'porter-arabia' })).statusCode, 400)
  t.equal((await save('porter', { roles: 'porter', servicePoints: 'nowhere' })).statusCode, 400)
  t.strictSame(await findStaffByLogin(db, 'porter'), before)
})

t.test('refuses to change one’s own roles and service points', async t => {
  t.notMatch((await admin.get(`/staff/${await idOf('admin')}`)).body, 'name="roles"')
  const answer = await save('admin', { roles: ['administrator', 'auditor'] })
  t.equal(answer.statusCode, 409)
  t.match(answer.body, say('problems.conflict.own-roles'))
  t.strictSame((await findStaffByLogin(db, 'admin'))?.roles, ['administrator'])
})

t.test('keeps the last active administrator', async t => {
  const last = { message: 'last-administrator' }
  const plainDeps = { ...deps, fourEyes: false }
  await t.rejects(changeStaff(plainDeps, await idOf('admin'), { kind: 'assign', roles: ['auditor'], servicePoints: [] }, 'system'), last)
  await t.rejects(changeStaff(plainDeps, await idOf('admin'), { kind: 'deactivate' }, 'system'), last)
  const second = await addStaff(test, { login: 'second', roles: ['administrator'], servicePoints: [] })
  const first = await idOf('admin')
  const outcomes = await Promise.allSettled([
    changeStaff(plainDeps, first, { kind: 'assign', roles: ['auditor'], servicePoints: [] }, `staff:${second}`),
    changeStaff(plainDeps, second, { kind: 'deactivate' }, `staff:${first}`),
  ])
  t.strictSame(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], 'one of two who remove each other stays')
  await db.updateTable('staff').set({ active: true, roles: ['administrator'] }).where('id', 'in', [first, second]).execute()
})

t.test('refuses a change by someone who has just lost the role', async t => {
  await t.rejects(changeStaff({ ...deps, fourEyes: false }, await idOf('porter'), { kind: 'deactivate' }, `staff:${await idOf('auditor')}`), { message: 'not permitted' })
  t.equal((await findStaffByLogin(db, 'porter'))?.active, true)
})

t.test('lets only administrators open the page', async t => {
  const auditor = createPageClient(app)
  await auditor.signIn('auditor')
  const url = `/staff/${await idOf('porter')}`
  t.equal((await auditor.get(url)).statusCode, 403)
  await auditor.get('/log')
  t.equal((await auditor.post(url, { roles: 'auditor' })).statusCode, 403)
})
