import { parse } from 'csv-parse/sync'
import t from 'tap'
import { DEMO_IDENTITY_TOKEN } from '../../../src/demo/demo-data.js'
import { activate } from '../../../src/redemptions/activate.js'
import { buildTestApp } from '../../helpers/app.js'
import { requireAccountId, listAuditEvents, issueSlipNumber, passportCheck, requireStaffId, buildIssueRequest } from '../../helpers/issue-slips.js'
import { insertSlips } from '../../helpers/insert-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { unzipFiles } from '../../helpers/zip-files.js'
import { pick, pickEach, readProblem } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { app, api, clock, signIn, deps } = test
await deps.db.updateTable('accounts').set({ display_name: '=cmd|"/C calc"!A1; Åsa' }).where('username', '=', 'lukng2101').execute()
const agent = await signIn('agent')
const numbers: Record<string, string> = {}
for (const [username, channel] of [['lukng2101', 'counter'], ['annko4420', 'porter'], ['aasob1415', 'registered-letter']] as const) {
  numbers[channel] = await issueSlipNumber(test, agent, { ...await buildIssueRequest(test, username, channel), ...(channel === 'counter' ? {} : { requestReference: channel === 'porter' ? '+358 40 1' : '@me' }) })
  clock.advance({ minutes: 5 })
}
await api(agent, { method: 'POST', url: `/slips/${numbers['counter']!}/void`, payload: { reason: 'typed, "quoted"; words' } })
const auditor = await signIn('auditor')
const records = async (query = '') => await api(auditor, { url: `/delivery-records${query}` })
const numbersOf = async (query: string) => (await records(query)).json<{ items: Array<{ slipNumber: string }> }>().items.map(item => item.slipNumber)

t.test('lists one record per slip, newest first, with all its steps', async t => {
  const answer = await records()
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
  t.equal(answer.headers['content-disposition'], 'attachment; filename="delivery-records-2026-11-19.json"')
  t.strictSame(answer.json<{ items: unknown[] }>().items[2], {
    slipNumber: numbers['counter'],
    username: 'lukng2101',
    displayName: '=cmd|"/C calc"!A1; Åsa',
    affiliation: 'student',
    channel: 'counter',
    state: 'voided',
    issuedAt: '2026-11-19T09:30:00+02:00',
    issuedBy: 'agent',
    servicePoint: 'helpdesk-karamalmi',
    requestReference: null,
    trackingNumber: null,
    steps: [
      { step: 'issue', from: null, to: 'handed-over', at: '2026-11-19T09:30:00+02:00', by: 'agent', servicePoint: 'helpdesk-karamalmi', identityCheck: 'passport' },
      { step: 'void', from: 'handed-over', to: 'voided', at: '2026-11-19T09:45:00+02:00', by: 'agent', servicePoint: 'helpdesk-karamalmi', note: 'typed, "quoted"; words' },
    ],
  })
  t.strictSame(await numbersOf(''), [numbers['registered-letter'], numbers['porter'], numbers['counter']])
})

t.test('applies each filter alone and all filters together', async t => {
  const { counter, porter, 'registered-letter': letter } = numbers
  t.strictSame(await numbersOf('?channel=porter'), [porter])
  t.strictSame(await numbersOf('?state=voided'), [counter])
  t.strictSame(await numbersOf('?state=prepared'), [letter, porter])
  t.strictSame(await numbersOf('?servicePointId=porter-arabia'), [porter])
  t.strictSame(await numbersOf('?servicePointId=helpdesk-karamalmi'), [letter, porter, counter])
  t.strictSame(await numbersOf('?servicePointId=helpdesk-myllypuro'), [])
  t.strictSame(await numbersOf('?from=2026-11-19&to=2026-11-19'), [letter, porter, counter])
  t.strictSame(await numbersOf('?to=2026-11-18'), [])
  t.strictSame(await numbersOf('?from=2026-11-19T09:35:00%2B02:00'), [letter, porter])
  t.strictSame(await numbersOf('?to=2026-11-19T09:35:00%2B02:00'), [counter])
  t.strictSame(await numbersOf('?state=prepared&channel=registered-letter&servicePointId=helpdesk-karamalmi&from=2026-11-19'), [letter])
})

