import t from 'tap'
import { digestText } from '../../../src/audit/events.js'
import { buildTestApp } from '../../helpers/app.js'
import { readPrintedCode, listAuditEvents, issueSlipNumber, passportCheck, requireStaffId, buildIssueRequest, countIssueRows } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick, pickEach, readProblem } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { app, deps, clock, signIn, api } = test
const db = deps.db
const agent = await signIn('agent')

const voided = async (number: string, reason: unknown, token: string | undefined = agent) =>
  await api(token, { method: 'POST', url: `/slips/${number}/void`, payload: { reason } })
const slipRow = async (number: string) => await db.selectFrom('slips').selectAll().where('number', '=', number).executeTakeFirstOrThrow()
const formToken = (body: string) => /name="formToken" value="([^"]+)"/.exec(body)?.[1] ?? ''

t.test('voids a slip with a reason and stores typed text apart from the log', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'lukng2101'))
  clock.advance({ minutes: 1 })
  const answer = await voided(number, 'Left on the printer, says Łukasz')
  t.equal(answer.statusCode, 200)
  t.match(answer.headers['content-type'], /^application\/json/)
  t.strictSame(pick(answer.json(), 'number', 'state', 'live'), { number, state: 'voided', live: false })
  t.strictSame(answer.json().steps, [
    { step: 'issue', from: null, to: 'handed-over', at: '2026-11-19T09:30:00+02:00', by: 'agent', servicePoint: 'helpdesk-karamalmi', identityCheck: 'passport' },
    { step: 'void', from: 'handed-over', to: 'voided', at: '2026-11-19T09:31:00+02:00', by: 'agent', servicePoint: 'helpdesk-karamalmi', note: 'Left on the printer, says Łukasz' },
  ])
  t.strictSame(pick(await slipRow(number), 'state', 'void_reason', 'ended_at'), { state: 'voided', void_reason: 'other', ended_at: clock.now() })
  const event = (await listAuditEvents(test, 'slip-voided')).at(-1)!
  t.strictSame(pick(event, 'at', 'actor', 'slip', 'texts'), { at: clock.now(), actor: `staff:${await requireStaffId(test, 'agent')}`, slip: number, texts: { words: 'Left on the printer, says Łukasz' } })
  t.strictSame(event.facts, { from: 'handed-over', reason: 'other' })
  t.strictSame(event.digests, { words: digestText(event.salts['words']!, 'words', 'Left on the printer, says Łukasz') })
})

t.test('records a vocabulary word as reason in the log’s facts', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'annko4420'))
  t.equal((await voided(number, 'lost')).statusCode, 200)
  const event = (await listAuditEvents(test, 'slip-voided')).at(-1)!
  t.strictSame(event.facts, { from: 'handed-over', reason: 'lost' })
  t.strictSame(event.texts, {})
})

t.test('answers a second void with a conflict that names the state', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'aasob1415'))
  t.equal((await voided(number, 'lost')).statusCode, 200)
  const before = await countIssueRows(test)
  const again = await voided(number, 'lost')
  t.equal(again.statusCode, 409)
  t.matchOnlyStrict(pick(again.json(), 'code', 'detail'), { code: 'conflict', detail: new RegExp(`Slip ${number} has already been voided`) })
  t.strictSame(await countIssueRows(test), before)
})

t.test('records one of twelve concurrent voids', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'sofla2247'))
  const answers = await Promise.all(Array.from({ length: 12 }, async () => await voided(number, 'lost')))
  t.strictSame(answers.map(answer => answer.statusCode).sort(), [200, ...Array.from({ length: 11 }, () => 409)])
  t.equal((await listAuditEvents(test, 'slip-voided')).filter(event => event.slip === number).length, 1)
})

t.test('refuses to void a slip past its end, though its row is open', async t => {
  const before = clock.now()
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'eerma1983'))
  clock.set('2026-11-26T21:59:59Z')
  const answer = await voided(number, 'lost', await signIn('agent'))
  t.equal(answer.statusCode, 409)
  t.matchOnlyStrict(pick(answer.json(), 'code', 'detail'), { code: 'conflict', detail: new RegExp(`Slip ${number} has expired`) })
  t.strictSame(pick(await slipRow(number), 'state', 'void_reason'), { state: 'handed-over', void_reason: null })
  t.strictSame(pick((await api(await signIn('agent'), { url: `/slips/${number}` })).json(), 'state', 'live'), { state: 'expired', live: false })
  clock.set(before)
})

