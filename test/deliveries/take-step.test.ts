import t from 'tap'
import { listCodeAlerts } from '../../src/slips/code-alerts.js'
import { recordExpiredSlips } from '../../src/slips/commands/end-slip.js'
import { buildTestApp } from '../helpers/app.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents, passportCheck, postSlip, readPrintedCode, tryCode } from '../helpers/issue-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { pick, pickEach, readProblem } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { deps, clock, signIn, api } = test
let agent = await signIn('agent')
let porter = await signIn('porter')
/** Advances the clock and signs in again, because sessions expire. */
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
  t.strictSame(pick((await step(agent, number, { step: 'dispatch' })).json(), 'state', 'live'), { state: 'dispatched', live: false })
  t.strictSame(pick((await step(porter, number, { step: 'receive' })).json(), 'state', 'live'), { state: 'at-porter', live: false })

  t.equal(await tryCode(deps, 'lukng2101', code), undefined, 'the right code of an inactive slip is not accepted')
  t.equal(await tryCode(deps, 'lukng2101', code), undefined)
  t.strictSame(pickEach(await listCodeAlerts(deps.db), 'number', 'slip_state', 'tries'), [{ number, slip_state: 'at-porter', tries: 2 }], 'it raises one alert')
  t.strictSame((await listAuditEvents(test, 'code-tried-while-dead')).map(event => event.facts), [{ state: 'at-porter' }, { state: 'at-porter' }])

  await daysLater(3)
  const handedOver = await step(porter, number, { step: 'hand-over', identityCheck: passportCheck })
  t.strictSame(pick(handedOver.json(), 'state', 'live', 'expiresAt'), { state: 'handed-over', live: true, expiresAt: '2026-11-29T23:59:59+02:00' })
  t.strictSame(pick(handedOver.json<{ steps: unknown[] }>().steps.at(-1), 'step', 'from', 'to', 'by', 'servicePoint', 'identityCheck'), { step: 'hand-over', from: 'at-porter', to: 'handed-over', by: 'porter', servicePoint: 'porter-arabia', identityCheck: 'passport' })
  t.strictSame(await tryCode(deps, 'lukng2101', code), { number })
})

t.test('activates a letter when it is posted with personal handover', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'annko4420', 'registered-letter'))
  const unticked = await step(agent, number, { step: 'post', trackingNumber: 'RR473124829FI' })
  t.strictSame(readProblem(unticked), { status: 400, code: 'validation-failed', errors: ['personalHandover'] })
  const wrongDigit = await step(agent, number, { ...letterReceipt, trackingNumber: 'RR473124828FI' })
  t.matchOnlyStrict(pick(wrongDigit.json(), 'status', 'errors'), { status: 400, errors: [{ path: 'trackingNumber', message: /check digit/ }] })
  const posted = (await step(agent, number, letterReceipt)).json<{ delivery: { letter: object } }>()
  t.strictSame(pick(posted, 'state', 'live'), { state: 'posted', live: true })
  t.strictSame(pick(posted.delivery.letter, 'trackingNumber', 'personalHandover'), { trackingNumber: 'RR473124829FI', personalHandover: true })
  t.strictSame(pick((await step(agent, number, { step: 'deliver' })).json(), 'state', 'live'), { state: 'delivered', live: true })
})

t.test('names the state and the allowed step when a step is illegal', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'eerma1983', 'porter'))
  const early = await step(porter, number, { step: 'receive' })
  t.matchOnlyStrict(pick(early.json(), 'status', 'code', 'state', 'steps', 'detail'), { status: 409, code: 'conflict', state: 'prepared', steps: ['dispatch', 'return'], detail: /Prepared.*send to the porter/ })
  const notHers = await step(agent, number, { step: 'hand-over', identityCheck: passportCheck })
  t.matchOnlyStrict(pick(notHers.json(), 'status', 'code', 'state', 'detail'), { status: 403, code: 'not-permitted', state: 'prepared', detail: /helpdesk agent/ })
})