t.test('shows a slip past its end as expired', async t => {
  const now = clock.now()
  clock.set('2026-12-05T10:00:00Z')
  const later = await signIn('auditor')
  const expired = (await api(later, { url: '/delivery-records?state=expired' })).json<{ items: Array<{ slipNumber: string, state: string }> }>().items
  t.strictSame(pickEach(expired, 'slipNumber', 'state'), [{ slipNumber: numbers['porter'], state: 'expired' }])
  t.equal(expired.length, 1)
  clock.set(now)
})

t.test('writes NDJSON with one record per line', async t => {
  const answer = await records('?format=ndjson')
  t.equal(answer.headers['content-type'], 'application/x-ndjson; charset=utf-8')
  t.ok(answer.body.endsWith('\n'))
  const lines = answer.body.trimEnd().split('\n').map(line => JSON.parse(line) as { slipNumber: string })
  t.strictSame(lines, (await records()).json<{ items: unknown[] }>().items)
})

t.test('writes RFC 4180 CSV with the contract’s columns, without formulas', async t => {
  const answer = await records('?format=csv')
  t.equal(answer.headers['content-type'], 'text/csv; charset=utf-8; header=present')
  t.notOk(answer.body.startsWith('\uFEFF'))
  t.equal(answer.body.split('\r\n')[0], '"slipNumber","username","displayName","affiliation","channel","state","issuedAt","issuedBy","servicePoint","requestReference","trackingNumber","steps"')
  const rows = parse(answer.body, { columns: true, record_delimiter: '\r\n' }) as Array<Record<string, string>>
  t.equal(rows.length, 3)
  t.strictSame(pick(rows[2], 'slipNumber', 'displayName', 'requestReference', 'steps'), {
    slipNumber: numbers['counter'],
    displayName: "'=cmd|\"/C calc\"!A1; Åsa",
    requestReference: '',
    steps: 'issue 2026-11-19T09:30:00+02:00 agent helpdesk-karamalmi passport | void 2026-11-19T09:45:00+02:00 agent helpdesk-karamalmi (typed, "quoted"; words)',
  })
  t.equal(rows[1]!['requestReference'], "'+358 40 1")
  t.equal(rows[0]!['requestReference'], "'@me")
})

t.test('writes semicolons and a byte order mark for Finnish Excel', async t => {
  const answer = await records('?format=csv&delimiter=%3B&bom=true')
  t.ok(answer.body.startsWith('\uFEFF"slipNumber";"username";'))
  const rows = parse(answer.body, { columns: true, bom: true, delimiter: ';', record_delimiter: '\r\n' }) as Array<Record<string, string>>
  t.strictSame(rows.map(row => row['username']), ['aasob1415', 'annko4420', 'lukng2101'])
})

t.test('answers no records as an empty list, an empty file and a header line', async t => {
  t.strictSame((await records('?to=2020-01-01')).json(), { items: [] })
  t.equal((await records('?to=2020-01-01&format=ndjson')).body, '')
  t.equal((await records('?to=2020-01-01&format=csv')).body, '"slipNumber","username","displayName","affiliation","channel","state","issuedAt","issuedBy","servicePoint","requestReference","trackingNumber","steps"\r\n')
})

t.test('records reading with format and filter, and nothing when refused', async t => {
  const before = (await listAuditEvents(test, 'delivery-records-read')).length
  await records('?format=csv&channel=porter&from=2026-11-19')
  const events = await listAuditEvents(test, 'delivery-records-read')
  t.equal(events.length, before + 1)
  const { actor, at, facts: { exportId, ...facts }, texts } = events.at(-1)!
  t.strictSame({ actor, at, facts, texts }, { actor: `staff:${await requireStaffId(test, 'auditor')}`, at: clock.now(), facts: { format: 'csv', filter: { channel: 'porter', from: '2026-11-19' } }, texts: {} })
  t.match(exportId, /^[0-9a-f-]{36}$/)
  for (const [query, path] of [
    ['?format=xls', 'format'], ['?state=lost', 'state'], ['?affiliation=x', 'affiliation'], ['?identityCheck=x', 'identityCheck'], ['?refused=no', 'refused'],
    ['?from=x', 'from'], ['?from=2026-11-20&to=2026-11-19', 'to'], ['?delimiter=x', 'delimiter'], ['?bom=perhaps', 'bom'],
  ] as const) {
    const answer = await records(query)
    t.strictSame(readProblem(answer), { status: 400, code: 'validation-failed', errors: [path] }, query)
  }
  t.equal((await listAuditEvents(test, 'delivery-records-read')).length, before + 1)
})

