import { sql } from 'kysely'
import t from 'tap'
import { type Channel, type EnvelopePlace, languages, type SlipState, slipStates } from '../../../src/institution/vocabulary.js'
import { findSlip } from '../../../src/slips/queries.js'
import { buildTestApp } from '../../helpers/app.js'
import { type InsertedSlip, insertSlips } from '../../helpers/insert-slips.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents, tryCode } from '../../helpers/issue-slips.js'
import { createPageClient, type PageClient } from '../../helpers/page-client.js'
import { pickEach } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { app, deps, clock, api, signIn } = test

const browsers = new Map<string, PageClient>()
/** Returns a signed-in browser, one per login. Sessions expire when the clock advances. */
const signedIn = async (login: string): Promise<PageClient> => {
  const known = browsers.get(login)
  if (known !== undefined) return known
  const browser = createPageClient(app)
  await browser.signIn(login)
  await browser.get('/service-points')
  browsers.set(login, browser)
  return browser
}
const moveTo = (moment: string) => {
  clock.set(moment)
  browsers.clear()
}
const main = (body: string) => (/<main[\s\S]*<\/main>/.exec(body)?.[0] ?? '').replace(/[\s\u00a0]+/g, ' ')
/** Returns the text of a page without its tags. */
const words = (body: string) => main(body).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const page = async (browser: PageClient, url: string) => (await browser.get(url)).body
const stateOf = async (number: string) => {
  const slip = await findSlip(deps.db, number, { all: true }, clock.now())
  return { state: slip!.state, steps: slip!.steps.map(({ step, note }) => ({ step, note })) }
}

t.test('shows agents and auditors a code alert until an agent settles it', async t => {
  const agent = await signedIn('agent')
  t.match(words(await page(agent, '/accounts')), 'Nothing needs attention at the moment.')
  const [envelope, used] = await insertSlips(test, [
    { channel: 'porter', state: 'at-porter', place: 'desk' }, { channel: 'counter', state: 'redeemed', place: 'holder' },
  ]) as [InsertedSlip, InsertedSlip]
  for (const slip of [envelope, envelope, used]) t.equal(await tryCode(deps, slip.username, slip.code), undefined)

  const start = await page(agent, '/accounts')
  t.match(words(start), new RegExp(`${envelope.number} The activation code of this slip was entered 2 times while it did not work, last 19 Nov 2026 09:30. The envelope was at the porter desk. Someone may have opened it. Contact the holder, void the slip and issue a new one.`))
  t.match(words(start), new RegExp(`${used.number} The activation code of this slip was entered once while it did not work, 19 Nov 2026 09:30. The code had already been used. Someone still has the old paper. Ask the holder`))
  t.match(start, `href="/slips/${envelope.number}"`)
  for (const other of ['student-affairs', 'hr']) t.match(await page(await signedIn(other), '/accounts'), envelope.number, `${other} sees it too`)
  t.notMatch(await page(agent, '/accounts?q=matti'), envelope.number, 'alerts are hidden during an account search')

  const auditor = await signedIn('auditor')
  const records = words(await page(auditor, '/delivery-records'))
  t.match(records, 'Needs attention')
  t.notMatch(records, 'Mark as dealt with', 'an auditor only reads')
  const settle = /action="(\/code-alerts\/[^"]*\/settle)"/.exec(start)![1]!
  for (const login of ['auditor', 'porter', 'admin']) t.equal((await (await signedIn(login)).post(settle, {})).statusCode, 403, login)
  t.notMatch(words(await page(await signedIn('porter'), '/porter')), /was entered/, 'porters see no alert')
  t.equal((await (await signedIn('admin')).get('/accounts')).statusCode, 403)

  for (const again of [false, true]) {
    const answer = await agent.post(settle, {})
    t.strictSame([answer.statusCode, answer.headers.location], [303, '/accounts'], again ? 'a second click is harmless' : 'dealt with')
  }
  t.equal((await listAuditEvents(test, 'code-alert-settled')).length, 1)
  t.equal((await agent.get(settle)).headers.location, '/accounts')
  t.equal((await agent.post('/code-alerts/no-such-alert/settle', {})).statusCode, 404)
  const left = await page(agent, '/accounts')
  t.equal([envelope, used].filter(slip => left.includes(slip.number)).length, 1, 'the other alert is still listed')
})

