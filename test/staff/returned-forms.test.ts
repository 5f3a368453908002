import t from 'tap'
import { deleteExpiredForms } from '../../src/staff/kept-forms.js'
import { addStaff, buildTestApp } from '../helpers/app.js'
import { requireAccountId } from '../helpers/issue-slips.js'
import { insertSlips } from '../helpers/insert-slips.js'
import { createPageClient, type PageClient } from '../helpers/page-client.js'

const test = await buildTestApp(t)
const { app, clock, deps } = test
const accountId = await requireAccountId(test, 'matvi1207')
const accountPage = `/accounts/${accountId}`
const servicePoints = { helpdesk: 'helpdesk-karamalmi', other: 'helpdesk-myllypuro' }
await addStaff(test, { login: 'two-places', roles: ['agent'], servicePoints: [servicePoints.helpdesk, servicePoints.other] })

const readToken = (body: string) => /name="_csrf" value="([^"]+)"/.exec(body)![1]!
const readFormToken = (body: string) => /name="formToken" value="([^"]+)"/.exec(body)![1]!
const typed = {
  channel: 'counter',
  language: 'sv',
  'identityCheck.documentType': 'passport',
  'identityCheck.issuingCountry': 'EE',
  'identityCheck.validUntil': '31.12.2030',
  'identityCheck.photoMatches': 'yes',
  'identityCheck.nameMatches': 'yes',
  'identityCheck.birthDateMatches': 'yes',
  'identityCheck.nameReason': 'Married in June',
}

async function signInAt (browser: PageClient, login: string, servicePointId?: string): Promise<void> {
  await browser.signIn(login)
  if (servicePointId === undefined) return
  await browser.get('/service-point')
  await browser.post('/service-point', { servicePointId })
}

async function fillIssueForm (browser: PageClient): Promise<Record<string, string>> {
  const { body } = await browser.get(accountPage)
  return { ...typed, formToken: readFormToken(body), _csrf: readToken(body) }
}

/** Counts what a form may record. That a page was opened is an event too, also when the page comes back with a form. */
async function countRecords (): Promise<number> {
  const tables = await Promise.all((['slips', 'slip_steps', 'identity_checks', 'audit_events'] as const).map(async table =>
    (await deps.db.selectFrom(table).select(({ fn }) => fn.countAll().as('count'))
      .$if(table === 'audit_events', query => query.where('kind' as never, 'not in', ['account-opened', 'holders-listed', 'holder-data-opened'] as never)).executeTakeFirstOrThrow()).count))
  return tables.map(Number).reduce((sum, count) => sum + count, 0)
}

async function listKept () {
  return await deps.db.selectFrom('kept_forms').select(['route', 'service_point_id', 'body']).execute()
}

const isTicked = (body: string, name: string) => new RegExp(`name="${name.replace('.', '\\.')}" value="yes" checked`).test(body)

t.test('a form filled in by one agent is never recorded for another', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const form = await fillIssueForm(browser)
  await browser.post('/sign-out', {})
  await browser.signIn('student-affairs')
  const before = await countRecords()
  const answer = await browser.post(`${accountPage}/slips`, { ...form, 'identityCheck.noExpiry': 'yes', 'identityCheck.birthDateReason': 'Wrong in the directory' })
  t.equal(answer.statusCode, 403)
  t.equal(await countRecords(), before, 'nothing was recorded')
  t.match(answer.body, 'Not recorded: issue of the slip')
  t.match(answer.body, 'You are signed in as Johanna Lindqvist. Service point: Student affairs office, Arabia.')
  t.match(answer.body, 'value="31.12.2030"')
  t.match(answer.body, 'value="Married in June"')
  t.match(answer.body, 'value="Wrong in the directory"')
  t.match(answer.body, /value="EE" selected/)
  for (const tick of ['noExpiry', 'photoMatches', 'nameMatches', 'birthDateMatches']) t.notOk(isTicked(answer.body, `identityCheck.${tick}`), tick)
  const issued = await browser.post(`${accountPage}/slips`, { ...form, _csrf: readToken(answer.body) })
  t.equal(issued.statusCode, 201, 'the returned form can be sent by the person who is signed in now')
  const slip = await deps.db.selectFrom('slips').innerJoin('staff', 'staff.id', 'slips.issued_by').select('login').where('account_id', '=', accountId).executeTakeFirstOrThrow()
  t.strictSame(slip, { login: 'student-affairs' })
})