t.test('lets only the auditor read records', async t => {
  for (const login of ['agent', 'porter', 'admin', 'hr']) t.equal((await api(await signIn(login), { url: '/delivery-records' })).statusCode, 403, login)
  t.equal((await api(undefined, { url: '/delivery-records' })).statusCode, 401)
  const browser = createPageClient(app)
  await browser.signIn('agent')
  for (const url of ['/delivery-records', '/delivery-records/export?format=json', '/delivery-records/refusals', '/overview', '/delivery-records/export/progress/0123456789abcdef']) t.equal((await browser.get(url)).statusCode, 403, url)
})

t.test('shows and exports what the filters select, and records the access', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  const before = (await listAuditEvents(test, 'delivery-records-read')).length
  const page = await browser.get('/delivery-records?channel=porter&from=19.11.2026')
  t.equal(page.statusCode, 200)
  t.match(page.body, numbers['porter'])
  t.notMatch(page.body, numbers['counter'])
  t.match(page.body, '1 record')
  t.strictSame(pick((await listAuditEvents(test, 'delivery-records-read')).at(-1), 'facts'), { facts: { format: 'page', filter: { channel: 'porter', from: '2026-11-19' } } })
  const hidden = [...page.body.matchAll(/<input type="hidden" name="(channel|from)" value="([^"]*)">/g)].map(([, name, value]) => `${name!}=${value!}`)
  const download = await browser.get(`/delivery-records/export?${hidden.join('&')}&format=csv-semicolon`)
  t.equal(download.headers['content-disposition'], 'attachment; filename="delivery-records-2026-11-19.zip"')
  const files = unzipFiles(download.rawPayload)
  t.strictSame(Object.keys(files), ['delivery-records-2026-11-19.csv', 'manifest.json'])
  t.strictSame((parse(files['delivery-records-2026-11-19.csv']!, { columns: true, bom: true, delimiter: ';' }) as Array<Record<string, string>>).map(row => row['slipNumber']), [numbers['porter']])
  t.equal((await listAuditEvents(test, 'delivery-records-read')).length, before + 2)
})

t.test('reports a filter mistake at its field, also from an export', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  const page = await browser.get('/delivery-records?from=30.2.2026')
  t.equal(page.statusCode, 400)
  t.match(page.body, 'This date does not exist')
  t.match(page.body, 'value="30.2.2026"')
  const download = await browser.get('/delivery-records/export?format=json&from=30.2.2026')
  t.equal(download.statusCode, 303)
  t.equal(download.headers.location, '/delivery-records?from=30.2.2026')
  t.equal((await browser.get('/delivery-records/export?format=xml')).statusCode, 404)
})

t.test('names an export file by the institution’s day', async t => {
  const now = clock.now()
  clock.set('2026-11-19T22:30:00Z')
  t.equal((await api(await signIn('auditor'), { url: '/delivery-records' })).headers['content-disposition'], 'attachment; filename="delivery-records-2026-11-20.json"')
  clock.set(now)
})

t.test('selects the records of one account by its id', async t => {
  const answer = await api(auditor, { url: `/slips?accountId=${await requireAccountId(test, 'annko4420')}` })
  t.strictSame(answer.json<{ items: Array<{ number: string }> }>().items.map(({ number }) => number), [numbers['porter']])
})

