import { randomBytes } from 'node:crypto'
import t from 'tap'
import { renderManifest } from '../../src/deliveries/paper/manifest.js'
import { formatTrackingUrl, profileSchema } from '../../src/institution/profile.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { generateSlipNumber, parseActivationCode } from '../../src/slips/codes.js'
import { buildTestApp } from '../helpers/app.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents } from '../helpers/issue-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { postgresOnly } from '../helpers/processes.js'
import { readPdf } from '../helpers/read-pdf.js'

const test = await buildTestApp(t)
const { app, deps, api } = test
const agent = await test.signIn('agent')
const desk = createPageClient(app)
await desk.signIn('agent')

const envelopeFor = async (username: string) => await issueSlipNumber(test, agent, await buildIssueRequest(test, username, 'porter'))
const letterFor = async (username: string) => await issueSlipNumber(test, agent, await buildIssueRequest(test, username, 'registered-letter'))
const stateOf = async (number: string) => (await deps.db.selectFrom('slips').select('state').where('number', '=', number).executeTakeFirstOrThrow()).state
const batches = async () => await deps.db.selectFrom('dispatches').select('id').execute()
const send = async (numbers: string[], browser = desk) => await browser.post('/dispatches', { desk: 'porter-arabia', numbers })
const post = async (rows: Record<string, string>) => await desk.post('/letters', rows)
const row = (number: string, trackingNumber: string, personalHandover = 'yes') =>
  ({ [`${number}.trackingNumber`]: trackingNumber, ...personalHandover === '' ? {} : { [`${number}.personalHandover`]: personalHandover } })

t.test('dispatches a batch as a whole and lists every envelope', async t => {
  const numbers = [await envelopeFor('lukng2101'), await envelopeFor('olgka2290')]
  t.match((await desk.get('/dispatches')).body, /To Arabia porters/)
  const answer = await send(numbers)
  t.match(answer.headers.location, /^\/dispatches\/[0-9a-f-]{36}\?sent=1$/)
  t.strictSame(await Promise.all(numbers.map(stateOf)), ['dispatched', 'dispatched'])
  const [{ id }] = await batches() as [{ id: string }]
  const [event] = await listAuditEvents(test, 'envelopes-dispatched')
  const { numbers: sent, ...facts } = event!.facts
  t.strictSame([event!.service_point, facts, event!.texts], ['helpdesk-karamalmi', { dispatch: id, porterDesk: 'porter-arabia', count: 2 }, {}])
  t.strictSame((sent as string[]).toSorted(), numbers.toSorted())
  t.strictSame((await listAuditEvents(test, 'slip-step')).map(event => event.slip).sort(), numbers.toSorted())

  const page = await desk.get(answer.headers.location as string)
  t.match(page.body, /2 envelopes have been sent to Arabia porters/)
  t.match(page.body, 'data-print-now')
  test.clock.advance({ minutes: 2 })
  t.notMatch((await desk.get(`/dispatches/${id}?sent=1`)).body, /have been sent to|data-print-now/, 'an old result address reports nothing and prints nothing')
  const pdf = await desk.get(`/dispatches/${id}/manifest.pdf`)
  t.equal(pdf.headers['cache-control'], 'no-store')
  const { text, pages, tagged, language, structure, metadata } = await readPdf(pdf.rawPayload)
  t.strictSame({ pages, tagged, language }, { pages: 1, tagged: true, language: 'en' })
  for (const words of ['Envelope list', 'Helpdesk, Karamalmi', 'Hämeentie 135 D, 00560 Helsinki', 'Sent by Aino Virtanen', 'Łukasz Nguyễn-Đặng', 'Ольга Кузнецова', 'Page 1/1', 'Received', ...numbers]) {
    t.ok(text.includes(words), words)
  }
  t.strictSame(structure.filter(part => part.role === 'Figure').map(part => part.alt).sort(), numbers.map(number => `Barcode of slip number ${number}`).sort())
  t.equal(structure.filter(part => part.role === 'TR').length, 3, 'a header row and one row per envelope')
  t.notOk(/lukng2101|2001/.test(text), 'no user name, no birth date')
  t.notOk([...text.matchAll(/[2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5}/g)].some(([code]) => parseActivationCode(code) !== undefined), 'no code')
  t.notOk(metadata.includes('Łukasz'), 'the metadata contain no name')
})

