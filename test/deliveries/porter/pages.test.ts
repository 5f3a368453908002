import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { generateActivationCode, generateSlipNumber } from '../../../src/slips/codes.js'
import { addStaff, buildTestApp } from '../../helpers/app.js'
import { type InsertedSlip, insertSlips, readSlipStates, type SlipFixture } from '../../helpers/insert-slips.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents, postSlip, readPrintedCode, requireAccountId, requireStaffId } from '../../helpers/issue-slips.js'
import { createPageClient, type PageClient } from '../../helpers/page-client.js'
import { pick, pickEach } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { app, deps, clock, logLines, signIn, api } = test
await addStaff(test, { login: 'second-porter', roles: ['porter'], servicePoints: ['porter-arabia'] })
await addStaff(test, { login: 'porter-elsewhere', roles: ['porter'], servicePoints: ['porter-myllypuro'] })
await addStaff(test, { login: 'agent-and-porter', roles: ['agent', 'porter'], servicePoints: ['porter-arabia'] })
await addStaff(test, { login: 'lukng2101', roles: ['porter'], servicePoints: ['porter-arabia'] })

const browsers = new Map<string, PageClient>()
const signInBrowser = async (login: string): Promise<PageClient> => {
  const known = browsers.get(login)
  if (known !== undefined) return known
  const browser = createPageClient(app)
  browsers.set(login, browser)
  await browser.signIn(login)
  await browser.get('/accessibility')
  return browser
}
const porter = await signInBrowser('porter')
const placeEnvelopes = async (...situations: Array<Omit<SlipFixture, 'channel'>>): Promise<InsertedSlip[]> =>
  await insertSlips(test, situations.map(situation => ({ channel: 'porter', ...situation })))
const atDesk = { state: 'at-porter', place: 'desk' } as const
const onTheWay = { state: 'dispatched', place: 'on-the-way' } as const
const scan = async (browser: PageClient, number: string) => await browser.post('/porter/scan', { number })
const proof = { 'identityCheck.documentType': 'passport:FI', 'identityCheck.validUntil': '31122030', 'identityCheck.photoMatches': 'yes', 'identityCheck.nameMatches': 'yes' }
const handOver = async (browser: PageClient, number: string, changes: Record<string, string> = {}) =>
  await browser.post(`/porter/envelopes/${number}/hand-over`, { ...proof, ...changes })
/** Returns the text of a page without its tags. */
const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const main = (answer: { body: string }) => words(answer.body.split('<main')[1]!.split('</main>')[0]!)

t.test('starts with envelopes to return, at the desk and on their way', async t => {
  t.equal((await porter.get('/')).headers.location, '/porter')
  const [here, coming, voided, expired, gone, office] = await placeEnvelopes(atDesk, onTheWay, { state: 'voided', place: 'desk' },
    { ...onTheWay, expiresAt: new Date(deps.now().getTime() - 1000) }, { state: 'handed-over', place: 'holder' }, { state: 'prepared', place: 'office' })
  const page = await porter.get('/porter')
  const [, back = '', rest = '', way = ''] = page.body.split('<section')
  for (const [list, holds] of [[back, [voided, expired]], [rest, [here]], [way, [coming]]] as const) {
    const all = [here, coming, voided, expired, gone, office]
    t.strictSame(all.filter(slip => list.includes(slip!.number)), holds)
  }
  t.match(words(page.body), /To return \(2\).*Here \(1\).*On its way \(1\)/)
  t.match((await (await signInBrowser('porter-elsewhere')).get('/porter')).body, /Here \(0\)/, 'each desk sees its own envelopes')
  await handOver(porter, here!.number)
  t.match(words((await porter.get('/porter')).body), /Handed over today: 1/)
})