t.test('a form filled in at one service point is not recorded at another', async t => {
  const browser = createPageClient(app)
  await signInAt(browser, 'two-places', servicePoints.helpdesk)
  const form = await fillIssueForm(browser)
  await browser.get('/service-point')
  await browser.post('/service-point', { servicePointId: servicePoints.other })
  const before = await countRecords()
  const answer = await browser.post(`${accountPage}/slips`, form)
  t.equal(answer.statusCode, 403)
  t.equal(await countRecords(), before)
  t.match(answer.body, 'Service point: Helpdesk, Myllypuro.')
  t.match(answer.body, 'value="Married in June"')
})

t.test('one token is valid for all forms of a session at one service point', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const tokens = await Promise.all(['/accounts', accountPage, '/dispatches', '/letters'].map(async path => readToken((await browser.get(path)).body)))
  t.equal(new Set(tokens).size, 1)
})

t.test('every form with another token is answered 403 and records nothing', async t => {
  const [issued, atDesk] = await insertSlips(test, [{ channel: 'counter', state: 'handed-over', place: 'holder' }, { channel: 'porter', state: 'at-porter', place: 'desk' }])
  const forms: Array<[login: string, path: string, fields: Record<string, string>, kept?: string]> = [
    ['agent', `/slips/${issued!.number}/void`, { reason: 'other', note: 'Wrong person' }, 'value="Wrong person"'],
    ['agent', `/slips/${issued!.number}/reissue`, { formToken: 'x'.repeat(20) }],
    ['agent', `/slips/${issued!.number}/steps`, { step: 'post', trackingNumber: 'RR123456785FI' }],
    ['agent', '/dispatches', { desk: 'porter-arabia', numbers: atDesk!.number }],
    ['agent', '/letters', { [`${issued!.number}.trackingNumber`]: 'RR123456785FI' }],
    ['agent', '/code-alerts/00000000-0000-4000-8000-000000000000/settle', {}],
    ['agent', `${accountPage}/address`, { channel: 'registered-letter', 'letter.town': 'Tampere' }, 'value="Tampere"'],
    ['porter', '/porter/scan', { number: 'ABC' }, 'value="ABC"'],
    ['porter', '/porter/scan', { number: atDesk!.number.replaceAll('-', '').toLowerCase() }, `value="${atDesk!.number}"`],
    ['porter', '/porter/receive', { number: 'ABC' }, 'value="ABC"'],
    ['porter', `/porter/envelopes/${atDesk!.number}/receive`, {}],
    ['porter', `/porter/envelopes/${atDesk!.number}/hand-over`, { 'identityCheck.validUntil': '1.2.2031' }, 'value="1.2.2031"'],
    ['porter', `/porter/envelopes/${atDesk!.number}/return`, { reason: 'other', note: 'Torn' }, 'value="Torn"'],
    ['porter', '/porter/count', { counted: '7' }, 'value="7"'],
    ['porter', '/porter/count/differences', { counted: '7', written: 'K7Q-XM2-P9V' }, 'K7Q-XM2-P9V'],
    ['admin', '/staff/new', { name: 'New Person', login: 'new', roles: 'auditor', password: 'never shown again' }, 'value="New Person"'],
    ['admin', '/service-points/helpdesk-karamalmi', { 'week.0.opens': '7.45', 'week.0.closes': '12' }, 'value="7.45"'],
    ['admin', '/accounts/import/start', { run: 'of another check' }],
    ['admin', `/holders/${accountId}/data.json`, {}],
    ['admin', `/holders/${accountId}/erase`, { reason: 'holder-asked', sure: 'yes' }],
  ]
  for (const [login, path, fields, kept] of forms) {
    const browser = createPageClient(app)
    await browser.signIn(login)
    await browser.get('/service-points')
    const before = await countRecords()
    const answer = await browser.post(path, { ...fields, _csrf: 'A'.repeat(43) })
    t.equal(answer.statusCode, 403, path)
    t.match(answer.body, 'Not recorded: ', path)
    if (kept !== undefined) t.match(answer.body, kept, path)
    t.notMatch(answer.body, 'never shown again')
    t.equal(await countRecords(), before, path)
  }
})

