import t from 'tap'
import { upsertAccounts } from '../../../src/accounts/upsert-accounts.js'
import { testStart } from '../../helpers/database.js'
import { addDays } from '../../../src/service-points/institution-day.js'
import { digestText } from '../../../src/audit/events.js'
import { digestStoredCode, isMatchingCode } from '../../../src/slips/code-hmac.js'
import { buildTestApp } from '../../helpers/app.js'
import { requireAccountId, readPrintedCode, listAuditEvents, homeAddress, postSlip, issueSlipNumber, passportCheck, requireStaffId, buildIssueRequest, countIssueRows } from '../../helpers/issue-slips.js'
import { readPdf } from '../../helpers/read-pdf.js'
import { pick, pickEach, readProblem } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { deps, clock, signIn, api } = test
const agent = await signIn('agent')
const db = deps.db

const slipNumberShape = /^[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{3}$/

async function rowsOf (number: string) {
  const slip = await db.selectFrom('slips').selectAll().where('number', '=', number).executeTakeFirstOrThrow()
  const delivery = await db.selectFrom('deliveries').selectAll().where('slip_id', '=', slip.id).executeTakeFirstOrThrow()
  const checks = await db.selectFrom('identity_checks').selectAll().where('slip_id', '=', slip.id).execute()
  const steps = await db.selectFrom('slip_steps').selectAll().where('slip_id', '=', slip.id).execute()
  return { slip, delivery, checks, steps }
}

async function digestOfCode (number: string): Promise<string> {
  const { slip } = await rowsOf(number)
  return digestStoredCode({ hmac: slip.code_hmac, keyId: slip.code_key_id, scheme: slip.code_scheme })
}

t.test('stores a counter slip as handed over, with its identity check', async t => {
  const accountId = await requireAccountId(test, 'lukng2101')
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'lukng2101'))
  const { slip, delivery, checks, steps } = await rowsOf(number)
  const staff = await requireStaffId(test, 'agent')
  const { id: slipId, code_hmac: _hmac, code_key_id: _keyId, code_scheme: scheme, ...stored } = slip
  t.equal(scheme, 2)
  t.strictSame(stored, {
    number,
    account_id: accountId,
    channel: 'counter',
    state: 'handed-over',
    language: 'en',
    request_reference: null,
    issued_by: staff,
    service_point_id: 'helpdesk-karamalmi',
    issued_at: clock.now(),
    expires_at: new Date('2026-11-26T21:59:59Z'),
    ceiling_at: new Date('2027-01-03T21:59:59Z'),
    ended_at: null,
    void_reason: null,
    replaces: null,
    latin_name: null,
    latin_name_reason: null,
    texts_erased_at: null,
  })
  t.strictSame(delivery, {
    slip_id: slipId,
    channel: 'counter',
    porter_service_point_id: null,
    collect_by: null,
    recipient: null,
    lines: null,
    postcode: null,
    town: null,
    country: null,
    tracking_number: null,
    personal_handover: null,
    envelope_at: 'holder',
    dispatch_id: null,
    address_erased_at: null,
  })
  t.strictSame(checks.map(({ id: _id, ...check }) => check), [{
    slip_id: slipId,
    document_type: 'passport',
    issuing_country: 'FI',
    valid_until: '2030-12-31',
    no_expiry: false,
    photo_matches: true,
    name_matches: true,
    name_reason: null,
    birth_date_matches: true,
    birth_date_reason: null,
    checked_by: staff,
    checked_at: clock.now(),
    service_point_id: 'helpdesk-karamalmi',
    erased_at: null,
  }])
  t.strictSame(steps.map(({ id: _id, ...step }) => step), [{
    slip_id: slipId,
    step: 'issue',
    from_state: null,
    to_state: 'handed-over',
    at: clock.now(),
    staff_id: staff,
    service_point_id: 'helpdesk-karamalmi',
    identity_check_id: checks[0]!.id,
    note: null,
    token_id: null,
    note_erased_at: null,
  }])
})

t.test('answers the issue of a counter slip with its PDF', async t => {
  const answer = await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101'))
  t.equal(answer.statusCode, 201)
  t.equal(answer.headers['content-type'], 'application/pdf')
  t.equal(answer.headers['cache-control'], 'no-store')
  const number = String(answer.headers['slip-number'])
  t.match(number, slipNumberShape)
  t.equal(answer.headers['location'], `/api/v1/slips/${number}`)
  t.equal(answer.rawPayload.subarray(0, 5).toString(), '%PDF-')
  const { slip } = await rowsOf(number)
  const code = await readPrintedCode(answer.rawPayload)
  t.ok(isMatchingCode(code, { number: slip.number, hmac: slip.code_hmac, keyId: slip.code_key_id, scheme: slip.code_scheme }, deps.codeKeys), 'the printed code is the one whose HMAC is stored')
})

