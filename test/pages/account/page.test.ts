import t from 'tap'
import { upsertAccounts } from '../../../src/accounts/upsert-accounts.js'
import { buildTestApp } from '../../helpers/app.js'
import { requireAccountId, listAuditEvents, issueSlipNumber, buildIssueRequest, countIssueRows } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { app, deps } = test
const browser = createPageClient(app)
await browser.signIn('agent')
const accountId = await requireAccountId(test, 'matvi1207')
const page = `/accounts/${accountId}`
const formToken = /name="formToken" value="([^"]+)"/.exec((await browser.get(page)).body)![1]!

const counter = {
  formToken,
  channel: 'counter',
  language: 'fi',
  'identityCheck.documentType': 'passport',
  'identityCheck.issuingCountry': 'FI',
  'identityCheck.validUntil': '31.12.2030',
  'identityCheck.photoMatches': 'yes',
  'identityCheck.nameMatches': 'yes',
  'identityCheck.birthDateMatches': 'yes',
  'identityCheck.nameReason': '',
}
const porter = { formToken, channel: 'porter', 'porter.servicePointId': 'porter-arabia', requestReference: 'REQ-1' }
const letter = {
  formToken,
  channel: 'registered-letter',
  requestReference: 'REQ-1',
  'letter.recipient': 'Matti Virtanen',
  'letter.lines': 'Kauppakatu 5 B 12',
  'letter.postcode': '33100',
  'letter.town': 'Tampere',
  'letter.country': 'FI',
}
const send = async (form: Record<string, string | string[]>) => await browser.post(`${page}/slips`, form)