t.test('a form sent after the session has ended comes back complete after signing in', async t => {
  const browser = createPageClient(app)
  await signInAt(browser, 'two-places', servicePoints.helpdesk)
  const form = await fillIssueForm(browser)
  clock.advance({ minutes: 31 })
  const before = await countRecords()
  const away = await browser.post(`${accountPage}/slips`, form)
  t.equal(away.statusCode, 303)
  t.equal(away.headers.location, `/sign-in?${new URLSearchParams({ next: `/returned-form?page=${encodeURIComponent(`${accountPage}/slips`)}`, unrecorded: 'issue' }).toString()}`)
  t.equal(await countRecords(), before)
  const signIn = await browser.get(away.headers.location as string)
  t.match(signIn.body, 'Not recorded: issue of the slip')
  const next = /name="next" value="([^"]+)"/.exec(signIn.body)![1]!
  const wrong = await browser.post('/sign-in', { login: 'two-places', password: 'wrong', next, unrecorded: 'issue' })
  t.match(wrong.body, 'Not recorded: issue of the slip', 'still after a wrong password')
  const signedIn = await browser.post('/sign-in', { login: 'two-places', password: 'demo-slipdesk-2026', next })
  t.equal(signedIn.headers.location, next)
  const chosen = await browser.get(next)
  t.match(chosen.headers.location, /^\/service-point\?next=/)
  await browser.get('/service-point')
  await browser.post('/service-point', { servicePointId: servicePoints.other })
  const elsewhere = await browser.get(next)
  t.equal(elsewhere.statusCode, 409)
  t.notMatch(elsewhere.body, 'Married in June', 'not at another service point')
  await browser.get('/service-point')
  await browser.post('/service-point', { servicePointId: servicePoints.helpdesk })
  const back = await browser.get(next)
  t.equal(back.statusCode, 200)
  t.match(back.body, 'Not recorded: issue of the slip')
  t.match(back.body, 'value="Married in June"')
  t.match(back.body, 'value="31.12.2030"')
  t.notOk(isTicked(back.body, 'identityCheck.nameMatches'))
  t.equal((await browser.post(`${accountPage}/slips`, form)).statusCode, 403, 'the old token stays invalid')
  t.equal((await browser.post(`${accountPage}/slips`, { ...form, _csrf: readToken(back.body) })).statusCode, 201)
})

t.test('a kept form holds no identity ticks, passwords or codes', async t => {
  await deps.db.deleteFrom('kept_forms').execute()
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const form = await fillIssueForm(browser)
  clock.advance({ minutes: 31 })
  await browser.post(`${accountPage}/slips`, { ...form, 'identityCheck.nameReason': 'K7QXM-2P9VA-BCDEX', requestReference: 'read 22222-22222-22222 aloud', password: 'secret words' })
  const [kept] = await listKept()
  const { formToken, ...body } = JSON.parse(kept!.body) as Record<string, string>
  t.strictSame(body, {
    channel: 'counter', language: 'sv', 'identityCheck.documentType': 'passport', 'identityCheck.issuingCountry': 'EE', 'identityCheck.validUntil': '31.12.2030', 'identityCheck.nameReason': 'K7QXM-2P9VA-BCDEX', requestReference: '',
  })
  t.equal(formToken, form['formToken'])
})