t.test('lists every custody step with person, place, time and document type only', async t => {
  const tokens = { agent: await signIn('agent'), porter: await signIn('porter') }
  const card = { ...passportCheck, documentType: 'identity-card', issuingCountry: 'SE', validUntil: '2031-05-06', nameMatches: { reason: 'maiden name on the card' } }
  for (const [login, channel, body] of [
    ['agent', 'porter', { step: 'dispatch' }],
    ['porter', 'porter', { step: 'receive' }],
    ['porter', 'porter', { step: 'hand-over', identityCheck: card }],
    ['agent', 'registered-letter', { step: 'post', trackingNumber: 'rr 473 124 829 fi', personalHandover: true }],
    ['agent', 'registered-letter', { step: 'return', note: 'address-unknown' }],
  ] as const) {
    t.equal((await api(tokens[login], { method: 'POST', url: `/slips/${numbers[channel]!}/steps`, payload: body })).statusCode, 200, body.step)
  }
  const reader = await signIn('auditor')
  const [ndjson, csv, json] = await Promise.all(['ndjson', 'csv', 'json'].map(async format => (await api(reader, { url: `/delivery-records?format=${format}` })).body))
  const [letter, porter] = ndjson!.trimEnd().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
  const at = '2026-11-19T09:45:00+02:00'
  t.strictSame(pick(porter, 'state', 'trackingNumber', 'steps'), {
    state: 'handed-over',
    trackingNumber: null,
    steps: [
      { step: 'issue', from: null, to: 'prepared', at: '2026-11-19T09:35:00+02:00', by: 'agent', servicePoint: 'helpdesk-karamalmi' },
      { step: 'dispatch', from: 'prepared', to: 'dispatched', at, by: 'agent', servicePoint: 'helpdesk-karamalmi' },
      { step: 'receive', from: 'dispatched', to: 'at-porter', at, by: 'porter', servicePoint: 'porter-arabia' },
      { step: 'hand-over', from: 'at-porter', to: 'handed-over', at, by: 'porter', servicePoint: 'porter-arabia', identityCheck: 'identity-card' },
    ],
  })
  t.strictSame(pick(letter, 'state', 'trackingNumber', 'steps'), {
    state: 'returned',
    trackingNumber: 'RR473124829FI',
    steps: [
      { step: 'issue', from: null, to: 'prepared', at: '2026-11-19T09:40:00+02:00', by: 'agent', servicePoint: 'helpdesk-karamalmi' },
      { step: 'post', from: 'prepared', to: 'posted', at, by: 'agent', servicePoint: 'helpdesk-karamalmi' },
      { step: 'return', from: 'posted', to: 'returned', at, by: 'agent', servicePoint: 'helpdesk-karamalmi', note: 'address-unknown' },
    ],
  })
  const contract = ['slipNumber', 'username', 'displayName', 'affiliation', 'channel', 'state', 'issuedAt', 'issuedBy', 'servicePoint', 'requestReference', 'trackingNumber', 'steps']
  t.strictSame(Object.keys(porter!), contract)
  const rows = parse(csv!, { columns: true, record_delimiter: '\r\n' }) as Array<Record<string, string>>
  t.strictSame(Object.keys(rows[0]!), contract)
  t.equal(rows[0]!['trackingNumber'], 'RR473124829FI')
  t.equal(rows[0]!['steps'], `issue 2026-11-19T09:40:00+02:00 agent helpdesk-karamalmi | post ${at} agent helpdesk-karamalmi | return ${at} agent helpdesk-karamalmi (address-unknown)`)
  t.equal(rows[1]!['steps'], `issue 2026-11-19T09:35:00+02:00 agent helpdesk-karamalmi | dispatch ${at} agent helpdesk-karamalmi | receive ${at} porter porter-arabia | hand-over ${at} porter porter-arabia identity-card`)
  for (const body of [ndjson!, csv!, json!]) t.notMatch(body, /2031|maiden|\bSE\b|issuingCountry|validUntil|photo|birth/i)
})

