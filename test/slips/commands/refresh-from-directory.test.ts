import t from 'tap'
import type { Directory } from '../../../src/accounts/directory.js'
import { createLdapDirectory } from '../../../src/accounts/ldap/ldap-directory.js'
import { findAccountByUsername, lockAccount } from '../../../src/accounts/queries.js'
import { buildTestApp } from '../../helpers/app.js'
import { requireAccountId, listAuditEvents, postSlip, issueSlipNumber, buildIssueRequest, countIssueRows } from '../../helpers/issue-slips.js'
import { encodeEntry, operationTags, encodeResult, startLdapRecorder, type RecordedRequest } from '../../helpers/ldap/recorder.js'
import { parseLdapSettings } from '../../helpers/ldap/fixtures.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick } from '../../helpers/projections.js'

/** The directory's answer to every search: its entries, or no answer. */
let says: Array<Record<string, string>> | 'nothing' = []
const active = { uid: 'lukng2101', displayName: 'Łukasz Nguyễn-Đặng', employeeType: 'student', schacDateOfBirth: '20010314', preferredLanguage: 'en' }

const recorder = await startLdapRecorder(t, async request => request.tag === operationTags.search ? await answerTo(request) : undefined)
const late: { directory?: Directory } = {}
const test = await buildTestApp(t, {
  directory: { kind: 'ldap', refresh: async account => await late.directory!.refresh(account), setPassword: async () => {}, close: async () => {} },
})
const { app, deps: { db, now } } = test
const opened = late.directory = createLdapDirectory(db, parseLdapSettings(recorder.url, { LDAP_TIMEOUT: '1' }), now)
t.teardown(async () => await opened.close())
const agent = await test.signIn('agent')
const id = await requireAccountId(test, 'lukng2101')

/** Locks the account's row before it answers, which proves that the caller does not hold that lock while it waits. */
async function answerTo (request: RecordedRequest): Promise<Buffer | undefined> {
  if (says === 'nothing') return undefined
  const entries = says
  await db.transaction().execute(async trx => await lockAccount(trx, id))
  return Buffer.concat([...entries.map((entry, i) => encodeEntry(request, `uid=${entry['uid']},ou=${i},dc=example`, entry)), encodeResult(request, 0)])
}

t.test('issues to an account that is active in the directory and updates its row', async t => {
  says = [{ ...active, displayName: 'Łukasz Nguyễn' }]
  t.equal((await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101'))).statusCode, 201)
  t.strictSame(pick(await findAccountByUsername(db, 'lukng2101'), 'display_name', 'status'), { display_name: 'Łukasz Nguyễn', status: 'active' })
})

t.test('applies the rules to the directory’s current data', async t => {
  const refusals = async (entries: Array<Record<string, string>>) => {
    says = entries
    const answer = await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101'))
    return [answer.statusCode, answer.json<{ code: string }>().code]
  }
  const before = await countIssueRows(test)
  t.strictSame(await refusals([{ ...active, description: 'closed' }]), [422, 'account-locked'])
  t.strictSame(await refusals([{ ...active, description: 'coming' }]), [422, 'account-not-yet-entitled'])
  t.strictSame(await refusals([{ ...active, employeeType: 'employee' }]), [422, 'office-not-authorised'])
  t.strictSame(await refusals([]), [422, 'account-locked'])
  t.strictSame(pick(await findAccountByUsername(db, 'lukng2101'), 'status', 'gone_at'), { status: 'locked', gone_at: now() })
  t.strictSame(await countIssueRows(test), before)
  t.equal((await listAuditEvents(test, 'slip-refused')).length, 4)
  says = [active]
  t.equal((await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101'))).statusCode, 201, 'the account is active again')
})

t.test('reports an unavailable directory and issues no slip', async t => {
  const before = await countIssueRows(test)
  says = 'nothing'
  const away = await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101'))
  t.equal(away.statusCode, 503)
  t.equal(away.headers['retry-after'], '5')
  t.matchOnlyStrict(pick(away.json(), 'code', 'detail'), { code: 'unavailable', detail: /^The directory does not respond.*No slip was issued\. Try again/ })
  says = [active, active]
  const ambiguous = await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101'))
  t.equal(ambiguous.statusCode, 503)
  t.matchOnlyStrict(pick(ambiguous.json(), 'code', 'detail'), { code: 'unavailable', detail: /several people with this user name\. No slip was issued\./ })
  t.strictSame(await countIssueRows(test), before)
  t.equal((await postSlip(test, agent, { ...await buildIssueRequest(test, 'lukng2101'), accountId: '00000000-0000-4000-8000-000000000000' })).statusCode, 404, 'the directory is not asked about an unknown account')
})

t.test('voids nothing after a paper jam while the directory is unavailable', async t => {
  says = [active]
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'lukng2101'))
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const formToken = /name="formToken" value="([^"]+)"/.exec((await browser.get(`/slips/${number}`)).body)?.[1] ?? ''
  says = 'nothing'
  const answer = await browser.post(`/slips/${number}/reissue`, { formToken })
  t.equal(answer.statusCode, 503)
  t.match(answer.body, 'The directory does not respond')
  t.strictSame(await db.selectFrom('slips').select('state').where('number', '=', number).executeTakeFirst(), { state: 'handed-over' })
  says = [active]
  t.equal((await browser.post(`/slips/${number}/reissue`, { formToken })).statusCode, 201)
})