t.test('hides the envelopes of other desks, also from an agent who is a porter', async t => {
  const [slip] = await placeEnvelopes(atDesk)
  for (const [login, status] of [['porter-elsewhere', 404], ['second-porter', 200], ['agent-and-porter', 200], ['agent', 403], ['auditor', 403]] as const) {
    const browser = await signInBrowser(login)
    t.equal((await browser.get(`/porter/envelopes/${slip!.number}`)).statusCode, status, login)
    if (status === 200) continue
    for (const step of ['receive', 'hand-over', 'return']) t.equal((await browser.post(`/porter/envelopes/${slip!.number}/${step}`, { ...proof, reason: 'damaged' })).statusCode, status, `${login} ${step}`)
  }
  const elsewhere = await signInBrowser('porter-elsewhere')
  const answer = await scan(elsewhere, slip!.number)
  t.equal(answer.statusCode, 404)
  t.match(main(answer), /Envelope .* does not belong to this porter desk/)
  t.notMatch(answer.body, slip!.username)
  t.equal((await readSlipStates(test, [slip!]))[0]!.steps, 1)
})

t.test('shows a porter no address, reference, user name or account link', async t => {
  const agent = await signIn('agent')
  const number = await issueSlipNumber(test, agent, { ...await buildIssueRequest(test, 'aasob1415', 'porter'), requestReference: 'REQ-SECRET' })
  await api(agent, { method: 'POST', url: `/slips/${number}/steps`, payload: { step: 'dispatch' } })
  for (const step of ['receive', 'hand-over', undefined]) {
    const page = (await porter.get(`/porter/envelopes/${number}`)).body
    t.notMatch(page, /REQ-SECRET|aasob1415|\/accounts|2100733/)
    t.equal(page.includes('Date of birth<br><strong class="big">30 May 2000</strong>'), step === 'hand-over', 'the date of birth is shown for the handover only')
    if (step !== undefined) await porter.post(`/porter/envelopes/${number}/${step}`, proof)
  }
  t.equal((await porter.get(`/slips/${number}`)).headers.location, `/porter/envelopes/${number}`)
  const accountId = await requireAccountId(test, 'maiwi5306')
  t.equal((await porter.get(`/slips?accountId=${accountId}`)).headers.location, '/porter', 'a porter cannot filter slips by account')
  t.match((await (await signInBrowser('agent-and-porter')).get('/slips')).body, number, 'a porter who is also an agent has the list')
  t.equal((await porter.get(`/accounts/${accountId}`)).statusCode, 403)
  const token = await signIn('porter')
  for (const url of ['/slips', `/slips/${number}`]) t.notMatch((await api(token, { url })).body, 'REQ-SECRET', url)
  t.equal((await api(agent, { url: `/slips/${number}` })).json().requestReference, 'REQ-SECRET')
})

t.test('opens the next step for a scan, or explains it without storing secrets', async t => {
  const [slip] = await placeEnvelopes(onTheWay)
  t.equal((await scan(porter, slip!.number.toLowerCase().replaceAll('-', ''))).headers.location, `/porter/envelopes/${slip!.number}`)
  const code = generateActivationCode(deps.randomBytes).reveal()
  const secret = `${deps.publicUrl}/activate#${code}`
  const unknown = generateSlipNumber(deps.randomBytes)
  for (const [text, sentence, status] of [
    ['9789510492147', /barcode of a book/, 400], ['https://www.metropolia.fi/fi', /web address/, 400], [slip!.number.slice(0, 7), /6 of 9 characters/, 400], [`${slip!.number.slice(0, -1)}O`, /check character/, 400],
    ['RR473124829FI', /tracking number/, 400], [secret, /activation code of the slip in the envelope.*return the envelope as damaged/, 400], ['hello, world', /not a slip number/, 400], ['', /Nothing was scanned/, 400], [unknown, /Put it aside/, 404],
  ] as const) {
    const answer = await scan(porter, text)
    t.equal(answer.statusCode, status, text)
    t.match(main(answer), sentence)
  }
  const answer = await scan(porter, secret)
  t.notMatch(answer.body, code.slice(0, 5))
  t.match((await scan(porter, 'K7QX')).body, /value="K7QX"/, 'an incomplete number stays in the field for correction')
  t.notMatch(logLines.join('\n'), new RegExp(code.slice(0, 5)))
  const [other] = await placeEnvelopes(atDesk)
  for (const field of ['identityCheck.validUntil', 'identityCheck.nameReason', 'identityCheck.birthDateReason']) {
    t.equal((await handOver(porter, other!.number, { [field]: slip!.number })).headers.location, `/porter/envelopes/${slip!.number}`, 'a scan into another field counts as a scan')
  }
  t.equal((await porter.post(`/porter/envelopes/${other!.number}/return`, { reason: 'other', note: slip!.number })).headers.location, `/porter/envelopes/${slip!.number}`)
  t.strictSame(pickEach(await readSlipStates(test, [other!]), 'state', 'steps'), [{ state: 'at-porter', steps: 1 }])
})