t.test('records the issue of a counter slip as an audit event', async t => {
  const { number: replaces } = await deps.db.selectFrom('slips').innerJoin('accounts', 'accounts.id', 'account_id').select('number').where('username', '=', 'lukng2101').where('ended_at', 'is', null).executeTakeFirstOrThrow()
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'lukng2101'))
  const { sequence: _sequence, id: _eventId, salts, digests, ...event } = (await listAuditEvents(test, 'slip-issued')).at(-1)!
  t.strictSame(event, {
    at: clock.now(),
    actor: `staff:${await requireStaffId(test, 'agent')}`,
    slip: number,
    account: await requireAccountId(test, 'lukng2101'),
    service_point: 'helpdesk-karamalmi',
    facts: {
      channel: 'counter', to: 'handed-over', code: await digestOfCode(number), language: 'en', expiresAt: '2026-11-26T21:59:59.000Z', ceilingAt: '2027-01-03T21:59:59.000Z', identityChecked: true, matches: ['photo', 'name', 'birth-date'], replaces,
    },
    texts: { document: 'passport FI 2030-12-31' },
  })
  t.strictSame(digests, { document: digestText(salts['document']!, 'document', 'passport FI 2030-12-31') })
})

t.test('prepares a porter slip with its desk and collection deadline', async t => {
  const answer = await postSlip(test, agent, await buildIssueRequest(test, 'annko4420', 'porter'))
  t.equal(answer.statusCode, 201)
  const { slip, delivery, checks, steps } = await rowsOf(String(answer.headers['slip-number']))
  t.strictSame(pick(slip, 'channel', 'state', 'language', 'request_reference', 'expires_at'), {
    channel: 'porter', state: 'prepared', language: 'fi', request_reference: 'REQ-1', expires_at: new Date('2026-12-03T21:59:59Z'),
  })
  t.strictSame(delivery, {
    slip_id: slip.id,
    channel: 'porter',
    porter_service_point_id: 'porter-arabia',
    collect_by: new Date('2026-12-03T18:00:00Z'),
    recipient: null,
    lines: null,
    postcode: null,
    town: null,
    country: null,
    tracking_number: null,
    personal_handover: null,
    envelope_at: 'office',
    dispatch_id: null,
    address_erased_at: null,
  })
  t.strictSame(checks, [])
  t.strictSame(pickEach(steps, 'step', 'from_state', 'to_state', 'identity_check_id', 'note'), [{ step: 'issue', from_state: null, to_state: 'prepared', identity_check_id: null, note: null }])
  t.match((await readPdf(answer.rawPayload)).text, 'Arabia')
  t.strictSame(pick((await listAuditEvents(test, 'slip-issued')).at(-1), 'facts', 'texts'), {
    facts: {
      channel: 'porter', to: 'prepared', code: await digestOfCode(slip.number), language: 'fi', expiresAt: '2026-12-03T21:59:59.000Z', ceilingAt: '2027-01-03T21:59:59.000Z', identityChecked: false, porter: 'porter-arabia', collectBy: '2026-12-03T18:00:00.000Z',
    },
    texts: { requestReference: 'REQ-1' },
  })
})

t.test('prepares a registered letter with its address', async t => {
  const answer = await postSlip(test, agent, await buildIssueRequest(test, 'aasob1415', 'registered-letter'))
  t.equal(answer.statusCode, 201)
  const { slip, delivery } = await rowsOf(String(answer.headers['slip-number']))
  t.strictSame(pick(slip, 'channel', 'state', 'language', 'expires_at'), { channel: 'registered-letter', state: 'prepared', language: 'sv', expires_at: new Date('2026-12-10T21:59:59Z') })
  t.strictSame(delivery, {
    slip_id: slip.id,
    channel: 'registered-letter',
    porter_service_point_id: null,
    collect_by: null,
    recipient: 'Åsa Öberg',
    lines: ['Kauppakatu 5 B 12'],
    postcode: '33100',
    town: 'Tampere',
    country: 'FI',
    tracking_number: null,
    personal_handover: null,
    envelope_at: 'office',
    dispatch_id: null,
    address_erased_at: null,
  })
  t.match((await readPdf(answer.rawPayload)).text, '33100 TAMPERE')
  t.strictSame(pick((await listAuditEvents(test, 'slip-issued')).at(-1), 'facts', 'texts'), {
    facts: { channel: 'registered-letter', to: 'prepared', code: await digestOfCode(slip.number), language: 'sv', expiresAt: '2026-12-10T21:59:59.000Z', ceilingAt: '2027-01-03T21:59:59.000Z', identityChecked: false },
    texts: { recipient: 'Åsa Öberg', address: 'Kauppakatu 5 B 12\n33100 Tampere\nFI', requestReference: 'REQ-1' },
  })
})