t.test('starts on the page with the attention panel', async t => {
  for (const login of ['agent', 'auditor']) {
    const browser = createPageClient(app)
    const { headers } = await browser.signIn(login)
    t.match(words(await page(browser, headers.location as string)), /Needs attention|Nothing needs attention at the moment/, `${login}: ${headers.location}`)
  }
})

t.test('shows late envelopes and count differences to sending offices only', async t => {
  const token = await signIn('agent')
  const step = async (number: string, payload: Record<string, unknown>) => await api(token, { method: 'POST', url: `/slips/${number}/steps`, payload })
  const sent = await issueSlipNumber(test, token, await buildIssueRequest(test, 'lukng2101', 'porter'))
  const arrived = await issueSlipNumber(test, token, await buildIssueRequest(test, 'annko4420', 'porter'))
  for (const number of [sent, arrived]) await step(number, { step: 'dispatch' })
  await api(await signIn('porter'), { method: 'POST', url: `/slips/${arrived}/steps`, payload: { step: 'receive' } })
  const { id: porter } = await deps.db.selectFrom('staff').select('id').where('login', '=', 'porter').executeTakeFirstOrThrow()
  const count = async (counted: number, missing: string[]) => await deps.db.insertInto('envelope_counts')
    .values({ service_point_id: 'porter-arabia', counted_at: clock.now(), counted_by: porter, counted, expected: counted + missing.length, missing, unexpected: [] }).execute()
  await count(6, [arrived])
  const startPage = async (login = 'agent') => words(await page(await signedIn(login), '/accounts'))

  const today = await startPage()
  t.match(today, `Arabia porters counted 6 of 7 envelopes, 19 Nov 2026 09:30. Missing: ${arrived}.`)
  t.match(words(await page(await signedIn('auditor'), '/delivery-records')), 'counted 6 of 7')
  t.notMatch(await startPage('student-affairs'), /counted/)
  t.notMatch(today, sent, 'a dispatch of Thursday is not late on Friday')

  moveTo('2026-11-20T22:30:00Z')
  await count(7, [])
  const saturday = await startPage()
  t.match(saturday, `${sent} Sent from Helpdesk, Karamalmi 19 Nov 2026 09:30. Not received yet. Pick-up place: Arabia porters. Ask the porters`)
  t.notMatch(saturday, /counted|Not collected|Collection period ends/, 'the next count matched')
  t.notMatch(await startPage('hr'), sent)

  moveTo('2026-12-01T10:00:00Z')
  t.match(await startPage(), `${arrived} Pick-up place: Arabia porters. Collect by Thursday 3 December 20.00. Remind`)
  moveTo('2026-12-04T10:00:00Z')
  t.match(await startPage(), `${arrived} Pick-up place: Arabia porters. The collection period ended on Thursday 3 December 20.00. Ask the porters to return it.`)
  await api(await signIn('porter'), { method: 'POST', url: `/slips/${arrived}/steps`, payload: { step: 'return', note: 'slip-ended' } })
  t.notMatch(await startPage(), arrived, 'a returned envelope needs no attention')
})

