import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { profileSchema } from '../../src/institution/profile.js'
import { checkHandover } from '../../src/slips/rules/handover.js'
import { addStaff, buildTestApp } from '../helpers/app.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents, passportCheck } from '../helpers/issue-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { pick, readProblem } from '../helpers/projections.js'

const separate = { ...metropolia, separatePersonAtHandover: true }
const test = await buildTestApp(t, { profile: separate })
const { api, app, deps, signIn } = test
const bothId = await addStaff(test, { login: 'both', roles: ['agent', 'porter'], servicePoints: ['helpdesk-karamalmi', 'porter-arabia'] })
const [issuing, receiving, colleague] = [await signIn('both', 'helpdesk-karamalmi'), await signIn('both', 'porter-arabia'), await signIn('porter')]
const take = async (token: string, number: string, payload: Record<string, unknown>) => await api(token, { method: 'POST', url: `/slips/${number}/steps`, payload })
const handOver = { step: 'hand-over', identityCheck: passportCheck }

async function bringToDesk (username: string, issuer = issuing): Promise<string> {
  const number = await issueSlipNumber(test, issuer, await buildIssueRequest(test, username, 'porter'))
  t.equal((await take(issuing, number, { step: 'dispatch' })).statusCode, 200)
  t.equal((await take(receiving, number, { step: 'receive' })).statusCode, 200, 'the same person may receive it')
  return number
}

t.test('does not demand another person unless the profile says so', async t => {
  t.equal(metropolia.separatePersonAtHandover, false)
  const { separatePersonAtHandover: _left, ...without } = metropolia
  t.equal(profileSchema.parse(without).separatePersonAtHandover, false)
  const people = { holderUsername: 'matvi1207', issuedBy: 'a', staff: { id: 'a', login: 'both' } }
  const account = { birthDate: null, hasNamesake: false, affiliation: 'student' } as const
  const check = { documentType: 'passport', issuingCountry: 'FI', validUntil: '2030-12-31', photoMatches: true, nameMatches: true } as const
  const now = new Date('2026-11-19T07:30:00Z')
  t.strictSame(checkHandover(check, { ...people, account, profile: metropolia, now }), [])
  t.strictSame(checkHandover(check, { ...people, account, profile: separate, now }), [{ code: 'separate-person-required' }])
  t.strictSame(checkHandover(check, { ...people, issuedBy: 'b', account, profile: separate, now }), [])
  t.strictSame(checkHandover(undefined, { ...people, holderUsername: 'BOTH', account, profile: separate, now }),
    [{ code: 'own-account', variant: 'handover' }, { code: 'separate-person-required' }, { code: 'identity-not-checked' }])
})

t.test('refuses the handover by the person who issued the slip and records it', async t => {
  const number = await bringToDesk('lukng2101')
  t.strictSame(readProblem(await take(receiving, number, handOver)), { status: 422, code: 'separate-person-required', refusals: ['separate-person-required'] })
  t.strictSame(readProblem(await take(receiving, number, { step: 'hand-over' })).refusals, ['separate-person-required', 'identity-not-checked'])
  const events = (await listAuditEvents(test, 'slip-refused')).filter(({ slip }) => slip === number)
  t.strictSame(events.map(event => pick(event, 'actor', 'service_point', 'facts')), [
    { actor: `staff:${bothId}`, service_point: 'porter-arabia', facts: { channel: 'porter', step: 'hand-over', codes: ['separate-person-required'] } },
    { actor: `staff:${bothId}`, service_point: 'porter-arabia', facts: { channel: 'porter', step: 'hand-over', codes: ['separate-person-required', 'identity-not-checked'] } },
  ])
  t.equal((await deps.db.selectFrom('slips').select('state').where('number', '=', number).executeTakeFirstOrThrow()).state, 'at-porter')
  t.equal((await take(colleague, number, handOver)).statusCode, 200, 'a colleague hands it over')
})

t.test('lets a person hand over what a colleague issued', async t => {
  const number = await bringToDesk('annko4420', await signIn('agent'))
  t.equal((await take(receiving, number, handOver)).statusCode, 200)
})

t.test('explains on the porter’s page why there is no handover form, in every language', async t => {
  const number = await bringToDesk('aasob1415')
  const porter = createPageClient(app)
  await porter.signIn('both')
  await porter.get('/service-point')
  await porter.post('/service-point', { servicePointId: 'porter-arabia' })
  const page = await porter.get(`/porter/envelopes/${number}`)
  t.equal(page.statusCode, 200)
  t.match(page.body, 'You issued this slip')
  t.match(page.body, 'Ask another porter at this desk to check the ID and hand over the envelope.')
  t.notMatch(page.body, /data-hand-over/)
  t.match(page.body, `/porter/envelopes/${number}/return`, 'the envelope can still be returned')
  const refused = await porter.post(`/porter/envelopes/${number}/hand-over`, {
    'identityCheck.documentType': 'passport:FI', 'identityCheck.validUntil': '31122030', 'identityCheck.photoMatches': 'yes', 'identityCheck.nameMatches': 'yes',
  })
  t.equal(refused.statusCode, 422)
  t.strictSame(pick((await listAuditEvents(test, 'slip-refused')).at(-1), 'slip', 'facts'), { slip: number, facts: { channel: 'porter', step: 'hand-over', codes: ['separate-person-required'] } })
  for (const [language, title] of [['fi', 'Loit tämän lapun itse'], ['sv', 'Du har utfärdat den här lappen']] as const) {
    const answer = await app.inject({ url: `/porter/envelopes/${number}`, cookies: Object.fromEntries(porter.cookies), headers: { 'accept-language': language } })
    t.match(answer.body, title)
  }
  const others = createPageClient(app)
  await others.signIn('porter')
  t.match((await others.get(`/porter/envelopes/${number}`)).body, /data-hand-over/)
})