t.test('shows each deadline and does not preselect expired envelopes', async t => {
  const [fresh, old] = [await envelopeFor('aasob1415'), await envelopeFor('veera3295')]
  await deps.db.updateTable('deliveries').set({ collect_by: new Date(test.clock.now().getTime() - 60_000) })
    .where('slip_id', '=', eb => eb.selectFrom('slips').select('id').where('number', '=', old)).execute()
  const { body } = await desk.get('/dispatches')
  const rowOf = (number: string) => body.split('<tr>').find(one => one.includes(`value="${number}"`))!.replace(/\s+/g, ' ')
  t.match(rowOf(fresh), /checked.*3 Dec 2026 20:00/)
  t.notMatch(rowOf(fresh), 'Can no longer be collected')
  t.match(rowOf(old), new RegExp(`19 Nov 2026 09:\\d\\d .*Can no longer be collected.*href="/slips/${old}">Void and issue a new slip`))
  t.notMatch(rowOf(old), /checked/)
  for (const number of [fresh, old]) await api(agent, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: 'lost' } })
})

t.test('sends nothing when one envelope has changed, and names it and why', async t => {
  const [voided, other, left] = [await envelopeFor('matvi1207'), await envelopeFor('eerma1983'), await envelopeFor('cagyi7714')]
  await api(agent, { method: 'POST', url: `/slips/${voided}/void`, payload: { reason: 'lost' } })
  const before = (await batches()).length
  await desk.get('/dispatches')
  const answer = await send([voided, other])
  t.equal(answer.statusCode, 409)
  t.match(answer.body, new RegExp(`Envelope ${voided} cannot be sent. Its state is now: Voided`))
  t.match(answer.body, new RegExp(`value="${other}"[^>]* checked`))
  t.notMatch(answer.body, new RegExp(`value="${left}"[^>]* checked`), 'an envelope that was not ticked stays unticked')
  t.equal(await stateOf(other), 'prepared')
  t.equal((await batches()).length, before)
  t.equal((await send([])).statusCode, 400, 'none ticked')
  t.equal((await send(['AAA-AAA-AAA'])).statusCode, 400, 'no slip number')
  t.equal((await desk.post('/dispatches', { desk: 'porter-myllypuro', numbers: other })).statusCode, 404, 'another desk’s envelope')
  const flood = await send([other, ...Array<string>(60).fill('AAA-AAA-AAA')])
  t.equal(flood.statusCode, 400)
  t.match(flood.body, 'A batch can have at most 60 envelopes. Nothing was sent.')
  t.match(flood.body, new RegExp(`value="${other}"[^>]* checked`))
  t.equal((await batches()).length, before)
})

t.test('makes one batch when two agents send the same envelopes together', async t => {
  const numbers = [await envelopeFor('liini6051'), await envelopeFor('juhha8836')]
  const colleague = createPageClient(app)
  await colleague.signIn('agent')
  await Promise.all([desk.get('/dispatches'), colleague.get('/dispatches')])
  const before = (await batches()).length
  const answers = await Promise.all([send(numbers), send(numbers.toReversed(), colleague)])
  const places = answers.map(answer => String(answer.headers.location).split('?'))
  t.equal(places[0]![0], places[1]![0], 'both agents see the same batch')
  t.strictSame(places.map(([, how]) => how).sort(), ['already=1', 'sent=1'])
  t.equal((await batches()).length, before + 1)

  const partly = [numbers[0]!, await envelopeFor('sofla2247')]
  const answer = await send(partly)
  t.equal(answer.statusCode, 409)
  t.match(answer.body, /On its way to the porter, sent by Aino Virtanen/, 'a sent envelope is reported with its sender')
})