t.test('reads what scanners add to a number and names a wrong keyboard layout', async t => {
  const [slip] = await placeEnvelopes(atDesk)
  const { number } = slip!
  for (const text of [`]C0${number}`, `]C1${number.replaceAll('-', '')}`, number.replace(/[!-~]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)), `\u0002${number}\u0003`, `*${number}*`, `${number}\t`]) {
    t.equal((await scan(porter, text)).headers.location, `/porter/envelopes/${number}`, JSON.stringify(text))
  }
  for (const [text, sentence] of [
    ['Л7Й-ЧЬ2-З9Ы', /changed by a Cyrillic keyboard layout.*set to, usually English/], ['KèA)X?é)PçS', /changed by a French \(AZERTY\) keyboard layout/], ['Q7YßAZM2HY', /changed by a German \(QWERTZ\) keyboard layout/], ['K7Q-XM2-P9SK7Q-XM2-P9S', /one at a time/],
  ] as const) {
    const answer = await scan(porter, text)
    t.equal(answer.statusCode, 400, text)
    t.match(main(answer), sentence)
    t.notOk(answer.body.includes(text))
  }
})

t.test('asks for the full identity check at handover, with errors at fields', async t => {
  const [slip] = await placeEnvelopes(atDesk)
  const number = slip!.number
  const page = await porter.get(`/porter/envelopes/${number}`)
  t.match(page.body, /value="driving-licence:FI"/)
  t.notMatch(page.body, /value="driving-licence:"/, 'a driving licence of another country is not accepted')
  for (const [changes, status, sentence] of [
    [{ 'identityCheck.documentType': '' }, 400, /Choose the document that you checked/],
    [{ 'identityCheck.documentType': 'passport:', 'identityCheck.issuingCountry': '' }, 400, /Enter the country that issued the document/],
    [{ 'identityCheck.documentType': 'identity-card:', 'identityCheck.issuingCountry': 'US' }, 422, /not accepted/],
    [{ 'identityCheck.validUntil': '31.2.2030' }, 400, /Enter the date the document expires as day, month and year/],
    [{ 'identityCheck.validUntil': '31122030', 'identityCheck.noExpiry': 'yes' }, 400, /You entered an expiry date and ticked “No expiry date”/],
    [{ 'identityCheck.validUntil': '18.11.2026' }, 422, /expired/],
    [{ 'identityCheck.photoMatches': '' }, 422, /Confirm the photo/],
    [{ 'identityCheck.nameMatches': '' }, 422, /name on the document/],
  ] as const) {
    const answer = await handOver(porter, number, { ...changes, 'identityCheck.photoMatches': 'yes', ...changes })
    t.equal(answer.statusCode, status, JSON.stringify(changes))
    t.match(main(answer), sentence)
    t.match(answer.body, /aria-invalid="true"|class="field wrong"/)
  }
  const empty = await porter.post(`/porter/envelopes/${number}/hand-over`, {})
  t.equal(empty.statusCode, 400)
  t.match(main(empty), /Choose the document that you checked. Enter the date the document expires, for example 31 12 2030, or tick “No expiry date”. Confirm the photo.* name on the document/, 'all missing fields are reported together')
  t.notMatch(main(empty), /Enter the country that issued/, 'hidden fields are not reported')
  const foreign = await handOver(porter, number, { 'identityCheck.documentType': 'identity-card:', 'identityCheck.issuingCountry': 'US', 'identityCheck.validUntil': '', 'identityCheck.photoMatches': '' })
  t.equal(foreign.statusCode, 400)
  t.strictSame([...foreign.body.matchAll(/<li><a href="#identityCheck\.(\w+)">/g)].map(match => match[1]), ['documentType', 'validUntil', 'photoMatches'], 'also refusals of the document')
  for (const [scanned, sentence] of [['9789510492147', /Valid until: This is the barcode of a book/], ['RR473124829FI', /tracking number of a letter/], ['https://www.metro', /web address/]] as const) {
    const answer = await handOver(porter, number, { 'identityCheck.validUntil': scanned })
    t.equal(answer.statusCode, 400, scanned)
    t.match(main(answer), sentence)
    t.notMatch(answer.body, scanned, 'the field is empty again for the date')
    t.match(answer.body, /value="passport:FI" data-then="date" checked/)
  }
  const rejected = await handOver(porter, number, { 'identityCheck.nameMatches': '', 'identityCheck.documentType': 'passport:', 'identityCheck.issuingCountry': 'SE' })
  t.match(rejected.body, /value="31122030"/)
  t.match(rejected.body, /value="passport:" data-then="country" checked/)
  t.match(rejected.body, /<option value="SE" selected/)
  t.strictSame(pickEach(await readSlipStates(test, [slip!]), 'state', 'identityChecks'), [{ state: 'at-porter', identityChecks: 0 }])

  const done = await handOver(porter, number, { 'identityCheck.documentType': 'passport:', 'identityCheck.issuingCountry': 'SE', 'identityCheck.nameMatches': '', 'identityCheck.nameReason': 'married, certificate seen' })
  t.equal(done.headers.location, `/porter?done=${number}`)
  t.match(main(await porter.get(`/porter?done=${number}`)), new RegExp(`Handed over: ${number}, Visitor .* The code works until 26 Nov 2026 23:59`))
  const [check] = await deps.db.selectFrom('identity_checks').selectAll().where('slip_id', '=', slip!.id).execute()
  t.strictSame(pick(check, 'document_type', 'issuing_country', 'valid_until', 'name_matches', 'name_reason', 'birth_date_matches'), { document_type: 'passport', issuing_country: 'SE', valid_until: '2030-12-31', name_matches: false, name_reason: 'married, certificate seen', birth_date_matches: null })
})

