import { sql } from 'kysely'
import t from 'tap'
import { DEMO_IDENTITY_TOKEN } from '../../../src/demo/demo-data.js'
import { metropolia } from '../../../src/institution/profiles/metropolia.js'
import { toOpeningCalendar } from '../../../src/service-points/pick-up.js'
import { listIssuePatterns } from '../../../src/slips/rules/patterns.js'
import { addStaff, buildTestApp } from '../../helpers/app.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents, passportCheck, postSlip, readPrintedCode } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { readPdf } from '../../helpers/read-pdf.js'

const test = await buildTestApp(t)
const { api, app, clock, deps: { db }, signIn } = test
await addStaff(test, { login: 'both', roles: ['agent', 'porter'], servicePoints: ['helpdesk-karamalmi', 'porter-arabia'] })
await addStaff(test, { login: 'second-agent', roles: ['agent'], servicePoints: ['helpdesk-karamalmi'] })

/** Issues a slip at a time and returns its number. */
async function issueAt (moment: string, username: string, login = 'agent'): Promise<string> {
  clock.set(moment)
  return await issueSlipNumber(test, await signIn(login, 'helpdesk-karamalmi'), await buildIssueRequest(test, username))
}

async function refuseAt (moment: string, username: string, login = 'agent'): Promise<void> {
  clock.set(moment)
  const { identityCheck: _none, ...unchecked } = await buildIssueRequest(test, username)
  t.equal((await postSlip(test, await signIn(login, 'helpdesk-karamalmi'), unchecked)).statusCode, 422)
}

/** Lists the slips with a pattern through the API, in the order of the given names. */
async function namesWith (pattern: string, slips: Readonly<Record<string, string>>): Promise<string[]> {
  const { items } = (await api(await signIn('auditor'), { url: `/delivery-records?pattern=${pattern}` })).json<{ items: Array<{ slipNumber: string }> }>()
  return Object.entries(slips).filter(([, number]) => items.some(({ slipNumber }) => slipNumber === number)).map(([name]) => name)
}

t.test('finds a slip redeemed within 60 seconds, not after 61', async t => {
  const slips: Record<string, string> = {}
  for (const [name, username, redeemedAt] of [['60 s', 'lukng2101', '2026-11-19T07:31:00Z'], ['61 s', 'aasob1415', '2026-11-19T07:31:01Z']] as const) {
    clock.set('2026-11-19T07:30:00Z')
    const paper = await postSlip(test, await signIn('agent'), await buildIssueRequest(test, username))
    slips[name] = String(paper.headers['slip-number'])
    clock.set(redeemedAt)
    const code = (await readPrintedCode(paper.rawPayload)).reveal()
    t.equal((await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: { username, code } })).statusCode, 200)
  }
  t.strictSame(await namesWith('redeemed-at-once', slips), ['60 s'])
})

t.test('finds one person at both ends of a custody, not two persons', async t => {
  clock.set('2026-11-19T08:00:00Z')
  const [agent, both, atDesk, porter] = [await signIn('agent'), await signIn('both', 'helpdesk-karamalmi'), await signIn('both', 'porter-arabia'), await signIn('porter')]
  const slips: Record<string, string> = {}
  for (const [name, username, issuer, sender, giver] of [
    ['issued and handed over', 'annko4420', both, agent, atDesk], ['sent and handed over', 'matvi1207', agent, both, atDesk],
    ['issued and sent only', 'lukng2101', both, both, porter], ['received and handed over', 'aasob1415', agent, agent, atDesk],
  ] as const) {
    const number = await issueSlipNumber(test, issuer, await buildIssueRequest(test, username, 'porter'))
    for (const [token, payload] of [[sender, { step: 'dispatch' }], [atDesk, { step: 'receive' }], [giver, { step: 'hand-over', identityCheck: passportCheck }]] as const) {
      const answer = await api(token, { method: 'POST', url: `/slips/${number}/steps`, payload })
      t.equal(answer.statusCode, 200, answer.body)
    }
    slips[name] = number
  }
  t.strictSame(await namesWith('one-person', slips), ['issued and handed over', 'sent and handed over'])
})

