import t from 'tap'
import { hoursVersion } from '../../../src/service-points/change-hours.js'
import { findServicePoint } from '../../../src/service-points/queries.js'
import { buildTestApp } from '../../helpers/app.js'
import { listAuditEvents, postSlip, requireStaffId, buildIssueRequest } from '../../helpers/issue-slips.js'
import { insertSlips } from '../../helpers/insert-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick, pickEach, readProblem } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const admin = createPageClient(test.app)
await admin.signIn('admin')
const arabia = '/service-points/porter-arabia'

async function hoursOf (id: string) {
  return (await findServicePoint(test.deps.db, id))!.hours
}

/** Reads the field values of the page's form, including the selected radio buttons. */
function formOf (page: string): Record<string, string> {
  const inputs = [...page.matchAll(/<input ([^>]*)>/g)].map(([, attributes]) => attributes!)
  const attribute = (input: string, name: string) => new RegExp(`${name}="([^"]*)"`).exec(input)?.[1] ?? ''
  return Object.fromEntries(inputs.filter(input => !/type="(radio|checkbox)"/.test(input) || / checked/.test(input))
    .map(input => [attribute(input, 'name'), attribute(input, 'value')]))
}

async function form (url = arabia) {
  return formOf((await admin.get(url)).body)
}

t.test('lets only administrators change hours', async t => {
  for (const login of ['agent', 'porter', 'auditor', 'hr']) {
    const other = createPageClient(test.app)
    await other.signIn(login)
    for (const url of ['/service-points', arabia]) t.equal((await other.get(url)).statusCode, 403, `${login} ${url}`)
    t.equal((await other.post(arabia, { ...await form(), do: 'save', 'week.0.opens': '9' })).statusCode, 403, login)
    const first = await other.get((await other.get('/')).headers.location as string)
    t.equal(first.statusCode, 200, login)
    t.notMatch(first.body, 'href="/service-points"', login)
  }
  t.equal((await hoursOf('porter-arabia')).week[0]?.opens, '08:00')
  t.match((await admin.get('/staff')).body, 'href="/service-points"')
})