t.test('hands over with a reason for the birth date, and without an expiry date', async t => {
  const [slip] = await placeEnvelopes(atDesk)
  const number = slip!.number
  await deps.db.updateTable('accounts').set({ birth_date: '1900-01-01' }).where('id', '=', deps.db.selectFrom('slips').select('account_id').where('id', '=', slip!.id)).execute()
  const changes = { 'identityCheck.nameMatches': '', 'identityCheck.validUntil': '', 'identityCheck.noExpiry': 'yes', 'identityCheck.nameMatchesAlone': 'yes' }
  const refused = await handOver(porter, number, changes)
  t.equal(refused.statusCode, 422)
  t.match(main(refused), /The office that corrects the date: Student affairs office/)
  const done = await handOver(porter, number, { ...changes, 'identityCheck.birthDateReason': 'placeholder, student card seen' })
  t.equal(done.headers.location, `/porter?done=${number}`)
  const [check] = await deps.db.selectFrom('identity_checks').selectAll().where('slip_id', '=', slip!.id).execute()
  t.strictSame(pick(check, 'valid_until', 'no_expiry', 'name_matches', 'name_reason', 'birth_date_matches', 'birth_date_reason'),
    { valid_until: null, no_expiry: true, name_matches: true, name_reason: null, birth_date_matches: null, birth_date_reason: 'placeholder, student card seen' })
})

t.test('makes one handover for two porters and shows the second who did it', async t => {
  const [slip] = await placeEnvelopes(atDesk)
  const number = slip!.number
  const second = await signInBrowser('second-porter')
  for (const browser of [porter, second]) await browser.get(`/porter/envelopes/${number}`)
  const answers = await Promise.all([handOver(porter, number), handOver(second, number)])
  t.strictSame(answers.map(answer => answer.statusCode), [303, 303])
  t.strictSame(answers.map(answer => String(answer.headers.location)).sort(), [`/porter/envelopes/${number}?already=hand-over`, `/porter?done=${number}`].sort())
  t.strictSame(pickEach(await readSlipStates(test, [slip!]), 'state', 'steps', 'identityChecks'), [{ state: 'handed-over', steps: 2, identityChecks: 1 }])
  const notice = main(await second.get(`/porter/envelopes/${number}?already=hand-over`))
  t.match(notice, /Already handed over 19 Nov 2026 09:30 by (Timo Koskela|second-porter)\. Nothing was recorded again\./)

  const again = await handOver(porter, number, { 'identityCheck.validUntil': '' })
  t.equal(again.headers.location, `/porter/envelopes/${number}?already=hand-over`, 'a repeated handover is harmless, even with invalid input')
  t.notMatch(main(await porter.get(`/porter/envelopes/${number}?already=return`)), /Already/, 'a step that did not happen is not reported')
})