t.test('prepares a letter abroad, valid for longer', async t => {
  const issueRequest = await buildIssueRequest(test, 'olgka2290', 'registered-letter')
  const abroad = await postSlip(test, agent, { ...issueRequest, letter: { recipient: 'Ольга Кузнецова', lines: ['Drottninggatan 1'], postcode: '111 51', town: 'Stockholm', country: 'se' } })
  t.equal(abroad.statusCode, 201)
  const sent = await rowsOf(String(abroad.headers['slip-number']))
  t.strictSame(sent.slip.expires_at, new Date('2026-12-19T21:59:59Z'))
  t.equal(sent.delivery.country, 'SE')
  t.match((await readPdf(abroad.rawPayload)).text, 'SWEDEN')
})

t.test('prints a letter abroad in the order of its country, with three lines', async t => {
  const issueRequest = await buildIssueRequest(test, 'olgka2290', 'registered-letter')
  const lines = ['c/o Smith', 'Flat 2', '10 Downing Street']
  const sent = await postSlip(test, agent, { ...issueRequest, letter: { recipient: 'Ольга Кузнецова', lines, postcode: 'sw1a2aa', town: 'London', country: 'GB' } })
  t.equal(sent.statusCode, 201)
  const { delivery } = await rowsOf(String(sent.headers['slip-number']))
  t.strictSame([delivery.lines, delivery.postcode, delivery.town, delivery.country], [lines, 'SW1A 2AA', 'London', 'GB'])
  const window = (await readPdf(sent.rawPayload)).words.filter(({ left, top, bottom }) => left < 117 && top > 26 && bottom < 79)
  t.strictSame(window.map(({ text }) => text.trim()).filter(text => text !== ''),
    ['Ольга Кузнецова', 'c/o Smith', 'Flat 2', '10 Downing Street', 'LONDON', 'SW1A 2AA', 'UNITED KINGDOM'])
})

t.test('prints in the holder’s language unless another is requested', async t => {
  const lead = async (username: string, language?: string) => {
    const answer = await postSlip(test, agent, { ...await buildIssueRequest(test, username), identityCheck: { ...passportCheck, birthDateMatches: true }, language })
    return { language: (await readPdf(answer.rawPayload)).language?.slice(0, 2), stored: (await rowsOf(String(answer.headers['slip-number']))).slip.language }
  }
  t.strictSame(await lead('sofla2247'), { language: 'fi', stored: 'fi' })
  t.strictSame(await lead('linli7740'), { language: 'sv', stored: 'sv' })
  t.strictSame(await lead('onnhe9102', 'sv'), { language: 'sv', stored: 'sv' })
  t.strictSame(await lead('aadko3374', 'en'), { language: 'en', stored: 'en' })
})

t.test('voids the open slip in the same transaction', async t => {
  const first = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'eerma1983'))
  clock.advance({ minutes: 20 })
  const second = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'eerma1983'))
  const { slip, steps } = await rowsOf(first)
  t.strictSame(pick(slip, 'state', 'void_reason', 'ended_at'), { state: 'voided', void_reason: 'superseded', ended_at: clock.now() })
  t.strictSame(steps.map(step => [step.step, step.from_state, step.to_state, step.note]), [['issue', null, 'handed-over', null], ['void', 'handed-over', 'voided', 'superseded']])
  t.strictSame(pick((await listAuditEvents(test, 'slip-voided')).at(-1), 'slip', 'facts', 'texts'), { slip: first, facts: { from: 'handed-over', reason: 'superseded' }, texts: {} })
  t.strictSame(pick((await rowsOf(second)).slip, 'state', 'replaces'), { state: 'handed-over', replaces: slip.id })
})