t.test('lists envelopes that cannot be collected or do not come back, everywhere', async t => {
  const porter = (state: SlipState, place: EnvelopePlace, expiresAt?: string) => ({ channel: 'porter' as const, state, place, ...expiresAt && { expiresAt: new Date(expiresAt) } })
  moveTo('2026-12-07T10:00:00Z')
  const [forgotten, hurried, waiting, voided, locked, ownVoided] = await insertSlips(test, [
    porter('prepared', 'office'), porter('dispatched', 'on-the-way'), porter('at-porter', 'desk'), porter('voided', 'desk'), porter('locked', 'on-the-way'), porter('voided', 'office'),
  ]) as [InsertedSlip, InsertedSlip, InsertedSlip, InsertedSlip, InsertedSlip, InsertedSlip]
  const collectBy = async (slip: InsertedSlip, moment: string) => await deps.db.updateTable('deliveries').set({ collect_by: new Date(moment) }).where('slip_id', '=', slip.id).execute()
  const { id: agentId } = await deps.db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  await deps.db.insertInto('slip_steps').values([hurried, waiting, locked].map(({ id }) =>
    ({ slip_id: id, step: 'dispatch' as const, from_state: 'prepared' as const, to_state: 'dispatched' as const, at: clock.now(), staff_id: agentId, service_point_id: 'helpdesk-karamalmi' }))).execute()
  const startPage = async () => words(await page(await signedIn('agent'), '/accounts'))
  const all = [forgotten, hurried, waiting, voided, locked, ownVoided]
  const listed = async () => { const text = await startPage(); return all.filter(({ number }) => text.includes(number)) }
  t.strictSame(await listed(), [], 'envelopes are in time, and the slips of those to return ended only yesterday')

  for (const slip of [forgotten, hurried]) await collectBy(slip, '2026-12-08T18:00:00Z')
  const today = await startPage()
  t.match(today, `${forgotten.number} Still at Helpdesk, Karamalmi. Pick-up place: Arabia porters. Collect by Tuesday 8 December 20.00. Send it now.`)
  t.match(today, `${hurried.number} Sent from Helpdesk, Karamalmi 7 Dec 2026 12:00. Not received yet. Pick-up place: Arabia porters. Collect by Tuesday 8 December 20.00. Ask the porters`)

  const { hours } = await deps.db.selectFrom('service_points').select('hours').where('id', '=', 'porter-arabia').executeTakeFirstOrThrow()
  const setHours = async (value: object) => await deps.db.updateTable('service_points').set({ hours: JSON.stringify(value) }).where('id', '=', 'porter-arabia').execute()
  await setHours({ ...hours, seasons: [{ from: '2026-12-07', to: '2026-12-31', week: Array(7).fill(null) }] })
  t.match(await startPage(), new RegExp(`Cannot be collected ${waiting.number} Pick-up place: Arabia porters. It can no longer be collected. The opening hours have changed \\(Arabia porters\\).* Void the slip, issue a new one`))
  t.match(words(await page(await signedIn('agent'), `/tell?q=${waiting.username}&in=en`)), /hours of the pick-up place have changed.*new slip/)
  await setHours(hours)

  moveTo('2026-12-09T10:00:00Z')
  const wednesday = await startPage()
  t.match(wednesday, `${forgotten.number} Still at Helpdesk, Karamalmi. Pick-up place: Arabia porters. The collection period ended on Tuesday 8 December 20.00. Do not send it. Void the slip`)
  t.match(wednesday, new RegExp(`Not returned ${voided.number} Pick-up place: Arabia porters. The slip was voided 7 Dec 2026 00:00. The envelope must be returned. Ask the porters to return it.`))
  t.match(wednesday, new RegExp(`Not returned ${locked.number} Sent from .* The slip was locked`))
  t.notMatch(wednesday, ownVoided.number, 'an envelope that never left is at the office that voided it')
  t.notMatch(wednesday, waiting.number)

  moveTo('2026-12-24T10:00:00Z')
  t.match(await startPage(), forgotten.number, 'its slip expired on the 17th')
  moveTo('2026-12-25T10:00:00Z')
  const christmas = await startPage()
  t.notMatch(christmas, forgotten.number, 'an envelope that never left needs no attention a week after expiry')
  for (const away of [hurried, waiting, voided, locked]) t.match(christmas, away.number, 'an envelope that has left is listed until it is returned')
})

