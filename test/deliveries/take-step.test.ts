import t from 'tap'
import { listCodeAlerts } from '../../src/slips/code-alerts.js'
import { recordExpiredSlips } from '../../src/slips/commands/end-slip.js'
import { buildTestApp } from '../helpers/app.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents, passportCheck, postSlip, readPrintedCode, tryCode } from '../helpers/issue-slips.js'
import { createPageClient } from '../helpers/page-client.js'

const test = await buildTestApp(t)
const { deps, clock, signIn, api } = test
let agent = await signIn('agent')
let porter = await signIn('porter')
/** Sessions end while days go by. */
const daysLater = async (days: number) => {
  clock.advance({ days })
  agent = await signIn('agent')
  porter = await signIn('porter')
}

const step = async (token: string, number: string, payload: Record<string, unknown>) =>
  await api(token, { method: 'POST', url: `/slips/${number}/steps`, payload })
const stateOf = async (number: string) => (await api(agent, { method: 'GET', url: `/slips/${number}` })).json<{ state: string, live: boolean }>()
const letterReceipt = { step: 'post', trackingNumber: 'RR 473 124 829 FI', personalHandover: true }

t.test('activates a porter slip for seven days when the porter has checked ID', async t => {
  const paper = await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101', 'porter'))
  const number = String(paper.headers['slip-number'])
  const code = await readPrintedCode(paper.rawPayload)
  t.match((await step(agent, number, { step: 'dispatch' })).json(), { state: 'dispatched', live: false })
  t.match((await step(porter, number, { step: 'receive' })).json(), { state: 'at-porter', live: false })

  t.equal(await tryCode(deps, 'lukng2101', code), undefined, 'the right code of a dead slip opens nothing')
  t.equal(await tryCode(deps, 'lukng2101', code), undefined)
  t.match(await listCodeAlerts(deps.db), [{ number, slip_state: 'at-porter', tries: 2 }], 'and raises one alert')
  t.strictSame((await listAuditEvents(test, 'code-tried-while-dead')).map(event => event.facts), [{ state: 'at-porter' }, { state: 'at-porter' }])

  await daysLater(3)
  const handedOver = await step(porter, number, { step: 'hand-over', identityCheck: passportCheck })
  t.match(handedOver.json(), { state: 'handed-over', live: true, expiresAt: '2026-11-29T23:59:59+02:00' })
  t.match(handedOver.json<{ steps: unknown[] }>().steps.at(-1), { step: 'hand-over', from: 'at-porter', to: 'handed-over', by: 'porter', servicePoint: 'porter-arabia', identityCheck: 'passport' })
  t.match(await tryCode(deps, 'lukng2101', code), { number })
})

t.test('activates a letter when it is posted with personal handover', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'annko4420', 'registered-letter'))
  const unticked = await step(agent, number, { step: 'post', trackingNumber: 'RR473124829FI' })
  t.match(unticked.json(), { status: 400, errors: [{ path: 'personalHandover' }] })
  const wrongDigit = await step(agent, number, { ...letterReceipt, trackingNumber: 'RR473124828FI' })
  t.match(wrongDigit.json(), { status: 400, errors: [{ path: 'trackingNumber', message: /check digit/ }] })
  t.match((await step(agent, number, letterReceipt)).json(), { state: 'posted', live: true, delivery: { letter: { trackingNumber: 'RR473124829FI', personalHandover: true } } })
  t.match((await step(agent, number, { step: 'deliver' })).json(), { state: 'delivered', live: true })
})

t.test('names the state and the allowed step when a step is illegal', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'eerma1983', 'porter'))
  const early = await step(porter, number, { step: 'receive' })
  t.match(early.json(), { status: 409, code: 'conflict', state: 'prepared', steps: ['dispatch', 'return'], detail: /Prepared.*send to the porter/ })
  const notHers = await step(agent, number, { step: 'hand-over', identityCheck: passportCheck })
  t.match(notHers.json(), { status: 403, code: 'not-permitted', state: 'prepared', detail: /helpdesk agent/ })
})