t.test('records a past open slip as expired at its end, not as voided', async t => {
  const before = clock.now()
  const first = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'liini6051'))
  clock.advance({ days: 9 })
  const later = await signIn('agent')
  await issueSlipNumber(test, later, await buildIssueRequest(test, 'liini6051'))
  t.strictSame(pick((await rowsOf(first)).slip, 'state', 'ended_at', 'void_reason'), { state: 'expired', ended_at: new Date('2026-11-26T21:59:59Z'), void_reason: null })
  t.strictSame(pick((await listAuditEvents(test, 'slip-expired')).at(-1), 'at', 'actor', 'slip', 'facts', 'texts'), {
    at: new Date('2026-11-28T07:50:00Z'), actor: 'system', slip: first, facts: { from: 'handed-over', expiredAt: '2026-11-26T21:59:59.000Z' }, texts: {},
  })
  clock.set(before)
})

t.test('records a refusal as an audit event with channel and codes, nothing else', async t => {
  const refusals: Array<[string, Record<string, unknown>, string[]]> = [
    ['student by e-mail', { ...await buildIssueRequest(test, 'matvi1207'), channel: 'email' }, ['channel-prohibited']],
    ['student by SMS', { accountId: await requireAccountId(test, 'matvi1207'), channel: 'sms' }, ['channel-prohibited']],
    ['student by phone', { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), channel: 'phone' }, ['channel-prohibited']],
    ['training account', await buildIssueRequest(test, 'jenni9528'), ['training-account']],
    ['not yet entitled', await buildIssueRequest(test, 'ilmho8740'), ['account-not-yet-entitled']],
    ['locked', await buildIssueRequest(test, 'ottjo2073'), ['account-locked']],
    ['own account', await buildIssueRequest(test, 'agent'), ['own-account', 'office-not-authorised']],
    ['staff at the helpdesk', await buildIssueRequest(test, 'karsu1851'), ['office-not-authorised']],
    ['porter without a request', { ...await buildIssueRequest(test, 'matvi1207', 'porter'), requestReference: undefined }, ['request-required']],
    ['letter into the area', { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), letter: { recipient: 'Matti Virtanen', ...homeAddress, postcode: '02770', town: 'Espoo' } }, ['registered-letter-inside-area']],
    ['letter into the area, with a country prefix', { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), letter: { recipient: 'Matti Virtanen', ...homeAddress, postcode: 'ＦＩ-02770', town: 'Espoo', country: 'ax' } }, ['registered-letter-inside-area']],
    ['letter to Helsinki under Germany', { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), letter: { recipient: 'Matti Virtanen', ...homeAddress, postcode: '00100', town: 'Helsinki', country: 'DE' } }, ['postcode-town-mismatch', 'registered-letter-inside-area']],
    ['letter to Helsinki under a country without postcodes', { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), letter: { recipient: 'Matti Virtanen', ...homeAddress, postcode: '', town: 'Helsingfors', country: 'AE' } }, ['postcode-town-mismatch']],
    ['letter to an unknown postcode', { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), letter: { recipient: 'Matti Virtanen', ...homeAddress, postcode: '99998' } }, ['postcode-unknown']],
    ['letter to the wrong town', { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), letter: { recipient: 'Matti Virtanen', ...homeAddress, town: 'Turku' } }, ['postcode-town-mismatch']],
    ['letter to another person', { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), letter: { recipient: 'Maija Virtanen', ...homeAddress } }, ['name-differs']],
    ['no identity check', { ...await buildIssueRequest(test, 'matvi1207'), identityCheck: undefined }, ['identity-not-checked']],
    ['a Swedish driving licence', { ...await buildIssueRequest(test, 'matvi1207'), identityCheck: { ...passportCheck, documentType: 'driving-licence', issuingCountry: 'SE' } }, ['document-not-accepted']],
    ['an expired passport', { ...await buildIssueRequest(test, 'matvi1207'), identityCheck: { ...passportCheck, validUntil: '2026-11-18' } }, ['document-expired']],
    ['another name', { ...await buildIssueRequest(test, 'matvi1207'), identityCheck: { ...passportCheck, nameMatches: false } }, ['name-differs']],
    ['no birth date compared', { ...await buildIssueRequest(test, 'matvi1207'), identityCheck: { ...passportCheck, birthDateMatches: undefined } }, ['identity-not-checked']],
    ['a namesake without a birth date', await buildIssueRequest(test, 'matvi3318'), ['name-differs']],
  ]
  const staff = await requireStaffId(test, 'agent')
  for (const [what, issueRequest, codes] of refusals) {
    const before = await countIssueRows(test)
    const answer = await postSlip(test, agent, issueRequest)
    t.equal(answer.statusCode, 422, what)
    t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
    const body = answer.json<{ code: string, status: number, refusals: Array<{ code: string, detail: string }>, detail: string }>()
    t.equal(body.code, codes[0], what)
    t.equal(body.status, 422)
    t.strictSame(body.refusals.map(refusal => refusal.code), codes, what)
    t.equal(body.detail, body.refusals[0]!.detail)
    t.strictSame(await countIssueRows(test), before, `${what}: nothing is written`)
    t.strictSame(pick((await listAuditEvents(test, 'slip-refused')).at(-1), 'actor', 'account', 'slip', 'service_point', 'facts', 'texts'), {
      actor: `staff:${staff}`, account: issueRequest['accountId'], slip: null, service_point: 'helpdesk-karamalmi', facts: { channel: issueRequest['channel'], codes }, texts: {},
    }, what)
  }
  t.equal((await listAuditEvents(test, 'slip-refused')).length, refusals.length)
})