t.test('takes the steps of an envelope on the slip page, each once', async t => {
  const agent = await signedIn('agent')
  const number = await issueSlipNumber(test, await signIn('agent'), await buildIssueRequest(test, 'eerma1983', 'porter'))
  t.match(words(await page(agent, `/slips/${number}`)), /Envelope At the office/)
  const sent = await agent.post(`/slips/${number}/steps`, { step: 'dispatch' })
  t.strictSame([sent.statusCode, sent.headers.location], [303, `/slips/${number}`])
  const again = await agent.post(`/slips/${number}/steps`, { step: 'dispatch' })
  t.equal(again.headers.location, `/slips/${number}?already=dispatch`)
  t.match(words(await page(agent, again.headers.location as string)), /Already recorded: Sent to the porter Aino Virtanen, .*Nothing was changed/)
  t.equal((await stateOf(number)).steps.filter(one => one.step === 'dispatch').length, 1)

  const silent = await agent.post(`/slips/${number}/steps`, { step: 'return', reason: 'other', note: ' ' })
  t.equal(silent.statusCode, 400)
  t.match(silent.body, 'href="#return.note"')
  t.match(silent.body, /id="return.reason-other"[^>]* checked/)
  t.equal((await agent.post(`/slips/${number}/steps`, { step: 'return' })).statusCode, 400)
  const early = await agent.post(`/slips/${number}/steps`, { step: 'post', trackingNumber: 'RR 473 124 829 FI', personalHandover: 'yes' })
  t.equal(early.statusCode, 409)
  t.match(words(early.body), /Nothing was changed. State of slip \S+: On its way to the porter/)
  const back = await agent.post(`/slips/${number}/steps`, { step: 'return', reason: 'damaged', note: 'torn', back: '/dispatches' })
  t.equal(back.headers.location, '/dispatches')
  const returned = await stateOf(number)
  t.equal(returned.state, 'returned')
  t.strictSame(pickEach(returned.steps, 'step', 'note'), [{ step: 'issue', note: null }, { step: 'dispatch', note: null }, { step: 'return', note: 'damaged: torn' }])
  t.match(words(await page(agent, `/slips/${number}`)), /damaged or open: torn.*Envelope Returned to the office/)
  for (const login of ['porter', 'auditor', 'admin']) t.equal((await (await signedIn(login)).post(`/slips/${number}/steps`, { step: 'return' })).statusCode, 403, login)
  const elsewhere = await agent.post(`/slips/${number}/steps`, { step: 'juggle' })
  t.equal(elsewhere.statusCode, 400)
})

t.test('offers only the return of an ended slip’s envelope', async t => {
  const agent = await signedIn('agent')
  const [slip] = await insertSlips(test, [{ channel: 'porter', state: 'voided', place: 'desk' }]) as [InsertedSlip]
  const form = await page(agent, `/slips/${slip.number}`)
  t.match(form, 'name="reason" value="slip-ended"')
  t.notMatch(form, 'id="return.reason-damaged"')
  const answer = await agent.post(`/slips/${slip.number}/steps`, { step: 'return', reason: 'slip-ended', back: '//elsewhere.example/' })
  t.equal(answer.headers.location, `/slips/${slip.number}`)
  const { state, steps } = await stateOf(slip.number)
  t.equal(state, 'voided')
  t.strictSame(pickEach(steps, 'step', 'note'), [{ step: 'issue', note: null }, { step: 'return', note: 'slip-ended' }])
})