t.test('finds the slip with which a holder reaches the limit, not one fewer', async t => {
  const slips: Record<string, string> = {}
  for (const [name, moment] of [['first', '2026-12-01T08:00:00Z'], ['second', '2026-12-10T08:00:00Z'], ['third', '2026-12-30T08:00:00Z'], ['30 days after the first', '2026-12-31T08:00:00Z'], ['fourth in 30 days', '2027-01-08T08:00:00Z']] as const) {
    slips[name] = await issueAt(moment, 'olgka2290')
  }
  t.strictSame(await namesWith('many-slips', slips), ['fourth in 30 days'])
  t.strictSame((await listAuditEvents(test, 'slip-issued')).filter(({ slip }) => slip === slips['fourth in 30 days']).map(({ facts }) => facts['patterns']), [['many-slips']])
})

t.test('decides by the opening hours of the place, the day and the time zone', async t => {
  const week = metropolia.servicePoints.find(point => point.id === 'helpdesk-karamalmi')!.hours
  const hours = { ...week, seasons: [{ from: '2026-07-01', to: '2026-07-31', week: Array.from({ length: 7 }, () => ({ opens: '10:00', closes: '12:00' })) }], exceptions: { '2026-12-05': { opens: '10:00', closes: '12:00' }, '2026-12-07': null } }
  const isOutside = (moment: string, of = hours) => listIssuePatterns({ earlierSlips: [], calendar: toOpeningCalendar({ hours: of }, metropolia), refusals: 0, profile: metropolia, now: new Date(moment) }).includes('outside-hours')
  for (const [moment, expected, why] of [
    ['2026-11-19T06:59:59Z', true, 'a second before opening at 9'], ['2026-11-19T07:00:00Z', false, 'at opening'], ['2026-11-19T12:59:00Z', false, 'a minute before closing at 15'], ['2026-11-19T13:00:00Z', true, 'at closing'],
    ['2026-10-23T06:00:00Z', false, 'Friday at 9, summer time'], ['2026-10-26T06:00:00Z', true, 'Monday at 8, after the clocks went back'], ['2026-10-26T07:00:00Z', false, 'Monday at 9'],
    ['2026-03-27T06:59:59Z', true, 'Friday before 9, winter time'], ['2026-03-30T06:00:00Z', false, 'Monday at 9, after the clocks went forward'],
    ['2026-11-21T10:00:00Z', true, 'a Saturday'], ['2026-12-05T08:00:00Z', false, 'a Saturday that is open'], ['2026-12-07T08:00:00Z', true, 'a Monday that is closed'],
    ['2026-12-25T08:00:00Z', true, 'Christmas Day'], ['2026-07-15T06:30:00Z', true, 'at 9.30 in the summer season'], ['2026-07-15T07:00:00Z', false, 'at 10 in the summer season'],
  ] as const) t.equal(isOutside(moment), expected, why)
  t.equal(isOutside('2026-11-21T10:00:00Z', { week: Array<null>(7).fill(null), seasons: [], exceptions: {} as typeof hours.exceptions }), false, 'a place without any hours')
})

t.test('finds a slip issued at closing time, by the hours of that moment', async t => {
  const slips = { before: await issueAt('2027-02-04T12:59:00Z', 'annko4420'), at: await issueAt('2027-02-04T13:00:00Z', 'matvi1207') }
  t.strictSame(await namesWith('outside-hours', slips), ['at'])
  await sql`update service_points set hours = jsonb_set(hours, '{week,3,closes}', '"18:00"') where id = 'helpdesk-karamalmi'`.execute(db)
  t.strictSame(await namesWith('outside-hours', slips), ['at'], 'a later change of the hours changes nothing')
})

t.test('finds an issue after three refusals of the same agent in a day, not after two', async t => {
  for (const moment of ['2027-03-02T08:00:00Z', '2027-03-02T08:01:00Z', '2027-03-03T07:59:59Z']) await refuseAt(moment, 'annko4420')
  const slips: Record<string, string> = { three: await issueAt('2027-03-03T08:00:00Z', 'annko4420') }
  for (const moment of ['2027-03-02T09:00:00Z', '2027-03-02T09:01:00Z']) await refuseAt(moment, 'matvi1207')
  slips['two'] = await issueAt('2027-03-02T09:02:00Z', 'matvi1207')
  for (const moment of ['2027-03-02T09:59:59Z', '2027-03-02T10:01:00Z', '2027-03-02T10:02:00Z']) await refuseAt(moment, 'lukng2101')
  slips['one more than a day before'] = await issueAt('2027-03-03T10:00:00Z', 'lukng2101')
  for (const login of ['agent', 'agent', 'second-agent']) await refuseAt('2027-03-03T11:00:00Z', 'aasob1415', login)
  slips['another agent'] = await issueAt('2027-03-03T11:01:00Z', 'aasob1415', 'second-agent')
  t.strictSame(await namesWith('after-refusals', slips), ['three'])
})