t.test('records an auditor’s access on every route, an agent’s nowhere', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  const auditor = await signIn('auditor')
  const number = numbers['porter']!
  const looks = async () => [...await listAuditEvents(test, 'delivery-records-read'), ...await listAuditEvents(test, 'delivery-record-read')].toSorted((a, b) => a.sequence - b.sequence)
  for (const [look, seen] of [
    [async () => await api(auditor, { url: '/slips?channel=porter&limit=200' }), { slip: null, facts: { format: 'json', as: 'slips', filter: { channel: 'porter' } }, texts: {} }],
    [async () => await api(auditor, { url: `/slips/${number}` }), { slip: number, facts: { format: 'json' }, texts: {} }],
    [async () => await browser.get('/slips?channel=porter'), { slip: null, facts: { format: 'page', as: 'slips', filter: { channel: 'porter' } }, texts: {} }],
    [async () => await browser.get(`/slips/${number}`), { slip: number, facts: {}, texts: {} }],
  ] as const) {
    const before = (await looks()).length
    t.equal((await look()).statusCode, 200)
    const after = await looks()
    t.equal(after.length, before + 1)
    t.strictSame(pick(after.at(-1), 'slip', 'facts', 'texts'), seen)
  }
  const before = (await looks()).length
  await api(await signIn('agent'), { url: `/slips/${number}` })
  t.equal((await looks()).length, before)
})

t.test('writes no login and no typed filter text into the log', async t => {
  const auditor = await signIn('auditor')
  for (const [typed, logged] of [['agent', await requireStaffId(test, 'agent')], ['Łukasz Nguyễn-Đặng', 'nobody']] as const) {
    await api(auditor, { url: `/delivery-records?agent=${encodeURIComponent(typed)}` })
    t.strictSame((await listAuditEvents(test, 'delivery-records-read')).at(-1)?.facts['filter'], { agent: logged })
  }
  const kept = await deps.db.selectFrom('record_exports').select(['filter', 'manifest']).execute()
  t.notMatch(JSON.stringify(kept), 'Łukasz')
})

t.test('does not let a note imitate steps in the steps column', async t => {
  const agent = await signIn('agent')
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'annko5562'))
  await api(agent, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: 'x) | redeem 2026-11-19T10:00:00+02:00 holder | (y' } })
  const rows = parse((await api(await signIn('auditor'), { url: '/delivery-records?format=csv' })).body, { columns: true, record_delimiter: '\r\n' }) as Array<Record<string, string>>
  t.matchOnlyStrict(rows.find(row => row['slipNumber'] === number)!['steps']!.split(' | '), [/^issue /, /^void \S+ agent helpdesk-karamalmi \(x\] ¦ redeem 2026-11-19T10:00:00\+02:00 holder ¦ \[y\)$/])
})

t.test('names the identity system or the holder as redeemer', async t => {
  const live = { channel: 'counter', state: 'handed-over', place: 'holder' } as const
  const [byToken, byHolder] = await insertSlips(test, [live, live])
  t.equal((await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: { username: byToken!.username, code: byToken!.code.reveal() } })).statusCode, 200)
  t.equal((await activate(deps, { ...byHolder!, password: 'words with spaces between', address: '192.0.2.7' })).outcome, 'done')
  const auditor = await signIn('auditor')
  const { items } = (await api(auditor, { url: '/delivery-records' })).json<{ items: Array<{ slipNumber: string, steps: Array<{ step: string, by: string | null }> }> }>()
  const rows = parse((await api(auditor, { url: '/delivery-records?format=csv' })).body, { columns: true, record_delimiter: '\r\n' }) as Array<Record<string, string>>
  for (const [{ number }, by, inCell] of [[byToken!, /^identity-system:/, /redeem \S+ identity-system:\S/], [byHolder!, null, /redeem \S+ holder/]] as const) {
    const record = items.find(item => item.slipNumber === number)!
    t.matchOnlyStrict(pick(record.steps.at(-1), 'step', 'by'), { step: 'redeem', by })
    t.strictSame(record.steps, (await api(auditor, { url: `/slips/${number}` })).json<{ steps: unknown[] }>().steps, 'the same steps as the slip has')
    t.match(rows.find(row => row['slipNumber'] === number)!['steps'], inCell)
  }
})