t.test('posts a letter, takes it back, and sends it again with a new address', async t => {
  const agent = await signedIn('agent')
  const issueRequest = { ...await buildIssueRequest(test, 'liini6051', 'registered-letter'), requestReference: 'REQ-77', language: 'sv' }
  const number = await issueSlipNumber(test, await signIn('agent'), issueRequest)
  const post = async (form: Record<string, string>) => await agent.post(`/slips/${number}/steps`, { step: 'post', ...form })
  const wrong = await post({ trackingNumber: 'RR473124828FI' })
  t.equal(wrong.statusCode, 400)
  t.match(words(wrong.body), /check digit/)
  t.match(wrong.body, 'value="RR473124828FI"', 'the input stays in the field')
  const unticked = await post({ trackingNumber: 'rr 473 124 829 fi' })
  t.equal(unticked.statusCode, 400)
  t.match(words(unticked.body), /personal handover/)
  t.equal((await post({ trackingNumber: 'rr 473 124 829 fi', personalHandover: 'yes' })).statusCode, 303)
  t.equal((await post({ trackingNumber: 'RR473124829FI', personalHandover: 'yes' })).headers.location, `/slips/${number}?already=post`)
  t.equal((await post({ trackingNumber: 'RR123456785FI', personalHandover: 'yes' })).statusCode, 409, 'another tracking number is not a repetition')
  const posted = await page(agent, `/slips/${number}`)
  t.match(posted, 'href="https://www.posti.fi/fi/seuranta#/lahetys/RR473124829FI"')
  t.match(words(posted), /With the post.*Personal handover Ordered/)

  const [other] = await insertSlips(test, [{ channel: 'registered-letter', state: 'prepared', place: 'office' }]) as [InsertedSlip]
  const taken = await agent.post(`/slips/${other.number}/steps`, { step: 'post', trackingNumber: 'RR473124829FI', personalHandover: 'yes' })
  t.equal(taken.statusCode, 409)
  t.match(words(taken.body), /already recorded for another letter/)

  await agent.post(`/slips/${number}/steps`, { step: 'return', reason: 'address-unknown' })
  const returned = await page(agent, `/slips/${number}`)
  const link = /href="(\/accounts\/[^"]*\?after=[^"]*)"/.exec(returned)![1]!
  const form = await page(agent, link)
  t.match(words(form), /The letter was returned: \S.*33100 TAMPERE The recipient is not known at the address\. Ask for the address again/)
  const field = (name: string) => new RegExp(`(?:name="${name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="${name}")`).exec(form)?.slice(1).find(value => value !== undefined)
  t.match(form, /name="channel" value="registered-letter"[^>]* checked/)
  t.match(form, /name="language" value="sv" checked/)
  t.equal(field('requestReference'), 'REQ-77')
  t.equal(field('letter.postcode'), '')
  t.equal(field('letter.town'), '')
  t.match(form, /<textarea id="letter.lines"[^>]*>\s*<\/textarea>/)

  const asForm = { formToken: field('formToken')!, after: number, channel: 'registered-letter', language: 'sv', requestReference: 'REQ-77', 'letter.recipient': field('letter.recipient')!, 'letter.country': 'FI' }
  const action = /action="(\/accounts\/[^"]*\/slips)"/.exec(form)![1]!
  const empty = await agent.post(action, asForm)
  t.equal(empty.statusCode, 400)
  t.match(words(empty.body), /The letter was returned/, 'the form says so until it has an address')
  const issuedAgain = await agent.post(action, { ...asForm, 'letter.lines': 'Satakunnankatu 18', 'letter.postcode': '33210', 'letter.town': 'Tampere' })
  t.equal(issuedAgain.statusCode, 201)
  t.equal(issuedAgain.headers['content-type'], 'application/pdf')

  const { id } = await deps.db.selectFrom('accounts').select('id').where('username', '=', 'aasob1415').executeTakeFirstOrThrow()
  t.notMatch(await page(agent, `/accounts/${id}?after=${number}`), /The letter was returned/, 'the letter is not shown for another account')
})