t.test('refuses an office that does not serve the affiliation', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'onnhe9102'))
  const hr = await signIn('hr')
  const answer = await voided(number, 'lost', hr)
  t.equal(answer.statusCode, 422)
  t.strictSame(readProblem(answer), { status: 422, code: 'office-not-authorised', refusals: ['office-not-authorised'] })
  t.equal((await slipRow(number)).state, 'handed-over')
  t.strictSame(pick((await listAuditEvents(test, 'slip-refused')).at(-1), 'actor', 'slip', 'account', 'facts'), {
    actor: `staff:${await requireStaffId(test, 'hr')}`, slip: number, account: (await slipRow(number)).account_id, facts: { channel: 'counter', codes: ['office-not-authorised'] },
  })
  t.equal((await voided(number, 'lost', await signIn('student-affairs'))).statusCode, 200, 'another office that serves the account voids it')
})

t.test('lets only agents void', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'aadko3374'))
  for (const login of ['porter', 'auditor', 'admin']) t.equal((await voided(number, 'lost', await signIn(login))).statusCode, 403, login)
  t.equal((await api(undefined, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: 'lost' } })).statusCode, 401)
  t.equal((await slipRow(number)).state, 'handed-over')
})

t.test('requires a reason and an existing slip', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'linli7740'))
  for (const reason of [undefined, '', '   ', 7, null, 'x'.repeat(201), 'a\u0000b', 'a\nb']) {
    t.strictSame(readProblem(await voided(number, reason)), { status: 400, code: 'validation-failed', errors: ['reason'] }, JSON.stringify(reason))
  }
  for (const unknown of ['222-222-222', 'K7Q-XM2-P9V', 'x', '%00', 'x'.repeat(150)]) t.equal((await voided(unknown, 'lost')).statusCode, 404, unknown)
  t.equal((await slipRow(number)).state, 'handed-over')
})

t.test('shows a porter only the slips of their desk', async t => {
  const own = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'toivu6528', 'porter'))
  const elsewhere = await issueSlipNumber(test, agent, { ...await buildIssueRequest(test, 'pekle7639', 'porter'), porter: { servicePointId: 'porter-myllypuro' } })
  const counter = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'veera3295'))
  const porter = await signIn('porter')
  t.strictSame(pick((await api(porter, { url: `/slips/${own}` })).json(), 'number', 'state', 'live', 'delivery'), { number: own, state: 'prepared', live: false, delivery: { channel: 'porter', porter: { servicePointId: 'porter-arabia', collectBy: '2026-12-03T20:00:00+02:00' } } })
  for (const number of [elsewhere, counter]) t.strictSame(readProblem(await api(porter, { url: `/slips/${number}` })), { status: 404, code: 'not-found' })
  t.strictSame((await api(porter, { url: '/slips' })).json<{ items: Array<{ number: string }> }>().items.map(slip => slip.number), [own])
  const browser = createPageClient(app)
  await browser.signIn('porter')
  const [ownPage, otherPage] = [await browser.get(`/slips/${own}`), await browser.get(`/slips/${counter}`)]
  t.equal(ownPage.headers.location, `/porter/envelopes/${own}`, 'the slip’s page redirects to the envelope')
  t.equal((await browser.get(`/porter/envelopes/${own}`)).statusCode, 200)
  t.equal((await browser.get(otherPage.headers.location ?? '')).statusCode, 404)
  t.equal((await browser.get('/slips')).headers.location, '/porter', 'the list of slips redirects to the desk’s envelopes')
  const desk = (await browser.get('/porter')).body
  t.notMatch(desk, 'href="/slips', 'no link leads to a page that ignores scans')
  t.notMatch(desk, counter)
})

t.test('voids on the page with a chosen or typed reason and reports mistakes', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'joaes1073'))
  const page = await browser.get(`/slips/${number}`)
  t.equal(page.statusCode, 200)
  t.match(page.body, `Void slip ${number}`)
  const nothing = await browser.post(`/slips/${number}/void`, {})
  t.equal(nothing.statusCode, 400)
  t.match(nothing.body, 'href="#reason"')
  t.match(nothing.body, 'id="reason-error"')
  const wordless = await browser.post(`/slips/${number}/void`, { reason: 'other', note: ' ' })
  t.equal(wordless.statusCode, 400)
  t.match(wordless.body, 'id="note-error"')
  const long = await browser.post(`/slips/${number}/void`, { reason: 'lost', note: 'kept '.repeat(50) })
  t.equal(long.statusCode, 400)
  t.match(long.body, 'kept kept kept')
  const done = await browser.post(`/slips/${number}/void`, { reason: 'other', note: 'The visitor left' })
  t.equal(done.statusCode, 303)
  t.equal(done.headers.location, `/slips/${number}`)
  t.strictSame(pick(await slipRow(number), 'state', 'void_reason'), { state: 'voided', void_reason: 'other' })
  const after = await browser.get(`/slips/${number}`)
  t.match(after.body, 'The visitor left')
  t.notMatch(after.body, 'Void slip')
  t.equal((await browser.post(`/slips/${number}/void`, { reason: 'lost' })).statusCode, 409)
})