t.test('reports faults at the field and in the summary and keeps the input', async t => {
  const table: Array<[what: string, form: Record<string, string | string[]>, status: number, field: string, sentence: RegExp, kept?: string]> = [
    ['30 February', { ...counter, 'identityCheck.validUntil': '30.2.2027' }, 400, 'identityCheck.validUntil', /Enter the date the document expires as day, month and year/, 'value="30.2.2027"'],
    ['month first', { ...counter, 'identityCheck.validUntil': '05/31/2030' }, 400, 'identityCheck.validUntil', /as day, month and year, for example 31 12 2030/, 'value="05/31/2030"'],
    ['an expiry date and none', { ...counter, 'identityCheck.noExpiry': 'yes' }, 400, 'identityCheck.validUntil', /You entered an expiry date and ticked “No expiry date”/, 'name="identityCheck.noExpiry" value="yes" checked'],
    ['no day', { ...counter, 'identityCheck.validUntil': '' }, 400, 'identityCheck.validUntil', /Enter the date the document expires/],
    ['no document', { ...counter, 'identityCheck.documentType': '' }, 400, 'identityCheck.documentType', /Choose the document/],
    ['an unknown country', { ...counter, 'identityCheck.issuingCountry': 'XX' }, 400, 'identityCheck.issuingCountry', /This country does not exist/],
    ['an expired passport', { ...counter, 'identityCheck.validUntil': '18.11.2026' }, 422, 'identityCheck.validUntil', /expired on 18 November 2026/, 'value="18.11.2026"'],
    ['no photo', { ...counter, 'identityCheck.photoMatches': '' }, 422, 'identityCheck.photoMatches', /Confirm the photo/],
    ['another name', { ...counter, 'identityCheck.nameMatches': '' }, 422, 'identityCheck.nameReason', /name on the document/],
    ['another date of birth', { ...counter, 'identityCheck.birthDateMatches': '' }, 422, 'identityCheck.birthDateMatches', /The office that corrects the date: Student affairs office/, 'name="identityCheck.birthDateReason"'],
    ['a reason with NUL', { ...counter, 'identityCheck.nameReason': 'a\u0000b' }, 400, 'identityCheck.nameReason', /cannot be shown or printed/],
    ['letters in a postcode', { ...letter, 'letter.postcode': '33A00' }, 400, 'letter.postcode', /five digits/, 'value="33A00"'],
    ['an unknown postcode', { ...letter, 'letter.postcode': '99998' }, 422, 'letter.postcode', /99998 is not in the postcode register/, 'value="99998"'],
    ['the town of another postcode', { ...letter, 'letter.town': 'Turku' }, 422, 'letter.town', /33100 is .*not Turku/, 'value="Turku"'],
    ['inside the area', { ...letter, 'letter.postcode': '02770', 'letter.town': 'Espoo' }, 422, 'letter.postcode', /02770 is in Espoo/],
    ['not the holder', { ...letter, 'letter.recipient': 'Maija Virtanen' }, 422, 'letter.recipient', /holder’s own name/, 'value="Maija Virtanen"'],
    ['too many lines', { ...letter, 'letter.lines': 'a\r\nb\r\nc\r\nd' }, 400, 'letter.lines', /Enter at most 3 lines/, 'a\r\nb\r\nc\r\nd</textarea>'],
    ['a postcode of another country', { ...letter, 'letter.country': 'SE', 'letter.postcode': 'FI-33100' }, 400, 'letter.postcode', /In Sweden a postcode has five digits, for example 114 55/, 'value="FI-33100"'],
    ['no postcode in Sweden', { ...letter, 'letter.country': 'SE', 'letter.postcode': '' }, 400, 'letter.postcode', /Enter the postcode, for example 114 55/],
    ['no fixed address', { ...letter, 'letter.lines': 'utan fast adress' }, 400, 'letter.lines', /needs an address where the post can leave a notice/, 'utan fast adress</textarea>'],
    ['a parcel locker', { ...letter, 'letter.lines': 'SmartPOST Kaleva' }, 400, 'letter.lines', /cannot go to a parcel locker/],
    ['a home town abroad', { ...letter, 'letter.country': 'SE', 'letter.postcode': '114 55', 'letter.town': 'Helsinki' }, 422, 'letter.country', /Helsinki is in Finland/],
    ['no address line', { ...letter, 'letter.lines': '' }, 400, 'letter.lines', /Enter the street address or PO box/],
    ['no reference', { ...letter, requestReference: '' }, 422, 'requestReference', /request’s reference/],
    ['no campus', { ...porter, 'porter.servicePointId': '' }, 400, 'porter.servicePointId', /Choose the campus/],
    ['an unknown campus', { ...porter, 'porter.servicePointId': 'porter-nowhere' }, 400, 'porter.servicePointId', /Choose one/],
    ['200 kB of an address', { ...letter, 'letter.lines': 'x'.repeat(200_000) }, 400, 'letter.lines', /too long|45 characters/, 'Matti Virtanen'],
    ['no channel', { formToken }, 400, 'channel', /Choose how the slip is delivered/],
    ['a prohibited channel', { formToken, channel: 'sms' }, 422, 'channel', /never sent or given/],
    ['markup', { ...letter, 'letter.recipient': '<script>alert(1)</script>' }, 422, 'letter.recipient', /own name/, 'value="&lt;script&gt;alert(1)&lt;/script&gt;"'],
  ]
  const before = await countIssueRows(test)
  for (const [what, form, status, field, sentence, kept] of table) {
    const answer = await send(form)
    t.equal(answer.statusCode, status, what)
    t.match(answer.headers['content-type'], /^text\/html/, what)
    t.match(answer.body, `href="#${field}"`, `${what}: in the summary`)
    t.match(answer.body, `id="${field}-error"`, `${what}: at the field`)
    t.match(answer.body.replaceAll('&#39;', '’'), sentence, what)
    if (kept !== undefined) t.ok(answer.body.includes(kept), `${what}: what was typed stays`)
    t.match(answer.body, `value="${formToken}"`, `${what}: the form keeps its token`)
  }
  t.strictSame(await countIssueRows(test), before, 'nothing is written')
})