t.test('shows slips in every state on the caller card, without confidential data', async t => {
  const agent = await signedIn('agent')
  const places: Record<Channel, EnvelopePlace[]> = { counter: ['holder'], porter: ['office', 'on-the-way', 'desk', 'holder', 'returned'], 'registered-letter': ['office', 'post', 'holder', 'returned'] }
  const ends = ['redeemed', 'returned', 'voided', 'expired', 'locked']
  const situations = (Object.keys(places) as Channel[]).flatMap(channel => slipStates.map((state, i): { channel: Channel, state: SlipState, place: EnvelopePlace } =>
    ({ channel, state, place: ends.includes(state) ? places[channel][i % places[channel].length]! : places[channel].at(Math.min(i, places[channel].length - 1))! })))
  const slips = await insertSlips(test, situations)
  await deps.db.updateTable('deliveries').set({ recipient: 'Marker Recipient', lines: ['Markerstreet 7'], postcode: '98765', town: 'Markertown' }).where('channel', '=', 'registered-letter').execute()
  await deps.db.updateTable('accounts').set({ birth_date: '1991-09-08', display_name: 'Marker Holder' }).where('username', 'in', slips.map(slip => slip.username)).execute()
  await deps.db.insertInto('slip_steps').values(slips.map(({ id }) => ({ slip_id: id, step: 'issue' as const, from_state: null, to_state: 'prepared' as const, at: deps.now(), note: 'marker: words' }))).execute()
  await sql`insert into code_alerts (slip_id, slip_state, first_at, last_at) select id, 'prepared', now(), now() from slips where id = ${slips[0]!.id}`.execute(deps.db)
  const tracked = await deps.db.selectFrom('deliveries').select('tracking_number').where('tracking_number', 'is not', null).execute()
  const forbidden = new RegExp(['marker', '8.9.1991', '1991', '98765', 'Aino', 'Virtanen', 'REQ-', 'was entered', ...tracked.map(row => row.tracking_number!)].join('|'), 'i')
  for (const [i, slip] of slips.entries()) {
    const answer = await agent.get(`/tell?q=${i % 2 === 0 ? slip.username : slip.number.replaceAll('-', ' ').toLowerCase()}&in=${languages[i % 3]!}`)
    const page = main(answer.body)
    // User name and slip number above the card are meant for the agent.
    const card = page.slice(page.indexOf('class="panel aloud"'))
    const leak = forbidden.exec(card) ?? new RegExp(slip.code.reveal()).exec(card)
    t.notOk(leak, `${slip.channel} ${slip.state} ${slip.place}: ${leak?.[0] ?? ''}`)
    t.match(card, new RegExp(`class="panel aloud" lang="${languages[i % 3]!}"`))
  }
})

t.test('finds a caller by user name, student number or slip number', async t => {
  const agent = await signedIn('agent')
  const account = await deps.db.selectFrom('accounts').select(['username', 'student_number', 'preferred_language']).where('username', '=', 'lukng2101').executeTakeFirstOrThrow()
  for (const q of [account.username.toUpperCase(), account.student_number!]) {
    t.match(main(await page(agent, `/tell?q=${q}`)), `class="panel aloud" lang="${account.preferred_language}"`, q)
  }
  const nothing = await Promise.all(['nobody9999', '2345678901', 'K7Q-XM2-P9V', '<script>'].map(async q => words(await page(agent, `/tell?q=${encodeURIComponent(q)}`))))
  for (const answer of nothing) t.equal(answer, nothing[0])
  t.match(nothing[0], 'Nothing found')
  t.equal((await agent.get(`/tell?q=${'x'.repeat(201)}`)).statusCode, 400)
  t.notMatch(words(await page(agent, '/tell')), /Nothing found/)
  for (const login of ['porter', 'auditor', 'admin']) t.equal((await (await signedIn(login)).get('/tell')).statusCode, 403, login)
  for (const login of ['hr', 'student-affairs']) t.equal((await (await signedIn(login)).get('/tell?q=lukng2101')).statusCode, 200, login)
})
