import { sql } from 'kysely'
import t from 'tap'
import type { HolderData } from '../../src/retention/holder-data.js'
import { addStaff, buildTestApp } from '../helpers/app.js'
import { untilLockWaits } from '../helpers/database.js'
import { insertSlips } from '../helpers/insert-slips.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents, requireAccountId, requireStaffId } from '../helpers/issue-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { postgresOnly } from '../helpers/processes.js'
import { pick, pickEach } from '../helpers/projections.js'
import { readPdf } from '../helpers/read-pdf.js'
import { listRoutes } from '../helpers/routes.js'

const test = await buildTestApp(t)
const { api, app, clock, deps, signIn } = test
const signInBrowser = async (login: string) => {
  const browser = createPageClient(app)
  await browser.signIn(login)
  return browser
}
const [holder, another] = [await requireAccountId(test, 'lukng2101'), await requireAccountId(test, 'annko4420')]
const [agentId, adminId] = [await requireStaffId(test, 'agent'), await requireStaffId(test, 'admin')]

t.test('records an opened account once an hour for each agent and account', async t => {
  let agent = await signInBrowser('agent')
  const open = async () => t.equal((await agent.get(`/accounts/${holder}`)).statusCode, 200)
  await app.inject({ method: 'HEAD', url: `/accounts/${holder}`, cookies: Object.fromEntries(agent.cookies) })
  t.strictSame(await listAuditEvents(test, 'account-opened'), [], 'a HEAD request shows nothing')
  await open()
  const once = [{ at: new Date('2026-11-19T07:30:00Z'), actor: `staff:${agentId}`, account: holder, slip: null, service_point: 'helpdesk-karamalmi', facts: {}, texts: {} }]
  t.strictSame(pickEach(await listAuditEvents(test, 'account-opened'), 'at', 'actor', 'account', 'slip', 'service_point', 'facts', 'texts'), once)
  clock.set('2026-11-19T08:29:59.999Z')
  agent = await signInBrowser('agent')
  const token = await signIn('agent')
  await open()
  t.equal((await api(token, { url: `/accounts/${holder}` })).statusCode, 200)
  t.equal((await listAuditEvents(test, 'account-opened')).length, 1, 'within the hour, on the page and at the API')
  t.equal((await api(token, { url: `/accounts/${another}` })).statusCode, 200)
  t.strictSame(pickEach((await listAuditEvents(test, 'account-opened')).slice(1), 'account', 'actor'), [{ account: another, actor: `staff:${agentId}` }], 'another account')
  await addStaff(test, { login: 'second-agent', roles: ['agent'], servicePoints: ['helpdesk-myllypuro'] })
  t.equal((await (await signInBrowser('second-agent')).get(`/accounts/${holder}`)).statusCode, 200)
  t.equal((await listAuditEvents(test, 'account-opened')).length, 3, 'another agent')
  clock.set('2026-11-19T08:30:00Z')
  await open()
  t.equal((await listAuditEvents(test, 'account-opened')).length, 4, 'an hour later')
  t.equal((await agent.get('/accounts/00000000-0000-4000-8000-000000000000')).statusCode, 404)
  t.equal((await listAuditEvents(test, 'account-opened')).length, 4, 'an account that does not exist')
})

t.test('records an account that a form opened without its page', async t => {
  const [agent, account] = [await signInBrowser('agent'), await requireAccountId(test, 'aasob1415')]
  await agent.get('/accounts')
  t.equal((await agent.post(`/accounts/${account}/address`, {})).statusCode, 400)
  t.strictSame(pick((await listAuditEvents(test, 'account-opened')).at(-1), 'account', 'actor'), { account, actor: `staff:${agentId}` })
})

t.test('records one event for two tabs that open an account together', postgresOnly, async t => {
  const [token, account] = [await signIn('agent'), await requireAccountId(test, 'matvi1207')]
  const tabs = await deps.db.transaction().execute(async trx => {
    // No event can be written until both have seen that there is none.
    await sql`lock table audit_events in share row exclusive mode`.execute(trx)
    const opened = [1, 2].map(async () => await api(token, { url: `/accounts/${account}` }))
    await untilLockWaits(deps.db, 2)
    return opened
  })
  t.strictSame((await Promise.all(tabs)).map(({ statusCode }) => statusCode), [200, 200])
  t.equal((await listAuditEvents(test, 'account-opened')).filter(event => event.account === account).length, 1)
})

t.test('records the administrator’s search and each opened holder once an hour', async t => {
  const admin = await signInBrowser('admin')
  for (const url of ['/holders', '/holders?q=nobody9999', '/holders?q=lukng2101']) await admin.get(url)
  t.strictSame(pickEach(await listAuditEvents(test, 'holders-listed'), 'actor', 'account', 'service_point', 'facts', 'texts'), [
    { actor: `staff:${adminId}`, account: null, service_point: null, facts: {}, texts: {} },
  ])
  for (const url of [`/holders/${holder}`, `/holders/${holder}/erase`, `/holders/${holder}`]) t.equal((await admin.get(url)).statusCode, 200)
  t.equal((await admin.get(`/holders/${another}/erase`)).statusCode, 200, 'the page of the erasure shows the same person')
  t.strictSame(pickEach(await listAuditEvents(test, 'holder-data-opened'), 'actor', 'account', 'facts', 'texts'), [holder, another].map(account => ({ actor: `staff:${adminId}`, account, facts: {}, texts: {} })))
  clock.advance({ minutes: 60 })
  const later = await signInBrowser('admin')
  await later.get('/holders')
  await later.get(`/holders/${holder}`)
  t.equal((await listAuditEvents(test, 'holders-listed')).length, 2)
  t.equal((await listAuditEvents(test, 'holder-data-opened')).length, 3)
})