t.test('issues staff slips at human resources only, at the counter', async t => {
  const hr = await signIn('hr')
  t.equal((await postSlip(test, hr, await buildIssueRequest(test, 'karsu1851'))).statusCode, 201)
  const refused = { status: 422, code: 'office-not-authorised', refusals: ['office-not-authorised'] }
  t.strictSame(readProblem(await postSlip(test, hr, await buildIssueRequest(test, 'karsu1851', 'porter'))), refused)
  t.strictSame(readProblem(await postSlip(test, hr, await buildIssueRequest(test, 'matvi1207'))), refused)
  const studentAffairs = await signIn('student-affairs')
  t.equal((await postSlip(test, studentAffairs, await buildIssueRequest(test, 'veera3295'))).statusCode, 201)
  t.strictSame(readProblem(await postSlip(test, studentAffairs, await buildIssueRequest(test, 'veera3295', 'registered-letter'))), refused)
})

t.test('explains refusals in the language of the client', async t => {
  const issueRequest = { ...await buildIssueRequest(test, 'matvi1207', 'registered-letter'), letter: { recipient: 'Matti Virtanen', ...homeAddress, postcode: '02770', town: 'Espoo' } }
  const detail = async (language: string) => (await postSlip(test, agent, issueRequest, { 'accept-language': language })).json<{ detail: string }>().detail
  t.match(await detail('en'), 'Postcode 02770 is in Espoo')
  t.match(await detail('en'), 'Registered letters go only outside the Helsinki metropolitan area')
  t.match(await detail('fi-FI,fi;q=0.9'), 'pääkaupunkiseu')
  t.match(await detail('sv'), 'huvudstadsregionen')
})

t.test('lets only agents issue, for existing accounts', async t => {
  const issueRequest = await buildIssueRequest(test, 'matvi1207')
  for (const login of ['porter', 'auditor', 'admin']) t.strictSame(readProblem(await postSlip(test, await signIn(login), issueRequest)), { status: 403, code: 'not-permitted' }, login)
  t.strictSame(readProblem(await postSlip(test, undefined, issueRequest)), { status: 401, code: 'not-signed-in' })
  t.strictSame(readProblem(await postSlip(test, agent, { ...issueRequest, accountId: '00000000-0000-4000-8000-000000000000' })), { status: 404, code: 'not-found' })
})

t.test('reports missing parts and parts of another channel at their field', async t => {
  const porter = await buildIssueRequest(test, 'matvi1207', 'porter')
  const letter = await buildIssueRequest(test, 'matvi1207', 'registered-letter')
  const counter = await buildIssueRequest(test, 'matvi1207')
  const cases: Array<[Record<string, unknown>, string]> = [
    [{ ...counter, porter: porter['porter'] }, 'porter'], [{ ...counter, letter: letter['letter'] }, 'letter'],
    [{ ...porter, porter: undefined }, 'porter'], [{ ...porter, letter: letter['letter'] }, 'letter'],
    [{ ...letter, letter: undefined }, 'letter'], [{ ...letter, porter: porter['porter'] }, 'porter'],
    [{ ...porter, porter: { servicePointId: 'porter-nowhere' } }, 'porter.servicePointId'], [{ ...porter, porter: { servicePointId: 'helpdesk-myllypuro' } }, 'porter.servicePointId'],
  ]
  for (const [issueRequest, path] of cases) {
    const answer = await postSlip(test, agent, issueRequest)
    t.strictSame(readProblem(answer), { status: 400, code: 'validation-failed', errors: [path] }, path)
  }
})