t.test('returns an expired envelope and records its expiry once', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'liini6051', 'porter'))
  await step(agent, number, { step: 'dispatch' })
  await daysLater(20)
  t.match(await stateOf(number), { state: 'expired', live: false })
  t.ok(await recordExpiredSlips(deps.db, clock.now()) > 0)
  t.equal(await recordExpiredSlips(deps.db, clock.now()), 0)
  const returned = await step(porter, number, { step: 'return', note: 'slip-ended' })
  t.match(returned.json(), { state: 'expired', steps: [{ step: 'issue' }, { step: 'dispatch' }, { step: 'expire' }, { step: 'return', from: 'expired', to: 'expired', note: 'slip-ended' }] })
  t.match((await step(porter, number, { step: 'return', note: 'slip-ended' })).json(), { status: 409, state: 'expired', steps: [] })
})

t.test('accepts a note for a return only, and never with a code', async t => {
  const paper = await postSlip(test, agent, await buildIssueRequest(test, 'sofla2247', 'porter'))
  const number = String(paper.headers['slip-number'])
  const code = (await readPrintedCode(paper.rawPayload)).reveal()
  t.match((await step(agent, number, { step: 'dispatch', note: 'by bike' })).json(), { status: 400, errors: [{ path: 'note' }] })
  t.match((await step(agent, number, { step: 'return', note: `read: ${code}` })).json(), { status: 400, errors: [{ path: 'note', message: /activation code/ }] })
  await step(agent, number, { step: 'dispatch' })
  await step(porter, number, { step: 'receive' })
  const handover = { step: 'hand-over', identityCheck: { ...passportCheck, nameMatches: { reason: code } } }
  t.match((await step(porter, number, handover)).json(), { status: 400, errors: [{ path: 'identityCheck.nameMatches.reason' }] })
  const void_ = await api(agent, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: code } })
  t.match(void_.json(), { status: 400, errors: [{ path: 'reason' }] })
  t.match(await stateOf(number), { state: 'at-porter' })
})

t.test('hides an agent’s notes about a holder from the porter', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'onnhe9102', 'porter'))
  await step(agent, number, { step: 'dispatch' })
  await api(agent, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: 'The holder lives under protection' } })
  const seen = async (token: string) => (await api(token, { url: `/slips/${number}` })).body
  t.match(await seen(agent), /under protection/)
  t.notMatch(await seen(porter), /under protection/)
  t.match((await step(porter, number, { step: 'return', note: 'slip-ended' })).json<{ steps: unknown[] }>().steps.at(-1), { step: 'return', note: 'slip-ended' })
})

t.test('refuses a paper jam for an envelope that has left the office', async t => {
  const browser = createPageClient(test.app)
  await browser.signIn('agent')
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'aadko3374', 'registered-letter'))
  t.match((await browser.get(`/slips/${number}`)).body, `action="/slips/${number}/reissue"`)
  await step(agent, number, { ...letterReceipt, trackingNumber: 'RR100000140FI' })
  t.notMatch((await browser.get(`/slips/${number}`)).body, `action="/slips/${number}/reissue"`)
  const forced = await browser.post(`/slips/${number}/reissue`, { formToken: 'a-form-token-of-its-own' })
  t.equal(forced.statusCode, 409)
  t.match(await stateOf(number), { state: 'posted', live: true })
})

t.test('records a refused handover with its step', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'eltja5518', 'porter'))
  await step(agent, number, { step: 'dispatch' })
  await step(porter, number, { step: 'receive' })
  t.equal((await step(porter, number, { step: 'hand-over' })).statusCode, 422)
  t.match((await listAuditEvents(test, 'slip-refused')).at(-1), { slip: number, facts: { step: 'hand-over', codes: ['identity-not-checked'] } })
})