t.test('repeats every step safely, and result addresses can be reloaded', async t => {
  const [slip] = await placeEnvelopes(onTheWay)
  const at = `/porter/envelopes/${slip!.number}`
  t.equal((await porter.post(`${at}/receive`, {})).headers.location, `/porter?done=${slip!.number}`)
  t.equal((await porter.post(`${at}/receive`, {})).headers.location, `${at}?already=receive`)
  t.match(main(await porter.get(`${at}?already=receive`)), /Already received .* by Timo Koskela/)
  t.equal((await porter.post(`${at}/return`, { reason: 'damaged', note: 'torn open' })).headers.location, `/porter?done=${slip!.number}`)
  t.equal((await porter.post(`${at}/return`, { reason: 'damaged' })).headers.location, `${at}?already=return`)
  t.match(main(await porter.get(`${at}?already=return`)), /Already returned/)
  t.strictSame(pick((await listAuditEvents(test, 'slip-step')).at(-1), 'slip', 'facts', 'texts'), {
    slip: slip!.number, facts: { step: 'return', from: 'at-porter', to: 'returned', reason: 'damaged' }, texts: { note: 'damaged: torn open' },
  })
  for (const step of ['receive', 'hand-over', 'return']) t.equal((await porter.get(`${at}/${step}`)).headers.location, at)
  for (const path of ['/porter/scan', '/porter/count/differences']) t.equal((await porter.get(path)).statusCode, 303)
  t.strictSame(pickEach(await readSlipStates(test, [slip!]), 'state', 'steps'), [{ state: 'returned', steps: 3 }])
})

t.test('returns an envelope with a reason, or with one tap when its slip ended', async t => {
  const [slip, voided, coming, office] = await placeEnvelopes(atDesk, { state: 'voided', place: 'desk' }, { state: 'locked', place: 'on-the-way' }, { state: 'prepared', place: 'office' })
  const refused = await porter.post(`/porter/envelopes/${slip!.number}/return`, {})
  t.equal(refused.statusCode, 400)
  t.match(main(refused), /Choose a reason/)
  t.match(main(await porter.post(`/porter/envelopes/${slip!.number}/return`, { reason: 'other', note: ' . ' })), /Enter the reason/)

  const page = await porter.get(`/porter/envelopes/${voided!.number}`)
  t.match(main(page), /Return this envelope The slip has been voided\. Do not hand over the envelope\./)
  t.match(page.body, /name="reason" value="slip-ended"/)
  const late = await handOver(porter, voided!.number)
  t.equal(late.statusCode, 409)
  t.match(main(late), /changed since you opened it.*Return this envelope/)
  await porter.post(`/porter/envelopes/${voided!.number}/return`, { reason: 'slip-ended' })
  t.strictSame(pickEach(await readSlipStates(test, [voided!]), 'state', 'envelope_at'), [{ state: 'voided', envelope_at: 'returned' }])
  t.notMatch((await porter.get('/porter')).body.split('<section')[1], voided!.number, 'it is no longer in the list')
  t.match(main(await porter.get(`/porter/envelopes/${coming!.number}`)), /The slip is locked/)
  t.match(main(await porter.get(`/porter/envelopes/${office!.number}`)), /has not been recorded as sent/)
  t.equal((await porter.post(`/porter/envelopes/${office!.number}/receive`, {})).statusCode, 409)
})