t.test('a kept form is shown to no one else', async t => {
  await deps.db.deleteFrom('kept_forms').execute()
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const form = await fillIssueForm(browser)
  clock.advance({ minutes: 31 })
  const away = await browser.post(`${accountPage}/slips`, form)
  await browser.get(away.headers.location as string)
  const next = new URLSearchParams(String(away.headers.location).split('?')[1]).get('next')!
  await browser.post('/sign-in', { login: 'student-affairs', password: 'demo-slipdesk-2026', next })
  const answer = await browser.get(next)
  t.equal(answer.headers.location, `${accountPage}/slips`)
  t.notMatch((await browser.get(accountPage)).body, 'Married in June')
  const stranger = createPageClient(app)
  await stranger.signIn('agent')
  t.equal((await stranger.get(next)).headers.location, `${accountPage}/slips`, 'the same person in another browser does not get it')
})

t.test('a form is kept only for a session that existed, up to 64 KiB and 15 minutes', async t => {
  await deps.db.deleteFrom('kept_forms').execute()
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const form = await fillIssueForm(browser)
  const own = browser.cookies.get('slipdesk')!
  clock.advance({ minutes: 31 })
  for (const [what, cookie, fields] of [
    ['no cookie', undefined, form],
    ['an unknown cookie', 'A'.repeat(43), form],
    ['another token', own, { ...form, _csrf: 'A'.repeat(43) }],
    ['a large form', own, { ...form, 'identityCheck.nameReason': 'x'.repeat(70_000) }],
    ['a form that grows', own, { ...form, 'identityCheck.nameReason': '\u0001'.repeat(15_000) }],
  ] as const) {
    browser.cookies.delete('slipdesk')
    if (cookie !== undefined) browser.cookies.set('slipdesk', cookie)
    const answer = await browser.post(`${accountPage}/slips`, fields)
    t.equal(answer.statusCode, 303, what)
    t.match(answer.headers.location, /^\/sign-in\?/, what)
    t.match((await browser.get(answer.headers.location as string)).body, 'fill it in again', what)
    t.strictSame(await listKept(), [], what)
  }
  browser.cookies.set('slipdesk', own)
  const away = await browser.post(`${accountPage}/slips`, form)
  await browser.post(`${accountPage}/slips`, { ...form, language: 'en' })
  t.equal((await listKept()).length, 1, 'one for each session')
  const next = new URLSearchParams(String(away.headers.location).split('?')[1]).get('next')!
  await browser.get('/sign-in')
  await browser.post('/sign-in', { login: 'agent', password: 'demo-slipdesk-2026', next })
  t.match((await browser.get(next)).body, 'value="Married in June"')
  clock.advance({ minutes: 15 })
  t.equal((await browser.get(next)).headers.location, `${accountPage}/slips`)
  await deleteExpiredForms(deps.db, clock.now())
  t.strictSame(await listKept(), [])
})

t.test('a form sent before a service point is chosen waits for the choice', async t => {
  const browser = createPageClient(app)
  await signInAt(browser, 'two-places', servicePoints.helpdesk)
  const form = await fillIssueForm(browser)
  await browser.get('/sign-in')
  await browser.post('/sign-out', {})
  await browser.signIn('two-places')
  const answer = await browser.post(`${accountPage}/slips`, form)
  t.equal(answer.statusCode, 403)
  t.match(answer.body, 'Not recorded: issue of the slip')
  const next = /name="next" value="([^"]+)"/.exec(answer.body)![1]!
  const chosen = await browser.post('/service-point', { servicePointId: servicePoints.other, next })
  t.match((await browser.get(chosen.headers.location as string)).body, 'value="Married in June"')
})