t.test('validates and stores an optional identity check of a porter slip', async t => {
  const porter = await buildIssueRequest(test, 'joaes1073', 'porter')
  t.strictSame(readProblem(await postSlip(test, agent, { ...porter, identityCheck: { ...passportCheck, validUntil: '2020-01-01' } })), { status: 422, code: 'document-expired', refusals: ['document-expired'] })
  const { slip, checks } = await rowsOf(await issueSlipNumber(test, agent, { ...porter, identityCheck: passportCheck }))
  t.equal(slip.state, 'prepared')
  t.strictSame(checks.map(check => check.document_type), ['passport'])
})

t.test('answers a repeated idempotency key with the first slip’s address', async t => {
  const issueRequest = await buildIssueRequest(test, 'nooka5417')
  const first = await postSlip(test, agent, issueRequest, { 'idempotency-key': 'visit 1' })
  t.equal(first.statusCode, 201)
  const before = await countIssueRows(test)
  const again = await postSlip(test, agent, issueRequest, { 'idempotency-key': 'visit 1' })
  t.strictSame(readProblem(again), { status: 409, code: 'conflict' })
  t.match(again.json<{ detail: string }>().detail, String(first.headers['slip-number']))
  t.equal(again.headers['location'], first.headers['location'])
  t.notMatch(again.body, '%PDF')
  const other = await postSlip(test, agent, await buildIssueRequest(test, 'helsa4306'), { 'idempotency-key': 'visit 1' })
  t.equal(other.statusCode, 409, 'a used key is refused for another account too')
  t.strictSame(await countIssueRows(test), before)
  t.equal((await rowsOf(String(first.headers['slip-number']))).slip.state, 'handed-over')
})

t.test('leaves the key of a refused request unused', async t => {
  const issueRequest = await buildIssueRequest(test, 'helsa4306')
  const refused = await postSlip(test, agent, { ...issueRequest, identityCheck: { ...passportCheck, validUntil: '2020-01-01' } }, { 'idempotency-key': 'visit 2' })
  t.equal(refused.statusCode, 422)
  t.equal((await postSlip(test, agent, issueRequest, { 'idempotency-key': 'visit 2' })).statusCode, 201)
})

t.test('keeps a key for 30 days, separately for each member of staff', async t => {
  const before = clock.now()
  const issueRequest = await buildIssueRequest(test, 'toivu6528')
  t.equal((await postSlip(test, agent, issueRequest, { 'idempotency-key': 'visit 3' })).statusCode, 201)
  t.equal((await postSlip(test, await signIn('student-affairs'), issueRequest, { 'idempotency-key': 'visit 3' })).statusCode, 201)
  clock.set(`${addDays('2026-11-19', 29)}T07:30:00Z`)
  t.equal((await postSlip(test, await signIn('agent'), issueRequest, { 'idempotency-key': 'visit 3' })).statusCode, 409)
  clock.set(`${addDays('2026-11-19', 30)}T08:30:00Z`)
  t.equal((await postSlip(test, await signIn('agent'), issueRequest, { 'idempotency-key': 'visit 3' })).statusCode, 201)
  clock.set(before)
})

t.test('requires a key of 1 to 200 printable ASCII characters', async t => {
  const issueRequest = await buildIssueRequest(test, 'pekle7639')
  for (const key of ['', 'k'.repeat(201), 'ä', 'tab\there']) {
    t.matchOnlyStrict(pick((await postSlip(test, agent, issueRequest, { 'idempotency-key': key })).json(), 'status', 'code', 'errors'), {
      status: 400, code: 'validation-failed', errors: [{ path: 'idempotency-key', message: /1 to 200/ }],
    }, JSON.stringify(key))
  }
  t.equal((await postSlip(test, agent, issueRequest, { 'idempotency-key': '~'.repeat(200) })).statusCode, 201)
})