t.test('shows each pattern with its count and newest slips, and opens the records', async t => {
  const auditor = createPageClient(app)
  await auditor.signIn('auditor')
  const page = (await auditor.get('/overview?from=1.11.2026&to=31.12.2026')).body
  t.match(page, /<h2 id="patterns-title">Unusual patterns<\/h2>/)
  t.match(page, /These slips are worth a look\. Most of them have an ordinary explanation/)
  t.match(page, /With this slip the holder had at least 4 slips in 30 days/)
  const rows = [...page.split('aria-labelledby="patterns-title"')[1]!.matchAll(/<th scope="row" class="lead">([^<]+)<\/th>[\s\S]*?data-label="Slips">(?:<a href="([^"]+)"[^>]*>)?(\d+)/g)].map(([, title, href, count]) => ({ title, href: href?.replaceAll('&amp;', '&'), count }))
  const link = (pattern: string) => `/delivery-records?from=1.11.2026&to=31.12.2026&pattern=${pattern}`
  t.strictSame(rows.map(({ title, count }) => `${title}: ${count}`), [
    'Redeemed within a minute: 1', 'One person at both ends: 2', 'Many slips for one holder: 0', 'Issued outside opening hours: 0', 'Issued after refused attempts: 0',
  ])
  for (const [i, pattern] of ['redeemed-at-once', 'one-person'].entries()) {
    t.strictSame([...new URLSearchParams(rows[i]!.href!.split('?')[1])].sort(), [...new URLSearchParams(link(pattern).split('?')[1])].sort())
  }
  t.equal(rows[2]!.href, undefined, 'no link where there is nothing')
  const records = (await auditor.get(rows[1]!.href!)).body
  t.match(records, '2 records')
  t.match(records, /<option value="one-person" selected>One person at both ends/)
  t.strictSame([...page.matchAll(/<span class="muted">([^<]+)<\/span><\/div>/g)].map(([, words]) => words!).toSorted(), [
    '19 Nov 2026 09:30, Aino Virtanen', '19 Nov 2026 10:00, Aino Virtanen', '19 Nov 2026 10:00, both',
  ])
  t.strictSame((await listAuditEvents(test, 'delivery-records-read')).at(-1)?.facts, { format: 'page', filter: { from: '2026-11-01', to: '2026-12-31', pattern: 'one-person' } })
  t.equal((await auditor.get('/delivery-records?pattern=guilty')).statusCode, 400)
  t.equal((await api(await signIn('auditor'), { url: '/delivery-records?pattern=guilty' })).statusCode, 400)
  for (const [language, title] of [['fi', 'Poikkeavat havainnot'], ['sv', 'Ovanliga mönster']] as const) {
    t.match((await app.inject({ url: '/overview', cookies: Object.fromEntries(auditor.cookies), headers: { 'accept-language': language } })).body, `<h2 id="patterns-title">${title}</h2>`)
  }
})

t.test('prints the patterns in the summary', async t => {
  const auditor = createPageClient(app)
  await auditor.signIn('auditor')
  const { renderSummary } = await import('../../../src/deliveries/overview/summary-pdf.js')
  const { buildOverview } = await import('../../../src/deliveries/overview/build-overview.js')
  const { readFigures } = await import('../../../src/deliveries/overview/figures.js')
  const { translator } = await import('../../../src/i18n/translate.js')
  const figures = await db.transaction().execute(async trx => await readFigures(trx, {}, metropolia.timeZone, clock.now()))
  const overview = buildOverview(figures, { t: translator('en'), language: 'en', names: new Map(), profile: metropolia }, { width: 640, height: 230 })
  const paper = await renderSummary({ language: 'en', institution: metropolia, at: clock.now(), made: 'now', filter: 'all', overview })
  const { pages } = await readPdf(paper)
  const text = (await Promise.all(Array.from({ length: pages }, async (_, i) => await readPdf(paper, i + 1)))).map(page => page.text).join(' ')
  t.match(text, /Unusual patterns/)
  t.match(text.replace(/\s+/g, ''), /Redeemedwithinaminute1Onepersonatbothends2Manyslipsforoneholder1Issuedoutsideopeninghours\d+Issuedafterrefusedattempts1/)
})

t.test('keeps the records equal to the view', async t => {
  const { rows } = await sql`(select * from delivery_records except select * from delivery_records_afresh) union all (select * from delivery_records_afresh except select * from delivery_records)`.execute(db)
  t.strictSame(rows, [])
})