t.test('shows holders when and in which role staff opened their data', async t => {
  const admin = await signInBrowser('admin')
  await admin.get(`/holders/${holder}`)
  const { events } = (await admin.post(`/holders/${holder}/data.json`, {})).json<HolderData>()
  const opened = events.filter(({ kind }) => kind === 'account-opened' || kind === 'holder-data-opened')
  t.strictSame(pickEach(opened, 'at', 'kind', 'by', 'servicePoint'), [
    { at: '2026-11-19T09:30:00+02:00', kind: 'account-opened', by: 'agent', servicePoint: 'helpdesk-karamalmi' },
    { at: '2026-11-19T10:29:59+02:00', kind: 'account-opened', by: 'agent', servicePoint: 'helpdesk-myllypuro' },
    { at: '2026-11-19T10:30:00+02:00', kind: 'account-opened', by: 'agent', servicePoint: 'helpdesk-karamalmi' },
    { at: '2026-11-19T10:30:00+02:00', kind: 'holder-data-opened', by: 'administrator', servicePoint: null },
    { at: '2026-11-19T11:30:00+02:00', kind: 'holder-data-opened', by: 'administrator', servicePoint: null },
  ])
  t.notMatch(JSON.stringify(events), new RegExp(`${agentId}|${adminId}`))
  await deps.db.updateTable('accounts').set({ preferred_language: 'fi' }).where('id', '=', holder).execute()
  const paper = await admin.post(`/holders/${holder}/data.pdf`, {})
  const pages = (await readPdf(paper.rawPayload)).pages
  const text = (await Promise.all(Array.from({ length: pages }, async (_, i) => await readPdf(paper.rawPayload, i + 1)))).map(page => page.text).join(' ').replace(/\s+/g, ' ')
  t.match(text, /19\.11\.2026 9\.30 ?Tunnuksen tiedot avattu, asiakaspalvelija, Helpdesk, Karamalmi/)
  t.match(text, /19\.11\.2026 10\.30 ?Tallennetut tiedot avattu, ylläpitäjä/)
})

t.test('records no other reading by agents, porters and administrators', async t => {
  clock.advance({ days: 1 })
  const [atDesk] = await insertSlips(test, [{ channel: 'porter', state: 'at-porter', place: 'desk' }])
  const counter = await issueSlipNumber(test, await signIn('agent'), await buildIssueRequest(test, 'matvi1207'))
  await deps.db.insertInto('dispatches').values({ porter_service_point_id: 'porter-arabia', service_point_id: 'helpdesk-karamalmi', dispatched_at: clock.now(), dispatched_by: agentId }).execute()
  const { id: dispatch } = await deps.db.selectFrom('dispatches').select('id').executeTakeFirstOrThrow()
  const fill = (url: string, number: string) => url
    .replace(/^\/(accounts|holders)\/:id/, `/$1/${another}`).replace(/^\/dispatches\/:id/, `/dispatches/${dispatch}`).replace(/^\/service-points\/:id/, '/service-points/porter-arabia')
    .replace(':number', number).replace(':postcode', '33100').replace(/:\w+/g, agentId)
  const paths = listRoutes(app).filter(({ method }) => method === 'GET').map(({ url }) => url)
  t.ok(paths.length > 70, `${paths.length} routes were read`)
  const readSequence = async () => (await sql<{ last: number }>`select coalesce(max(sequence), 0) as last from audit_events`.execute(deps.db)).rows[0]!.last
  for (const login of ['agent', 'porter', 'admin'] as const) {
    const [browser, token] = [await signInBrowser(login), await signIn(login)]
    const before = await readSequence()
    let opened = 0
    for (const path of paths) {
      const url = fill(path.replace('/api/v1', ''), login === 'porter' ? atDesk!.number : counter)
      const answer = path.startsWith('/api/') ? await api(token, { url: `${url}${path.endsWith('/accounts') ? '?q=' : ''}` }) : await browser.get(url)
      if (answer.statusCode === 200) opened++
      if (answer.statusCode >= 500) t.fail(`${login} ${path}: ${answer.statusCode}`)
    }
    t.ok(opened > 15, `${login} could open ${opened} of them`)
    const kinds = (await deps.db.selectFrom('audit_events').select('kind').where('sequence', '>', before).orderBy('kind').execute()).map(({ kind }) => kind)
    t.strictSame(kinds, { agent: ['account-opened'], porter: [], admin: ['holder-data-opened', 'holders-listed'] }[login], login)
  }
})