t.test('makes one slip for twelve concurrent requests with one key', async t => {
  const issueRequest = await buildIssueRequest(test, 'axeek8851')
  const answers = await Promise.all(Array.from({ length: 12 }, async () => await postSlip(test, agent, issueRequest, { 'idempotency-key': 'twelve' })))
  t.strictSame(answers.map(answer => answer.statusCode).sort(), [201, ...Array.from({ length: 11 }, () => 409)])
  const [number] = answers.filter(answer => answer.statusCode === 201).map(answer => answer.headers['slip-number'])
  for (const answer of answers) t.equal(answer.headers['location'], `/api/v1/slips/${String(number)}`)
  t.equal((await db.selectFrom('slips').select('id').where('account_id', '=', issueRequest['accountId'] as string).execute()).length, 1)
})

t.test('leaves one open slip when two agents issue concurrently', async t => {
  const issueRequest = await buildIssueRequest(test, 'nguth9962')
  const other = await signIn('student-affairs')
  const answers = await Promise.all(Array.from({ length: 12 }, async (_, i) => await postSlip(test, i % 2 === 0 ? agent : other, issueRequest)))
  t.strictSame(answers.map(answer => answer.statusCode).sort(), [201, 201, 201, 201, 422, 422, 422, 422, 422, 422, 422, 422], 'four are issued, then the reissue limit holds')
  for (const answer of answers.filter(one => one.statusCode === 422)) t.strictSame(readProblem(answer), { status: 422, code: 'reissue-limit', refusals: ['reissue-limit'] })
  const slips = await db.selectFrom('slips').select(['state', 'number']).where('account_id', '=', issueRequest['accountId'] as string).execute()
  t.equal(slips.length, 4)
  t.equal(slips.filter(slip => slip.state === 'handed-over').length, 1)
  t.equal(slips.filter(slip => slip.state === 'voided').length, 3)
  const { openSlip } = (await api(agent, { url: `/accounts/${String(issueRequest['accountId'])}` })).json<{ openSlip: { state: string, number: string } }>()
  t.strictSame(pick(openSlip, 'state', 'number'), { state: 'handed-over', number: slips.find(slip => slip.state === 'handed-over')!.number })
})

t.test('does not issue a slip that cannot be printed', async t => {
  const broken = await buildTestApp(t, { publicUrl: `https://${'very-long-label.'.repeat(200)}example` })
  const before = await countIssueRows(broken)
  const answer = await postSlip(broken, await broken.signIn('agent'), await buildIssueRequest(broken, 'lukng2101'))
  t.strictSame(readProblem(answer), { status: 500, code: 'internal-error' })
  t.strictSame(await countIssueRows(broken), before)
  t.strictSame(await listAuditEvents(broken, 'slip-issued'), [], 'the audit event has rolled back with the slip')
})