t.test('reports every fault of a form in one answer', async t => {
  const table: Array<[what: string, form: Record<string, string>, fields: string[]]> = [
    ['an empty counter form', { formToken, channel: 'counter' }, [
      'identityCheck.documentType', 'identityCheck.issuingCountry', 'identityCheck.validUntil', 'identityCheck.photoMatches', 'identityCheck.birthDateMatches', 'identityCheck.nameReason',
    ]],
    ['a document of another country, no day', { ...counter, 'identityCheck.documentType': 'driving-licence', 'identityCheck.issuingCountry': 'US', 'identityCheck.validUntil': '' }, ['identityCheck.documentType', 'identityCheck.validUntil']],
    ['an expired document, no country', { ...counter, 'identityCheck.issuingCountry': '', 'identityCheck.validUntil': '18.11.2026' }, ['identityCheck.issuingCountry', 'identityCheck.validUntil']],
    ['an empty porter form', { formToken, channel: 'porter' }, ['porter.servicePointId', 'requestReference']],
    ['an unknown campus, no reference', { ...porter, 'porter.servicePointId': 'porter-nowhere', requestReference: '' }, ['porter.servicePointId', 'requestReference']],
    ['an empty letter form', { formToken, channel: 'registered-letter', 'letter.country': 'FI' }, ['requestReference', 'letter.recipient', 'letter.lines', 'letter.postcode', 'letter.town']],
    ['a wrong recipient inside the area, no line', { ...letter, 'letter.recipient': 'Maija Virtanen', 'letter.postcode': '02770', 'letter.town': 'Espoo', 'letter.lines': '' }, ['letter.recipient', 'letter.lines', 'letter.postcode']],
    ['characters that cannot be printed, no town', { ...letter, 'letter.lines': '中央 1', 'letter.town': '' }, ['letter.lines', 'letter.town']],
  ]
  const before = await countIssueRows(test)
  for (const [what, form, fields] of table) {
    const answer = await send(form)
    t.equal(answer.statusCode, 400, what)
    t.strictSame([...answer.body.matchAll(/<li><a href="#([^"]+)">/g)].map(match => match[1]), fields, `${what}: in the order of the page`)
    for (const field of fields) t.match(answer.body, `id="${field}-error"`, `${what}: ${field}`)
  }
  t.strictSame(await countIssueRows(test), before)
})

t.test('refuses a forged form and a body that is not a form', async t => {
  const before = await countIssueRows(test)
  t.equal((await browser.post(`${page}/slips`, { ...counter, _csrf: 'forged' })).statusCode, 403)
  await browser.get(page)
  for (const formToken of ['', 'short', 'x'.repeat(65), 'with spaces in it here']) t.equal((await send({ ...counter, formToken })).statusCode, 400, formToken)
  t.equal((await send({ ...letter, 'letter.lines': 'x'.repeat(1_100_000) })).statusCode, 413)
  await browser.get(page)
  for (const [contentType, payload] of [['application/json', '{}'], ['text/plain', 'channel=counter'], ['multipart/form-data; boundary=x', '--x--']] as const) {
    const answer = await app.inject({ method: 'POST', url: `${page}/slips`, payload, headers: { 'content-type': contentType }, cookies: Object.fromEntries(browser.cookies) })
    t.equal(answer.statusCode, 415, contentType)
    t.match(answer.headers['content-type'], /^text\/html/)
  }
  t.strictSame(await countIssueRows(test), before)
})

t.test('reports repeated and malformed fields as field errors', async t => {
  const before = await countIssueRows(test)
  for (const form of [{ ...letter, 'letter.town': 'Turku' }, { ...counter, 'identityCheck.validUntil': '1.1.2020' }, { ...porter, requestReference: '' }]) {
    for (const name of Object.keys(form)) {
      const { statusCode } = await send({ ...form, [name]: ['a', 'b'] })
      t.ok([400, 422].includes(statusCode), `${form.channel} ${name}: ${statusCode}`)
    }
  }
  for (const name of ['__proto__', 'constructor', 'toString']) t.ok((await send({ ...porter, 'porter.servicePointId': 'x', [name]: 'x' })).statusCode < 500)
  t.strictSame(await countIssueRows(test), before)
})

t.test('checks an address without issuing a slip', async t => {
  const before = await countIssueRows(test)
  const check = async (form: Record<string, string>) => await browser.post(`${page}/address`, { ...letter, ...form })
  const good = await check({})
  t.equal(good.statusCode, 200)
  t.match(good.body, 'A letter can be sent to Tampere')
  const inside = await check({ 'letter.postcode': '02770', 'letter.town': 'Espoo' })
  t.equal(inside.statusCode, 422)
  t.match(inside.body, '02770 is in Espoo')
  const home = await check({ 'letter.postcode': 'FI-33100' })
  t.equal(home.statusCode, 200)
  t.match(home.body, /name="letter\.postcode" [^>]*value="33100"|value="33100" [^>]*name="letter\.postcode"/)
  t.match(home.body, /On the envelope: Matti Virtanen, .*, 33100 TAMPERE\./)
  t.notMatch(home.body, 'house number')
  t.match((await check({ 'letter.lines': 'Rantala' })).body, 'No line has a house number or a box number.')
  const abroad = await check({ 'letter.lines': 'Flat 2\r\n10 Downing Street\r\nWestminster', 'letter.postcode': 'sw1a2aa', 'letter.town': 'London', 'letter.country': 'GB' })
  t.equal(abroad.statusCode, 200)
  t.match(abroad.body, 'On the envelope: Matti Virtanen, Flat 2, 10 Downing Street, Westminster, LONDON, SW1A 2AA, UNITED KINGDOM.')
  t.match(abroad.body, 'United Kingdom: for example SW1A 1AA.')
  const wrongCountry = await check({ 'letter.postcode': '', 'letter.town': 'Helsinki', 'letter.country': 'AE' })
  t.equal(wrongCountry.statusCode, 422)
  t.match(wrongCountry.body, 'href="#letter.country"')
  const bad = await check({ 'letter.postcode': 'x' })
  t.equal(bad.statusCode, 400)
  t.match(bad.body, 'href="#letter.postcode"')
  t.match((await check({ 'letter.lines': 'A line that is longer than the post recommends'.slice(0, 40) })).body, 'longer than the 30 characters')
  t.strictSame(await countIssueRows(test), before)
})

t.test('makes one slip per form and leads a second click to it', async t => {
  const fresh = /name="formToken" value="([^"]+)"/.exec((await browser.get(page)).body)![1]!
  const answers = await Promise.all([0, 1, 2, 3].map(async () => await send({ ...counter, formToken: fresh })))
  t.strictSame(answers.map(answer => answer.statusCode).sort(), [201, 303, 303, 303])
  const made = answers.find(answer => answer.statusCode === 201)!
  const number = String(made.headers['slip-number'])
  t.equal(made.headers['content-type'], 'application/pdf')
  t.equal(made.headers['location'], `/slips/${number}`)
  for (const again of answers.filter(answer => answer.statusCode === 303)) t.equal(again.headers['location'], `/slips/${number}?again=1`)
  const slip = await deps.db.selectFrom('slips').selectAll().where('number', '=', number).executeTakeFirstOrThrow()
  t.strictSame(pick(slip, 'account_id', 'state', 'language'), { account_id: accountId, state: 'handed-over', language: 'fi' })
  t.equal((await listAuditEvents(test, 'slip-issued')).filter(event => event.slip === number).length, 1)
  const issuedPage = await browser.get(`/slips/${number}/issued`)
  t.equal(issuedPage.statusCode, 200)
  t.match(issuedPage.body, number)
})