t.test('refuses a porter’s handover to themselves', async t => {
  const agent = await signIn('agent')
  const number = String((await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101', 'porter'))).headers['slip-number'])
  await api(agent, { method: 'POST', url: `/slips/${number}/steps`, payload: { step: 'dispatch' } })
  const holder = await signInBrowser('lukng2101')
  await holder.post(`/porter/envelopes/${number}/receive`, {})
  const page = await holder.get(`/porter/envelopes/${number}`)
  t.match(main(page), /This is your own envelope.*Ask another porter/)
  t.equal(main(page).split('Ask another porter').length, 2, 'the advice appears once')
  t.notMatch(page.body, /data-hand-over/)
  const answer = await handOver(holder, number)
  t.equal(answer.statusCode, 422)
  t.strictSame(pick((await listAuditEvents(test, 'slip-refused')).at(-1), 'slip', 'actor', 'facts', 'texts'), {
    slip: number, actor: `staff:${await requireStaffId(test, 'lukng2101')}`, facts: { channel: 'porter', step: 'hand-over', codes: ['own-account'] }, texts: {},
  })
  t.equal((await handOver(porter, number)).headers.location, `/porter?done=${number}`, 'another porter hands it over')
})

t.test('receives several envelopes in a row and counts them', async t => {
  clock.advance({ minutes: 1 })
  for (const { number } of await deps.db.selectFrom('slips').innerJoin('deliveries', 'slip_id', 'id').select('number').where('envelope_at', '=', 'on-the-way').where('state', '=', 'dispatched').execute()) {
    await porter.post(`/porter/envelopes/${number}/receive`, {})
  }
  clock.advance({ minutes: 1 })
  const [first, second, third, voided, office] = await placeEnvelopes(onTheWay, onTheWay, onTheWay, { state: 'voided', place: 'on-the-way' }, { state: 'prepared', place: 'office' })
  const start = await porter.get('/porter/receive')
  t.match(main(start), /Received 0 of 3.*Not received yet \(3\)/)
  const since = /name="since" value="([^"]+)"/.exec(start.body)![1]!
  const receive = async (number: string) => {
    const answer = await porter.post('/porter/receive', { number, since })
    return answer.statusCode === 303 ? await porter.get(String(answer.headers.location)) : answer
  }
  t.match(main(await receive(first!.number)), new RegExp(`Received: ${first!.number}.*Received 1 of 3.*Not received yet \\(2\\)`))
  clock.advance({ minutes: 1 })
  t.match(main(await receive(second!.number)), /Received 2 of 3/)
  const again = await receive(first!.number)
  t.match(main(again), /Received 2 of 3/)
  await handOver(porter, first!.number)
  t.match(main(await receive(first!.number)), /Not on its way: .* Already received .* by Timo Koskela.*Received 2 of 3/)
  t.match(main(await receive(voided!.number)), /Put envelope .* aside\. It must be returned\. The slip has been voided/)
  t.match(main(await receive(office!.number)), /Not received: .* ask the helpdesk/)
  t.match(main(await receive('9789510492147')), /barcode of a book.*Received 2 of 3/)
  t.match(main(await (await signInBrowser('second-porter')).get(`/porter/receive?since=${since}`)), /Received 0 of 1/, 'each porter counts the envelopes that they receive')
  t.match(main(await receive(third!.number)), /Received 3 of 3 All envelopes that were on their way have been received/)
  clock.advance({ minutes: 1 })
  t.match(main(await porter.get('/porter/receive?since=2027-01-01')), /Received 0 of 0/, 'an invalid start time counts from now')
  t.strictSame(pickEach(await readSlipStates(test, [voided!, office!]), 'steps'), [{ steps: 1 }, { steps: 1 }])
})

t.test('records a matching count immediately, once', async t => {
  const expected = (await listNumbersAtDesk()).length
  t.ok(expected >= 3)
  for (const sent of [1, 2]) {
    const answer = await porter.post('/porter/count', { counted: String(expected) })
    t.equal(answer.headers.location, '/porter/count?done=1', String(sent))
  }
  t.match(main(await porter.get('/porter/count?done=1')), new RegExp(`Recorded: ${expected} counted, as expected.*No difference`))
  t.strictSame(pickEach(await deps.db.selectFrom('envelope_counts').selectAll().execute(), 'counted', 'expected', 'missing', 'unexpected', 'service_point_id'), [{ counted: expected, expected, missing: [], unexpected: [], service_point_id: 'porter-arabia' }])
  for (const counted of ['', 'x', '-1', '1.5', '9999', 'NaN']) t.equal((await porter.post('/porter/count', { counted })).statusCode, 400, counted)
  const [slip] = await placeEnvelopes(onTheWay)
  t.equal((await porter.post('/porter/count', { counted: slip!.number })).headers.location, `/porter/envelopes/${slip!.number}`, 'a slip number in the count field counts as a scan')
})