t.test('lists what is open now and when the others open', async t => {
  const list = (await admin.get('/service-points')).body
  t.match(list, /porter-arabia">Arabia porters<\/a>[\s\S]*?Open until 20\.00/)
  t.equal((await admin.get('/service-points/nowhere')).statusCode, 404)
  t.equal((await admin.get('/service-points/%00')).statusCode, 404)
})

t.test('shows four weeks with holidays, and the text that a slip would print', async t => {
  const page = (await admin.get(arabia)).body
  t.equal([...page.matchAll(/<th scope="row"/g)].length, 28)
  t.match(page, /Thu 19 November<\/th>[\s\S]{0,120}8–20[\s\S]{0,300}Today/)
  t.match(page, /Sun 6 December<\/th>[\s\S]{0,120}closed[\s\S]{0,60}Independence Day/)
  t.match(page, 'A slip issued now can be collected until Thursday 3\u00a0December 20.00. Opening days: 11.')
  admin.cookies.set('language', 'fi')
  t.match((await admin.get(arabia)).body, /su 6\.12\.<\/th>[\s\S]{0,120}suljettu[\s\S]{0,60}Itsenäisyyspäivä/)
  admin.cookies.delete('language')
  t.notMatch((await admin.get('/service-points/helpdesk-myllypuro')).body, 'A slip issued now')
})

t.test('previews typed hours without saving', async t => {
  const before = await hoursOf('porter-arabia')
  const typed = { ...await form(), do: 'show', 'exceptions.0.day': '6.12.2026', 'exceptions.0.opens': '10', 'exceptions.0.closes': '14.30', 'seasons.0.from': '23.11.2026', 'seasons.0.to': '4.12.2026' }
  const page = await admin.post(arabia, typed)
  t.equal(page.statusCode, 200)
  t.match(page.body, 'Hours in the form, not saved yet')
  t.match(page.body, /Sun 6 December<\/th>[\s\S]{0,120}10–14\.30[\s\S]{0,60}Exceptional day \(Independence Day\)/)
  t.match(page.body, /Mon 23 November<\/th>[\s\S]{0,120}closed[\s\S]{0,60}Season until 4 December/)
  t.match(page.body, 'can be collected until Friday 20\u00a0November 18.00. Opening days: 2.')
  const closed = await admin.post(arabia, { ...typed, 'seasons.0.from': '20.11.2026' })
  t.match(closed.body, /cannot be issued for collection here now\. Arabia is open on only 1 day before the collection period ends on 3 December 2026.*Nearest campus where collection is possible: Myllypuro\./)
  t.strictSame(await hoursOf('porter-arabia'), before)
})

t.test('shows how many waiting envelopes a change of hours affects', async t => {
  t.notMatch((await admin.get(arabia)).body, 'waiting here or on', 'no envelope is waiting')
  const slips = await insertSlips(test, [
    { channel: 'porter', state: 'at-porter', place: 'desk' }, { channel: 'porter', state: 'prepared', place: 'office' }, { channel: 'porter', state: 'handed-over', place: 'holder' },
  ])
  await test.deps.db.updateTable('deliveries').set({ collect_by: new Date('2026-11-20T16:00:00Z') }).where('slip_id', '=', slips[0]!.id).execute()
  t.match((await admin.get(arabia)).body, /2 envelopes are waiting here or on their way[\s\S]*With these hours, all of them can be collected/)
  const typed = { ...await form(), do: 'show', 'seasons.0.from': '19.11.2026', 'seasons.0.to': '22.11.2026' }
  t.match((await admin.post(arabia, typed)).body, /2 envelopes are waiting here or on their way[\s\S]*With these hours, 1 of them can no longer be collected/)
  t.notMatch((await admin.get('/service-points/porter-myllypuro')).body, 'waiting here or on', 'the envelopes belong to another desk')
  await test.deps.db.updateTable('deliveries').set({ envelope_at: 'returned' }).where('slip_id', 'in', slips.map(({ id }) => id)).execute()
})

t.test('adds a row and keeps the input without reporting faults', async t => {
  const typed = { ...await form(), 'week.0.opens': 'nonsense', 'exceptions.0.day': '6.12.2026' }
  const rows = (page: string, list: string) => [...page.matchAll(new RegExp(`name="${list}\\.\\d+\\.(day|from)"`, 'g'))].length
  const days = await admin.post(arabia, { ...typed, do: 'more-exceptions' })
  t.equal(days.statusCode, 200)
  t.equal(rows(days.body, 'exceptions'), 5)
  t.strictSame(pick(formOf(days.body), 'week.0.opens', 'exceptions.0.day'), { 'week.0.opens': 'nonsense', 'exceptions.0.day': '6.12.2026' })
  t.notMatch(days.body, 'data-errors')
  t.equal(rows((await admin.post(arabia, { ...typed, do: 'more-seasons' })).body, 'seasons'), 2)
  const flood = Object.fromEntries(Array.from({ length: 9999 }, (_, i) => [[`seasons.${i}.from`, 'x'], [`exceptions.${i}.day`, 'x']]).flat() as Array<[string, string]>)
  const cut = (await admin.post(arabia, { ...typed, ...flood, do: 'more-seasons' })).body
  t.strictSame([rows(cut, 'seasons'), rows(cut, 'exceptions')], [21, 101], 'at most one row above the limit')
})

t.test('says which day to enter and names the row', async t => {
  const page = await admin.post(arabia, { ...await form(), do: 'show', 'exceptions.0.opens': '9', 'exceptions.0.closes': '12', 'seasons.0.to': '2.12.2026' })
  t.match(page.body, 'Exceptional day 1, Day: Enter the day, for example 23.12.2026, or clear the row.')
  t.match(page.body, 'Season 1, From: Enter the first day of the season, for example 1.6.2027.')
})

t.test('reports faults at the field and in the summary and keeps the input', async t => {
  const before = await hoursOf('porter-arabia')
  const typed = {
    ...await form(), 'week.0.opens': '21', 'week.2.closes': '', 'seasons.0.from': '30.2.2026', 'seasons.0.to': '"><b>', 'exceptions.0.day': '6.12.2026', 'exceptions.1.day': '2026-12-06',
  }
  for (const action of ['save', 'show']) {
    const page = await admin.post(arabia, { ...typed, do: action })
    t.equal(page.statusCode, 400, action)
    for (const field of ['week.0.closes', 'week.2.closes', 'seasons.0.from', 'seasons.0.to', 'exceptions.1.day']) {
      t.match(page.body, `id="${field}-error"`)
      t.match(page.body, `href="#${field}"`)
      t.match(page.body, new RegExp(`<input[^>]* id="${field}"|<input id="${field}"`))
    }
    t.match(page.body, 'Monday, Closes: The closing time is before the opening time. Correct one of them.')
    t.match(page.body, 'Exceptional day 2, Day: This day is already in the list. Remove one of the two.')
    t.match(page.body, 'Season 1, From: This date does not exist.')
    t.strictSame(pick(formOf(page.body), 'week.0.opens', 'week.2.opens', 'seasons.0.from', 'exceptions.1.day'), {
      'week.0.opens': '21', 'week.2.opens': '8.00', 'seasons.0.from': '30.2.2026', 'exceptions.1.day': '2026-12-06',
    })
    t.notMatch(page.body, '"><b>')
    t.match(page.body, 'Saved hours')
  }
  t.strictSame(await hoursOf('porter-arabia'), before)
  t.strictSame(await listAuditEvents(test, 'hours-changed'), [])
})

t.test('applies saved hours immediately and records the change', async t => {
  const token = await test.signIn('agent')
  const now = async () => (await test.api(token, { url: '/service-points' })).json<{ items: Array<{ id: string }> }>().items.find(({ id }) => id === 'porter-arabia')
  t.strictSame(pick(await now(), 'openNow'), { openNow: true })
  const issueRequest = await buildIssueRequest(test, (await test.deps.db.selectFrom('accounts').select('username').where('affiliation', '=', 'student').where('status', '=', 'active').orderBy('username').executeTakeFirstOrThrow()).username, 'porter')
  const answer = await admin.post(arabia, {
    ...await form(), do: 'save', 'seasons.0.from': '19.11.2026', 'seasons.0.to': '2.12.2026', 'exceptions.0.day': '1.11.2026', 'exceptions.1.day': '24.12.2026', 'exceptions.1.opens': '8', 'exceptions.1.closes': '12',
  })
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, `${arabia}?saved=${hoursVersion(await hoursOf('porter-arabia'))}`)
  t.notMatch((await admin.get(`${arabia}?saved=1`)).body, 'The new hours are in use.', 'the address alone reports no success')
  t.match((await admin.get(answer.headers.location as string)).body, 'The new hours are in use.')
  const hours = await hoursOf('porter-arabia')
  t.strictSame(pickEach(hours.seasons, 'from', 'to'), [{ from: '2026-11-19', to: '2026-12-02' }])
  t.strictSame(hours.exceptions, { '2026-12-24': { opens: '08:00', closes: '12:00' } })
  const [event, ...others] = await listAuditEvents(test, 'hours-changed')
  t.strictSame(pick(event, 'actor', 'service_point', 'at', 'texts'), { actor: `staff:${await requireStaffId(test, 'admin')}`, service_point: 'porter-arabia', at: test.clock.now(), texts: {} })
  t.strictSame(event?.facts, { hours })
  t.strictSame(others, [])
  t.strictSame(await now(), { id: 'porter-arabia', kind: 'porter', name: 'Arabia porters', openNow: false, opensAt: '2026-12-03T08:00:00+02:00' })
  const refused = await postSlip(test, token, issueRequest)
  t.strictSame(readProblem(refused), { status: 422, code: 'service-point-closed', refusals: ['service-point-closed'] })
  t.match(refused.json().detail, /^Arabia is open on only 1 day before the collection period ends on 3 December 2026.*Nearest campus where collection is possible: Myllypuro\./)
  t.equal((await admin.post(arabia, { ...await form(), do: 'save', 'seasons.0.removed': 'yes' })).statusCode, 303)
  t.equal((await postSlip(test, token, issueRequest)).statusCode, 201)
  t.strictSame((await hoursOf('porter-arabia')).seasons, [])
})