t.test('leads an agent to envelopes or letters that were already sent', postgresOnly, async t => {
  const [envelope, letter] = [await envelopeFor('onnhe9102'), await letterFor('mohmo6629')]
  const rows = row(letter, 'RR100000207FI')
  const held = async () => await deps.db.transaction().execute(async trx => {
    await trx.selectFrom('accounts').select('id').forUpdate().execute()
    return await Promise.all([send([envelope]), post(rows)])
  })
  t.strictSame((await held()).map(answer => answer.statusCode), [503, 503], 'a timed-out request can be repeated')
  const [{ headers: { location } }] = await Promise.all([send([envelope]), post(rows)])
  t.strictSame((await held()).map(answer => answer.headers.location), [String(location).replace('sent', 'already'), '/letters?posted=1'])
  test.clock.advance({ minutes: 2 })
})

t.test('lets only sending offices send, and names them to the others', async t => {
  const elsewhere = createPageClient(app)
  await elsewhere.signIn('student-affairs')
  const number = await envelopeFor('aadko3374')
  for (const url of ['/dispatches', '/letters', '/letters/posting-list.pdf', `/dispatches/${(await batches())[0]!.id}`, `/dispatches/${(await batches())[0]!.id}/manifest.pdf`]) {
    const answer = await elsewhere.get(url)
    t.equal(answer.statusCode, 403, url)
    t.match(answer.body, /from: Helpdesk\. You are working at Student affairs office, Arabia/, url)
  }
  t.equal((await send([number], elsewhere)).statusCode, 403)
  t.equal((await elsewhere.post('/letters', row(number, 'RR473124829FI'))).statusCode, 403)
  t.equal(await stateOf(number), 'prepared')
})

t.test('posts several letters together, all or none, with faults at their fields', async t => {
  const [first, second, third, abroad] = [await letterFor('annko4420'), await letterFor('aasob1415'), await letterFor('linli7740'), await issueSlipNumber(test, agent, {
    ...await buildIssueRequest(test, 'joaes1073', 'registered-letter'), letter: { recipient: 'João Espírito Santo', lines: ['Rua do Ouro 5'], postcode: '1100-061', town: 'Lisboa', country: 'PT' },
  })] as [string, string, string, string]
  t.match((await desk.get('/letters')).body, /personal handover may not be available/)
  t.equal((await post({})).statusCode, 400, 'nothing filled in')

  const faults = [['RR473124828FI', /check digit/], ['CP123456785FI', /begin with R/], ['RR12345678', /has two letters, nine digits and two letters/], ['RR1234O6785FI', /has two letters, nine digits and two letters/]] as const
  for (const [typed, sentence] of faults) {
    const answer = await post({ ...row(first, typed), ...row(second, 'RR123456785FI') })
    t.equal(answer.statusCode, 400, typed)
    t.match(answer.body, sentence)
    t.match(answer.body, `value="${typed}"`, 'the input stays in the field')
    t.notMatch(answer.body, 'RR473124829FI', 'nothing is suggested')
  }
  const twice = await post({ ...row(first, 'RR123456785FI'), ...row(second, 'rr 123 456 785 fi'), ...row(third, '', 'yes'), ...row(abroad, 'RR100000140FI', '') })
  t.match(twice.body, new RegExp(`id="${second}.trackingNumber-error"[\\s\\S]{0,400}The row of slip ${first} has the same tracking number`))
  t.match(twice.body, new RegExp(`id="${third}.trackingNumber-error"`), 'a tick without a number')
  const unticked = await post(row(first, 'RR123456785FI', ''))
  t.match(unticked.body, new RegExp(`id="${first}.personalHandover-error"`), 'inside Finland personal handover is required')
  t.strictSame(await Promise.all([first, second, third, abroad].map(stateOf)), Array(4).fill('prepared'), 'nothing is posted yet')

  const flood = Object.fromEntries(Array.from({ length: 60 }, () => [`${generateSlipNumber(randomBytes)}.personalHandover`, 'yes']))
  t.match((await post({ ...flood, ...row(first, 'RR123456785FI') })).body, 'You can record at most 60 letters at a time.')
  t.equal(await stateOf(first), 'prepared')
  t.notMatch((await desk.get('/letters?posted=500')).body, 'Recorded as posted', 'nothing is posted yet, even if the query string claims it')
  t.notMatch((await desk.get(`/letters?delivered=${first}`)).body, 'has been recorded as delivered')

  const posted = { ...row(first, 'RR123456785FI'), ...row(second, ' rr 473 124 829 fi'), ...row(abroad, 'RR100000140FI', '') }
  t.equal((await post(posted)).headers.location, '/letters?posted=1')
  t.match((await desk.get('/letters?posted=1')).body, 'Recorded as posted')
  t.strictSame(await Promise.all([first, second, third, abroad].map(stateOf)), ['posted', 'posted', 'prepared', 'posted'], 'a letter abroad is posted without the tick')
  const steps = (await listAuditEvents(test, 'slip-step')).length
  t.equal((await post(posted)).headers.location, '/letters?posted=1', 'sending the form again is no error')
  t.equal((await listAuditEvents(test, 'slip-step')).length, steps, 'it records no second step')
  t.match((await post(row(third, 'RR473124829FI'))).body, /already recorded for another letter/)
  const other = await post(row(first, 'RR100000025FI'))
  t.equal(other.statusCode, 409)
  t.match(other.body, /cannot be posted. Its state is now: Posted/, 'a posted letter keeps its tracking number')

  test.clock.advance({ days: 3 })
  await desk.signIn('agent')
  const page = (await desk.get('/letters')).body
  t.match(page, 'href="https://www.posti.fi/fi/seuranta#/lahetys/RR123456785FI" target="_blank" rel="noopener noreferrer"')
  t.match(page, /3 days ago/)
})