t.test('records a differing count with slip numbers', async t => {
  const lying = await listNumbersAtDesk()
  const missing = lying[0]!
  const unexpected = generateSlipNumber(deps.randomBytes)
  const counted = String(lying.length)
  const page = await porter.get(`/porter/count?counted=${lying.length + 1}`)
  t.match(main(page), new RegExp(`You counted ${lying.length + 1}, expected ${lying.length}`))
  const form = { counted, ...readComparedNumbers(page.body), lies: lying.slice(2), written: `${lying[1]!.toLowerCase()}\r\n${unexpected}\r\n` }
  const send = async (changes: Record<string, string | string[]>) => await porter.post('/porter/count/differences', { ...form, ...changes })

  t.match(main(await send({ counted: String(lying.length + 5) })), new RegExp(`You counted ${lying.length + 5} envelopes, but ticked and entered ${lying.length}`))
  const code = generateActivationCode(deps.randomBytes).reveal()
  const wrong = await send({ written: `${form.written}\n${deps.publicUrl}/activate#${code}\n${unexpected.slice(0, 5)}` })
  t.equal(wrong.statusCode, 400)
  t.match(main(wrong), /Lines that are not slip numbers: 2/)
  t.notMatch(wrong.body, code.slice(0, 5))
  t.match(wrong.body, new RegExp(`${unexpected}\n${unexpected.slice(0, 5)}</textarea>`))

  const answer = await send({})
  t.equal(answer.headers.location, '/porter/count?done=1')
  const { id: countId } = await deps.db.selectFrom('envelope_counts').select('id').where('missing', '@>', sql<string[]>`array[${missing}]`).executeTakeFirstOrThrow()
  t.strictSame(pick((await listAuditEvents(test, 'envelopes-counted')).at(-1), 'actor', 'service_point', 'facts'), {
    actor: `staff:${await requireStaffId(test, 'porter')}`, service_point: 'porter-arabia', facts: { countId, counted: lying.length, expected: lying.length, missing: [missing], unexpected: [unexpected] },
  })
  t.match(main(await porter.get('/porter/count?done=1')), new RegExp(`Missing: ${missing}.*Not on the list: ${unexpected}`))
  t.notMatch((await (await signInBrowser('porter-elsewhere')).get('/porter/count')).body, missing)

  const [late] = await placeEnvelopes(atDesk)
  const changed = await send({})
  t.equal(changed.statusCode, 409)
  t.match(main(changed), /The list has changed/)
  t.match(changed.body, new RegExp(`value="${late!.number}"`))
  t.equal((await listAuditEvents(test, 'envelopes-counted')).length, 2)
})