t.test('records a document without an expiry date and a reason for the birth date', async t => {
  const fresh = /name="formToken" value="([^"]+)"/.exec((await browser.get(page)).body)![1]!
  const form = {
    ...counter, formToken: fresh, 'identityCheck.validUntil': ' ', 'identityCheck.noExpiry': 'yes', 'identityCheck.birthDateMatches': '', 'identityCheck.birthDateReason': ' wrong in the directory ',
  }
  const namesake = await send(form)
  t.equal(namesake.statusCode, 422)
  t.match(namesake.body, 'no date of birth tells the two apart')
  const made = await send({ ...form, 'identityCheck.nameReason': 'student card seen' })
  t.equal(made.statusCode, 201)
  const number = String(made.headers['slip-number'])
  const check = await deps.db.selectFrom('identity_checks').innerJoin('slips', 'slips.id', 'slip_id').selectAll('identity_checks').where('number', '=', number).executeTakeFirstOrThrow()
  t.strictSame(pick(check, 'valid_until', 'no_expiry', 'birth_date_matches', 'birth_date_reason'), { valid_until: null, no_expiry: true, birth_date_matches: null, birth_date_reason: 'wrong in the directory' })
  t.strictSame((await listAuditEvents(test, 'slip-issued')).find(event => event.slip === number)?.texts, { document: 'passport FI none', nameReason: 'student card seen', birthDateReason: 'wrong in the directory' })
  t.match((await browser.get(`/slips/${number}`)).body, 'Passport, Finland, no expiry date, Name differs: student card seen, Date of birth differs: wrong in the directory')
})