t.test('reports every fault of the form that posts one letter', async t => {
  const token = await test.signIn('agent')
  const number = await issueSlipNumber(test, token, await buildIssueRequest(test, 'aasob1415', 'registered-letter'))
  const browser = createPageClient(app)
  await browser.signIn('agent')
  await browser.get(`/slips/${number}`)
  const answer = await browser.post(`/slips/${number}/steps`, { step: 'post', trackingNumber: 'x' })
  t.equal(answer.statusCode, 400)
  t.strictSame([...answer.body.matchAll(/<li><a href="#(\w+)">/g)].map(match => match[1]), ['trackingNumber', 'personalHandover'])
  for (const field of ['trackingNumber', 'personalHandover']) t.match(answer.body, `id="${field}-error"`)
  t.equal(await stateOf(number), 'prepared')
  t.equal((await api(token, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: 'lost' } })).statusCode, 200)
})

t.test('prints what the post office needs on the posting list', async t => {
  desk.cookies.set('language', 'fi')
  const { text, structure, language } = await readPdf((await desk.get('/letters/posting-list.pdf')).rawPayload)
  t.equal(language, 'fi')
  for (const words of ['Postitusluettelo', 'Metropolia Helpdesk, PL 4000', 'Posti', 'Linnéa Lindqvist', '33100 Tampere', 'Henkilökohtainen luovutus', 'Postin leima']) t.ok(text.includes(words), words)
  t.notOk(text.includes('Anna Korhonen'), 'posted letters are not on the list')
  t.equal(structure.filter(part => part.role === 'Figure').length, 1)
})

t.test('continues a long list on further pages', async t => {
  const envelopes = Array.from({ length: 60 }, (_, i) => ({ number: 'DEM-XSP-8QV', holder: i === 7 ? '王小明 (Wang Xiaoming)' : 'Anna Korhonen' }))
  const place = { name: 'Arabia', address: 'Hämeentie 135 D' }
  const pdf = await readPdf(await renderManifest({ language: 'sv', institution: metropolia, from: place, to: place, sentAt: test.clock.now(), sentBy: 'Aino Virtanen', envelopes }))
  t.equal(pdf.pages, 3)
  t.ok(pdf.text.includes('Sida 1/3'))
})

t.test('requires an https carrier address with a placeholder for the number', async t => {
  const carrierFits = (trackingUrl: string) => profileSchema.safeParse({ ...metropolia, carrier: { name: 'Posti', trackingUrl } }).success
  t.ok(carrierFits('https://post.example/{trackingNumber}'))
  t.equal(formatTrackingUrl({ name: 'Posti', trackingUrl: 'https://post.example/{trackingNumber}?of={trackingNumber}' }, 'R/1'), 'https://post.example/R%2F1?of=R%2F1')
  for (const url of ['http://post.example/{trackingNumber}', 'https://post.example/', 'javascript:alert({trackingNumber})']) t.notOk(carrierFits(url), url)
})