t.test('returns an expired envelope and records its expiry once', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'liini6051', 'porter'))
  await step(agent, number, { step: 'dispatch' })
  await daysLater(20)
  t.strictSame(pick(await stateOf(number), 'state', 'live'), { state: 'expired', live: false })
  t.ok(await recordExpiredSlips(deps.db, clock.now()) > 0)
  t.equal(await recordExpiredSlips(deps.db, clock.now()), 0)
  const returned = await step(porter, number, { step: 'return', note: 'slip-ended' })
  t.equal(returned.json().state, 'expired')
  t.strictSame(pickEach(returned.json().steps, 'step', 'from', 'to', 'by', 'note'), [
    { step: 'issue', from: null, to: 'prepared', by: 'agent', note: undefined },
    { step: 'dispatch', from: 'prepared', to: 'dispatched', by: 'agent', note: undefined },
    { step: 'expire', from: 'dispatched', to: 'expired', by: null, note: undefined },
    { step: 'return', from: 'expired', to: 'expired', by: 'porter', note: 'slip-ended' },
  ])
  t.strictSame(pick((await step(porter, number, { step: 'return', note: 'slip-ended' })).json(), 'status', 'state', 'steps'), { status: 409, state: 'expired', steps: [] })
})

t.test('accepts a note for a return only, and never with a code', async t => {
  const paper = await postSlip(test, agent, await buildIssueRequest(test, 'sofla2247', 'porter'))
  const number = String(paper.headers['slip-number'])
  const code = (await readPrintedCode(paper.rawPayload)).reveal()
  t.strictSame(readProblem(await step(agent, number, { step: 'dispatch', note: 'by bike' })), { status: 400, code: 'validation-failed', errors: ['note'] })
  const several = { step: 'dispatch', note: 'by bike', trackingNumber: 'RR1' }
  t.strictSame(readProblem(await step(agent, number, several)), { status: 400, code: 'validation-failed', errors: ['trackingNumber', 'trackingNumber', 'note'] })
  t.matchOnlyStrict(pick((await step(agent, number, { step: 'return', note: `read: ${code}` })).json(), 'status', 'errors'), { status: 400, errors: [{ path: 'note', message: /activation code/ }] })
  await step(agent, number, { step: 'dispatch' })
  await step(porter, number, { step: 'receive' })
  const handover = { step: 'hand-over', identityCheck: { ...passportCheck, nameMatches: { reason: code } } }
  t.strictSame(readProblem(await step(porter, number, handover)), { status: 400, code: 'validation-failed', errors: ['identityCheck.nameMatches.reason'] })
  const undated = { step: 'hand-over', identityCheck: { ...passportCheck, birthDateMatches: { reason: code } } }
  t.strictSame(readProblem(await step(porter, number, undated)), { status: 400, code: 'validation-failed', errors: ['identityCheck.birthDateMatches.reason'] })
  const void_ = await api(agent, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: code } })
  t.strictSame(readProblem(void_), { status: 400, code: 'validation-failed', errors: ['reason'] })
  t.equal((await stateOf(number)).state, 'at-porter')
})

t.test('hides an agent’s notes about a holder from the porter', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'onnhe9102', 'porter'))
  await step(agent, number, { step: 'dispatch' })
  await api(agent, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: 'The holder lives under protection' } })
  const seen = async (token: string) => (await api(token, { url: `/slips/${number}` })).body
  t.match(await seen(agent), /under protection/)
  t.notMatch(await seen(porter), /under protection/)
  t.strictSame(pick((await step(porter, number, { step: 'return', note: 'slip-ended' })).json<{ steps: unknown[] }>().steps.at(-1), 'step', 'note'), { step: 'return', note: 'slip-ended' })
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
  t.strictSame(pick(await stateOf(number), 'state', 'live'), { state: 'posted', live: true })
})

t.test('records a refused handover with its step', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'eltja5518', 'porter'))
  await step(agent, number, { step: 'dispatch' })
  await step(porter, number, { step: 'receive' })
  t.equal((await step(porter, number, { step: 'hand-over' })).statusCode, 422)
  t.strictSame(pick((await listAuditEvents(test, 'slip-refused')).at(-1), 'slip', 'facts', 'texts'), { slip: number, facts: { channel: 'porter', step: 'hand-over', codes: ['identity-not-checked'] }, texts: {} })
})