t.test('reprints after a paper jam with one click and the same identity check', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const first = await issueSlipNumber(test, agent, { ...await buildIssueRequest(test, 'matvi3318'), identityCheck: { ...passportCheck, validUntil: 'none', nameMatches: { reason: 'student card seen' }, birthDateMatches: { reason: 'placeholder' } } })
  clock.advance({ minutes: 10 })
  const token = formToken((await browser.get(`/slips/${first}`)).body)
  const answer = await browser.post(`/slips/${first}/reissue`, { formToken: token })
  t.equal(answer.statusCode, 201)
  t.equal(answer.headers['content-type'], 'application/pdf')
  const second = String(answer.headers['slip-number'])
  t.equal(answer.headers.location, `/slips/${second}`)
  t.strictSame(pick(await slipRow(first), 'state', 'void_reason'), { state: 'voided', void_reason: 'print-failed' })
  t.strictSame(pick(await slipRow(second), 'state', 'account_id'), { state: 'handed-over', account_id: (await slipRow(first)).account_id })
  t.not(await readPrintedCode(answer.rawPayload), undefined)
  t.strictSame(pickEach(await db.selectFrom('identity_checks').selectAll().where('slip_id', '=', (await slipRow(second)).id).execute(), 'document_type', 'valid_until', 'no_expiry', 'name_reason', 'birth_date_matches', 'birth_date_reason'), [
    { document_type: 'passport', valid_until: null, no_expiry: true, name_reason: 'student card seen', birth_date_matches: null, birth_date_reason: 'placeholder' },
  ])
  const again = await browser.post(`/slips/${first}/reissue`, { formToken: token })
  t.equal(again.statusCode, 303, 'a double click redirects to the slip of the first click')
  t.equal(again.headers.location, `/slips/${second}?again=1`)
  t.match((await browser.get(`/slips/${second}?again=1`)).body, 'already been issued from the same form')
})

t.test('reprints a porter slip and a letter by their channel', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  for (const [username, channel] of [['heism7417', 'porter'], ['reiko3962', 'registered-letter']] as const) {
    const first = await issueSlipNumber(test, agent, await buildIssueRequest(test, username, channel))
    const answer = await browser.post(`/slips/${first}/reissue`, { formToken: formToken((await browser.get(`/slips/${first}`)).body) })
    t.equal(answer.statusCode, 201)
    const [before, after] = await Promise.all([first, String(answer.headers['slip-number'])].map(async number => {
      const { id, request_reference: requestReference } = await slipRow(number)
      return { requestReference, ...await db.selectFrom('deliveries').selectAll().where('slip_id', '=', id).executeTakeFirstOrThrow(), slip_id: undefined }
    }))
    t.strictSame(after, before)
  }
})

t.test('refuses a reprint after ten minutes or by another agent', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const late = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'ullfa4073'))
  const token = formToken((await browser.get(`/slips/${late}`)).body)
  t.not(token, '')
  clock.advance({ minutes: 10.02 })
  t.equal(formToken((await browser.get(`/slips/${late}`)).body), '', 'the button is not shown')
  const tooLate = await browser.post(`/slips/${late}/reissue`, { formToken: token })
  t.equal(tooLate.statusCode, 409)
  t.match(tooLate.body, 'within 10 min of issuing')
  t.equal((await slipRow(late)).state, 'handed-over')
  const foreign = await issueSlipNumber(test, await signIn('student-affairs'), await buildIssueRequest(test, 'georg5184', 'counter').then(issueRequest => ({ ...issueRequest, identityCheck: { ...passportCheck, birthDateMatches: undefined } })))
  t.equal(formToken((await browser.get(`/slips/${foreign}`)).body), '')
  t.equal((await browser.post(`/slips/${foreign}/reissue`, { formToken: token })).statusCode, 409)
  t.equal((await slipRow(foreign)).state, 'handed-over')
})

t.test('does not count three paper jams a day, but the fourth', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  await browser.get('/slips')
  const statuses: number[] = []
  let number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'outpe8528'))
  for (let i = 0; i < 8; i++) {
    const answer = await browser.post(`/slips/${number}/reissue`, { formToken: `paper-jam-number-${i}` })
    statuses.push(answer.statusCode)
    number = answer.headers['slip-number'] === undefined ? number : String(answer.headers['slip-number'])
  }
  t.strictSame(statuses, [201, 201, 201, 201, 201, 201, 422, 422], 'three paper jams do not count towards the limit of four')
  t.strictSame(pick((await listAuditEvents(test, 'slip-refused')).at(-1), 'slip', 'facts'), { slip: number, facts: { channel: 'counter', codes: ['reissue-limit'] } })
  t.equal((await slipRow(number)).state, 'handed-over', 'a refused reissue does not void the slip')
})