t.test('reports a mistake in a slip list filter at its field', async t => {
  const token = await test.signIn('agent')
  const number = await issueSlipNumber(test, token, await buildIssueRequest(test, 'aasob1415'))
  const table: Array<[query: string, field: string | undefined, sentence: RegExp]> = [
    ['from=30.2.2026', 'from', /This date does not exist/], ['from=20.11.2026&to=19.11.2026', 'to', /ends before it begins/], ['state=lost', 'state', /prepared, dispatched/],
    ['channel=sms', 'channel', /counter, porter/], ['servicePointId=%00', 'servicePointId', /Choose one/], ['accountId=7', undefined, /the id has the wrong format/],
  ]
  for (const [query, field, sentence] of table) {
    const answer = await browser.get(`/slips?${query}`)
    t.equal(answer.statusCode, 400, query)
    if (field !== undefined) t.match(answer.body, `id="${field}-error"`, query)
    t.match(answer.body, sentence, query)
  }
  const several = await browser.get('/slips?state=lost&from=20.11.2026&to=19.11.2026')
  t.strictSame([...several.body.matchAll(/<li><a href="#(\w+)">/g)].map(match => match[1]), ['to', 'state'])
  t.equal((await browser.get('/slips?cursor=x')).statusCode, 400)
  for (const day of ['19.11.2026', '19112026', '19 NOV 26', '19. marraskuuta 2026']) {
    const found = await browser.get(`/slips?from=${encodeURIComponent(day)}&to=${encodeURIComponent(day)}&state=&channel=`)
    t.equal(found.statusCode, 200, day)
    t.match(found.body, `value="${day}"`, 'what was typed stays')
    t.match(found.body, `href="/slips/${number}"`, 'the slip of that day is listed')
  }
  for (const typed of ["' or 1=1 --", '%00', '<script>']) t.ok((await browser.get(`/slips?servicePointId=${encodeURIComponent(typed)}`)).statusCode < 500)
})

t.test('suggests a Latin name, and takes it with its source', async t => {
  await deps.db.transaction().execute(async trx => await upsertAccounts(trx, [
    { username: 'wangx0001', displayName: '王小明', affiliation: 'student' },
    { username: 'marhe0002', displayName: 'Maria Fernanda Guadalupe Concepción Hernández-Villanueva', affiliation: 'student' },
    { username: 'jurmu0003', displayName: 'Jürgen Müßiggang', affiliation: 'student' },
    { username: 'olgte0004', displayName: 'Ольга Тестова', latinName: 'Olga Testova', affiliation: 'student' },
  ], deps.now()))
  const pageOf = async (username: string) => (await browser.get(`/accounts/${await requireAccountId(test, username)}`)).body
  const valueOf = (body: string, name: string) => new RegExp(`value="([^"]*)" id="${name}"`).exec(body)?.[1]

  const han = await pageOf('wangx0001')
  t.strictSame([valueOf(han, 'latinName.value'), valueOf(han, 'letter.recipient')], ['Wang Xiaoming', 'Wang Xiaoming'])
  t.match(han, 'The suggestion is a guess')
  const long = await pageOf('marhe0002')
  t.equal(valueOf(long, 'letter.recipient'), 'Maria Fernanda Guadalupe Hernández-Villanueva')
  t.match(long, 'This shorter form is accepted: Maria Fernanda Guadalupe Hernández-Villanueva')
  t.notMatch(long, 'latinName.value')
  t.match(await pageOf('jurmu0003'), 'A document may also spell it Jurgen Mussiggang or Juergen Muessiggang.')
  const cyrillic = await pageOf('olgte0004')
  t.equal(valueOf(cyrillic, 'letter.recipient'), 'Olga Testova')
  t.match(cyrillic, '<dt>Name in Latin letters</dt><dd>Olga Testova</dd>')
  t.notMatch(cyrillic, 'latinName.value')

  const url = `/accounts/${await requireAccountId(test, 'wangx0001')}`
  const form = { ...letter, 'letter.recipient': 'Wang Xiaoming', 'latinName.value': 'Wang Xiaoming', 'latinName.reason': '' }
  const check = await browser.post(`${url}/address`, form)
  t.equal(check.statusCode, 422)
  t.match(check.body, 'id="latinName.reason-error"')
  const explained = await browser.post(`${url}/address`, { ...form, 'letter.recipient': 'XIAOMING WANG', 'latinName.reason': 'document' })
  t.equal(explained.statusCode, 200)
  t.match(explained.body, 'The recipient is accepted as Wang Xiaoming: only capitals, accents or punctuation differ and the words are in another order.')
  const unsourced = await browser.post(`${url}/slips`, { ...form, 'latinName.value': 'Wang Xiao Ming' })
  t.equal(unsourced.statusCode, 400)
  t.match(unsourced.body, 'Choose where the spelling comes from.')
  const issued = await browser.post(`${url}/slips`, { ...form, 'latinName.reason': 'student-register' })
  t.equal(issued.statusCode, 201)
  const slipPage = await browser.get(String(issued.headers['location']))
  t.match(slipPage.body, 'Wang Xiaoming, from: The student register')
})