t.test('issues letters to names in any script, with the source of the spelling on record', async t => {
  await db.transaction().execute(async trx => await upsertAccounts(trx, [
    { username: 'wangx0001', displayName: '王小明', affiliation: 'student' },
    { username: 'mohal0002', displayName: 'محمد علي', affiliation: 'student' },
    { username: 'mohal0003', displayName: 'محمد حسن', latinName: 'Mohammed Hassan', affiliation: 'student' },
    { username: 'jurmu0004', displayName: 'Jürgen Müßiggang', affiliation: 'student' },
    { username: 'marki0005', displayName: 'Maria Fernanda Guadalupe Concepción Hernández-Villanueva', affiliation: 'student' },
    { username: 'marki0006', displayName: 'Maria Anna Salo', affiliation: 'student' },
    { username: 'marki0007', displayName: 'Maria Liisa Salo', affiliation: 'student' },
  ], testStart))
  const letterTo = async (username: string, recipient: string, latinName?: unknown) => {
    const issueRequest = await buildIssueRequest(test, username, 'registered-letter')
    return await postSlip(test, agent, { ...issueRequest, letter: { recipient, ...homeAddress }, ...latinName === undefined ? {} : { latinName } })
  }
  const refusalOf = async (username: string, recipient: string, latinName?: unknown) => (await letterTo(username, recipient, latinName)).json<{ detail: string, code: string }>()

  await t.test('王小明 with a Latin name and its source', async t => {
    t.equal((await refusalOf('wangx0001', 'Wang Xiaoming')).code, 'name-differs')
    t.match((await refusalOf('wangx0001', 'Wang Xiaoming')).detail, /choose where the spelling comes from/)
    const answer = await letterTo('wangx0001', 'Wang Xiaoming', { value: 'Wang Xiaoming', reason: 'document' })
    t.equal(answer.statusCode, 201)
    const { text } = await readPdf(answer.rawPayload)
    t.match(text, /Wang Xiaoming/)
    t.notMatch(text, /\ufffd/, 'no sign for a missing character')
    const number = String(answer.headers['slip-number'])
    const { slip, steps } = await rowsOf(number)
    t.strictSame(pick(slip, 'latin_name', 'latin_name_reason'), { latin_name: 'Wang Xiaoming', latin_name_reason: 'document' })
    t.equal(steps[0]!.note, null, 'a transliteration has no mark')
    const event = (await listAuditEvents(test, 'slip-issued')).find(one => one.slip === number)!
    t.strictSame(pick(event.texts, 'latinName', 'latinNameReason', 'recipient'), { latinName: 'Wang Xiaoming', latinNameReason: 'document', recipient: 'Wang Xiaoming' })
    t.equal(event.digests['latinName'], digestText(event.salts['latinName']!, 'latinName', 'Wang Xiaoming'))
    t.strictSame((await api(agent, { method: 'GET', url: `/slips/${number}` })).json<{ latinName: unknown }>().latinName, { value: 'Wang Xiaoming', reason: 'document' })
  })

  await t.test('a name that differs from the transliteration is marked', async t => {
    const answer = await letterTo('mohal0002', 'Mohammed Ali', { value: 'Mohammed Ali', reason: 'Passport copy in ticket 12' })
    t.equal(answer.statusCode, 201)
    const number = String(answer.headers['slip-number'])
    const { steps } = await rowsOf(number)
    t.equal(steps[0]!.note, 'latin-name-differs')
    const event = (await listAuditEvents(test, 'slip-issued')).find(one => one.slip === number)!
    t.equal(event.facts['reason'], 'latin-name-differs')
    t.strictSame((await db.selectFrom('delivery_records').select('facets').where('number', '=', number).executeTakeFirstOrThrow()).facets.includes('latin-name'), true)
  })

  await t.test('the Latin name of the account', async t => {
    t.equal((await letterTo('mohal0003', 'Mohammed Hassan')).statusCode, 201)
    t.strictSame((await letterTo('mohal0003', 'Mohammed Hassan', { value: 'Mohammed Hassan', reason: 'document' })).json<{ errors: unknown }>().errors,
      [{ path: 'latinName', message: 'This account needs no other name in Latin letters. Leave it out.' }])
  })

  await t.test('the spelling of a passport', async t => {
    const answer = await letterTo('jurmu0004', 'Juergen Muessiggang')
    t.equal(answer.statusCode, 201)
    const event = (await listAuditEvents(test, 'slip-issued')).find(one => one.slip === answer.headers['slip-number'])!
    t.strictSame(event.facts['nameRules'], ['icao'])
    t.strictSame((await letterTo('jurmu0004', 'Juergen Muessiggang', { value: 'Juergen Muessiggang', reason: 'document' })).json<{ errors: Array<{ path: string }> }>().errors.map(error => error.path), ['latinName'])
  })

  await t.test('a long name without middle names, if no one else has it', async t => {
    t.equal((await letterTo('marki0005', 'Maria Hernández-Villanueva')).statusCode, 201)
    t.match((await refusalOf('marki0005', 'Maria Hernández')).detail, /surname is missing or not complete/)
    t.match((await refusalOf('marki0006', 'Maria Salo')).detail, /Another account could have this name/)
    t.equal((await letterTo('marki0006', 'Anna Salo')).statusCode, 201)
  })

  await t.test('never another account’s name', async t => {
    const refused = await refusalOf('mohal0002', 'Maria Anna Salo', { value: 'Maria Anna Salo', reason: 'document' })
    t.equal(refused.code, 'name-differs')
    t.match(refused.detail, /name of another account/)
  })

  await t.test('reports a Latin name that is not one at its field', async t => {
    const errorsOf = async (latinName: unknown) => (await letterTo('wangx0001', 'Wang Xiaoming', latinName)).json<{ errors: Array<{ path: string }> }>().errors.map(error => error.path)
    t.strictSame(await errorsOf({ value: '王小明', reason: 'document' }), ['latinName.value'])
    t.strictSame(await errorsOf({ value: '', reason: '' }), ['latinName.value', 'latinName.reason'])
    t.strictSame(await errorsOf({ value: 'Wang Xiaoming', reason: ' - ' }), ['latinName.reason'])
    t.strictSame(await errorsOf('Wang Xiaoming'), ['latinName'])
  })
})