t.test('records no event when hours are unchanged', async t => {
  const before = (await listAuditEvents(test, 'hours-changed')).length
  t.equal((await admin.post(arabia, { ...await form(), do: 'save' })).statusCode, 303)
  t.equal((await listAuditEvents(test, 'hours-changed')).length, before)
})

t.test('warns the second of two administrators before overwriting', async t => {
  const url = '/service-points/porter-myyrmaki'
  const [first, second] = [await form(url), await form(url)]
  t.equal((await admin.post(url, { ...first, do: 'save', 'week.0.opens': '9', 'exceptions.0.day': '31.12.2026' })).statusCode, 303)
  const conflict = await admin.post(url, { ...second, do: 'save', 'week.4.closes': '16' })
  t.equal(conflict.statusCode, 409)
  for (const text of ['Someone else has saved different hours', 'Mon 9–20, Tue–Thu 8–20, Fri 8–18', 'Thu 31 December closed']) t.match(conflict.body.replaceAll('\u00a0', ' '), text)
  t.strictSame(pick(formOf(conflict.body), 'week.0.opens', 'week.4.closes', 'version'), { 'week.0.opens': '8.00', 'week.4.closes': '16', version: hoursVersion(await hoursOf('porter-myyrmaki')) })
  const week = async () => (await hoursOf('porter-myyrmaki')).week.map(day => day === null ? 'closed' : `${day.opens}–${day.closes}`)
  t.strictSame(await week(), ['09:00–20:00', '08:00–20:00', '08:00–20:00', '08:00–20:00', '08:00–18:00', 'closed', 'closed'], 'nothing is saved')
  t.equal((await admin.post(url, { ...formOf(conflict.body), do: 'save' })).statusCode, 303, 'an administrator who has seen the new hours may replace them')
  t.strictSame(await week(), ['08:00–20:00', '08:00–20:00', '08:00–20:00', '08:00–20:00', '08:00–16:00', 'closed', 'closed'])
  const seen = await form(url)
  const atOnce = await Promise.all(['9', '10'].map(async opens => await admin.post(url, { ...seen, do: 'save', 'week.0.opens': opens })))
  t.strictSame(atOnce.map(answer => answer.statusCode).sort(), [303, 409], 'also for two concurrent saves')
  t.equal((await admin.post(url, { ...await form(url), do: 'save', version: '', 'week.0.opens': '7' })).statusCode, 409, 'a form without a version is refused')
})

t.test('uses the institution’s day and marks clock change days', async t => {
  for (const [moment, today, marked] of [
    ['2026-11-20T21:50:00Z', 'Fri 20 November', undefined],
    ['2026-10-09T20:50:00Z', 'Fri 9 October', /Sun 25 October<\/th>[\s\S]{0,300}Winter time begins/],
    ['2026-03-20T21:50:00Z', 'Fri 20 March', /Sun 29 March<\/th>[\s\S]{0,300}Summer time begins/],
  ] as const) {
    test.clock.set(moment)
    await admin.signIn('admin')
    const page = (await admin.get(arabia)).body
    t.match(page, new RegExp(`<tbody>\\s*<tr[^>]*>\\s*<th scope="row"[^>]*>${today}</th>[\\s\\S]{0,300}Today`), moment)
    if (marked === undefined) t.notMatch(page, 'time begins')
    else t.match(page, marked)
  }
  t.match((await admin.get('/service-points')).body, 'Closed, opens Mon 23 March 8.00')
})