t.test('accepts a count with or without an envelope whose slip ended on its way', async t => {
  clock.advance({ minutes: 2 })
  const [arrived, coming] = await placeEnvelopes({ state: 'voided', place: 'on-the-way' }, { state: 'voided', place: 'on-the-way' })
  const lying = await listNumbersAtDesk()
  const counted = String(lying.length + 1)
  t.equal((await porter.post('/porter/count', { counted })).headers.location, `/porter/count?counted=${counted}`, 'the number alone does not say which envelopes differ')
  const page = await porter.get(`/porter/count?counted=${counted}`)
  t.match(main(page), new RegExp(`expected ${lying.length} .*May have arrived, must be returned .*${arrived!.number}`))
  const [, mayLie = ''] = page.body.split('May have arrived')
  for (const { number } of [arrived!, coming!]) t.match(mayLie, `value="${number}"`)
  const send = async (changes: Record<string, string | string[]>) =>
    await porter.post('/porter/count/differences', { counted, ...readComparedNumbers(page.body), lies: lying, ...changes })

  const unchanged = await send({})
  t.match(main(unchanged), new RegExp(`You counted ${counted} envelopes, but ticked and entered ${lying.length}`))
  const missing = lying[0]!
  for (const [changes, recorded] of [
    [{ lies: [...lying, arrived!.number] }, { counted: lying.length + 1, expected: lying.length + 1, missing: [], unexpected: [] }],
    [{ written: arrived!.number, lies: lying.slice(1), counted: String(lying.length) }, { counted: lying.length, expected: lying.length + 1, missing: [missing], unexpected: [] }],
    [{ counted: String(lying.length - 1), lies: lying.slice(1) }, { counted: lying.length - 1, expected: lying.length, missing: [missing], unexpected: [] }],
  ] as const) {
    t.equal((await send(changes as Record<string, string | string[]>)).headers.location, '/porter/count?done=1')
    const { countId: _id, ...facts } = (await listAuditEvents(test, 'envelopes-counted')).at(-1)!.facts
    t.strictSame(facts, recorded)
  }

  const [late] = await placeEnvelopes({ state: 'voided', place: 'on-the-way' })
  const changed = await send({ lies: [...lying, arrived!.number] })
  t.equal(changed.statusCode, 409, 'the list has changed')
  t.match(changed.body, `value="${arrived!.number}" checked`)
  t.match(changed.body, `value="${late!.number}"`)

  t.equal((await scan(porter, arrived!.number)).headers.location, `/porter/envelopes/${arrived!.number}`)
  const received = await porter.post('/porter/receive', { number: coming!.number })
  t.match(main(await porter.get(String(received.headers.location))), new RegExp(`Put envelope ${coming!.number} aside. It must be returned`))
  for (const { number } of [arrived!, coming!]) {
    t.match((await porter.get(`/porter/envelopes/${number}`)).body, 'name="reason" value="slip-ended"')
    t.equal((await porter.post(`/porter/envelopes/${number}/return`, { reason: 'slip-ended' })).headers.location, `/porter?done=${number}`)
  }
})

t.test('shows no code on a porter’s page or in the log', async t => {
  const agent = await signIn('agent')
  const paper = await postSlip(test, agent, await buildIssueRequest(test, 'sofla2247', 'porter'))
  const number = String(paper.headers['slip-number'])
  const code = (await readPrintedCode(paper.rawPayload)).reveal()
  const pages = [await scan(porter, `${deps.publicUrl}/activate#${code}`), await porter.get('/porter'), await porter.get(`/porter/envelopes/${number}`)]
  for (const { body } of pages) t.notOk(body.includes(code), 'no page shows the code')
  t.notMatch(logLines.join('\n'), code)
})

t.test('allows the camera on the porter’s pages only', async t => {
  t.match((await porter.get('/porter')).headers['permissions-policy'], /camera=\(self\)/)
  t.match((await (await signInBrowser('agent')).get('/slips')).headers['permissions-policy'], /camera=\(\)/)
})

/** Reads the hidden fields with the lists that a count was compared with. */
function readComparedNumbers (html: string): Record<string, string> {
  return Object.fromEntries([...html.matchAll(/name="(here|perhaps)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]))
}

async function listNumbersAtDesk (): Promise<string[]> {
  const rows = await deps.db.selectFrom('slips').innerJoin('deliveries', 'slip_id', 'id').select('number').where('envelope_at', '=', 'desk').where('porter_service_point_id', '=', 'porter-arabia').execute()
  return rows.map(row => row.number).sort()
}

t.test('answers a huge form quickly and does not repeat a typed code', async t => {
  const browser = createPageClient(app)
  await browser.signIn('porter')
  await browser.get('/porter/count')
  const began = performance.now()
  const many = Array.from({ length: 60_000 }, () => 'b')
  const answer = await browser.post('/porter/count/differences', { counted: '3', here: 'a '.repeat(150_000), lies: many, written: ',\n'.repeat(60_000) })
  t.ok(answer.statusCode >= 400 && answer.body.length < 60_000, `${answer.statusCode}, ${answer.body.length} characters`)
  t.ok(performance.now() - began < 3000, 'huge lists are not compared')
  const code = generateActivationCode(randomBytes).reveal()
  t.notMatch((await browser.post('/porter/count', { counted: code })).body, code)
})
