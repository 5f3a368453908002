import { sql } from 'kysely'
import t from 'tap'
import { countRecords, listRecords, type RecordSort } from '../../../src/deliveries/records/list-records.js'
import type { RecordFilter } from '../../../src/deliveries/records/record-filter.js'
import { buildTestApp } from '../../helpers/app.js'
import { requireAccountId, listAuditEvents, postSlip, issueSlipNumber, passportCheck, buildIssueRequest } from '../../helpers/issue-slips.js'
import { insertSlips } from '../../helpers/insert-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { api, deps: { db }, clock, app } = test
const zone = 'Europe/Helsinki'
const agent = await test.signIn('agent')
const others = await insertSlips(test, (['returned', 'expired', 'locked', 'redeemed', 'prepared'] as const).map(state => ({ channel: 'porter', state, place: 'office' } as const)))
const { requestReference: _none, ...unasked } = await buildIssueRequest(test, 'annko4420', 'porter')
await postSlip(test, agent, unasked)
clock.advance({ minutes: 1 })
const afterRefusal = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'annko4420', 'porter'))
const atCounter = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'lukng2101'))
await api(agent, { method: 'POST', url: `/slips/${afterRefusal}/steps`, payload: { step: 'dispatch' } })
const porter = await test.signIn('porter')
await api(porter, { method: 'POST', url: `/slips/${afterRefusal}/steps`, payload: { step: 'receive' } })

const numbersOf = async (filter: RecordFilter, sort: RecordSort = 'newest') => (await listRecords(db, { filter, sort, limit: 50 }, zone, clock.now())).items.map(({ number }) => number)

/** Returns the rows that differ between the `delivery_records` table and the view computed from the source tables. */
async function differing (): Promise<unknown[]> {
  const { rows } = await sql`(select * from delivery_records except select * from delivery_records_afresh)
    union all (select * from delivery_records_afresh except select * from delivery_records)`.execute(db)
  return rows
}

t.test('filters by affiliation, agent, refused attempts and document type', async t => {
  t.strictSame(await numbersOf({ identityCheck: 'passport' }), [atCounter])
  t.strictSame(await numbersOf({ identityCheck: 'driving-licence' }), [])
  t.strictSame(await numbersOf({ refused: 'yes' }), [afterRefusal], 'its holder was refused a slip within the day before')
  t.equal((await numbersOf({ agent: 'agent', affiliation: 'student' })).length, 7)
  t.strictSame(await numbersOf({ agent: 'nobody' }), [])
  t.strictSame(await numbersOf({ accountId: await requireAccountId(test, 'lukng2101') }), [atCounter])
  t.strictSame(await countRecords(db, { agent: 'agent', channel: 'porter' }, zone, clock.now()), { count: 6, more: false })
})

t.test('lists every record once in each sort order, over pages', async t => {
  const all = [afterRefusal, atCounter, ...others.map(({ number }) => number)]
  for (const sort of ['newest', 'oldest', 'number', 'number-down'] as const) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listRecords(db, { filter: { agent: 'agent' }, sort, limit: 3, cursor }, zone, clock.now())
      seen.push(...page.items.map(({ number }) => number))
      cursor = page.next
    } while (cursor !== undefined)
    t.strictSame(seen.toSorted(), all.toSorted(), sort)
    if (sort === 'number') t.strictSame(seen, all.toSorted())
    if (sort === 'number-down') t.strictSame(seen, all.toSorted().reverse())
  }
})

t.test('marks a record with a refused handover and keeps table and view equal', async t => {
  t.strictSame(await differing(), [])
  const expired = { ...passportCheck, validUntil: '2020-01-01' }
  t.equal((await api(porter, { method: 'POST', url: `/slips/${afterRefusal}/steps`, payload: { step: 'hand-over', identityCheck: expired } })).statusCode, 422)
  t.equal((await api(porter, { method: 'POST', url: `/slips/${afterRefusal}/steps`, payload: { step: 'hand-over', identityCheck: { ...passportCheck, documentType: 'identity-card' } } })).statusCode, 200)
  await api(agent, { method: 'POST', url: `/slips/${atCounter}/void`, payload: { reason: 'lost' } })
  await db.updateTable('accounts').set({ affiliation: 'partner' }).where('username', '=', 'lukng2101').execute()
  t.strictSame(await differing(), [])
  t.strictSame(await numbersOf({ affiliation: 'partner', state: 'voided' }), [atCounter])
  t.strictSame(await numbersOf({ identityCheck: 'identity-card', refused: 'yes' }), [afterRefusal])
})

t.test('shows refused attempts in the timeline and records its opening', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  const page = await browser.get(`/slips/${afterRefusal}`)
  t.match(page.body, /Refused<\/strong> <span>No request reference/)
  t.match(page.body, /Refused<\/strong> <span>Document expired/)
  t.match(page.body, /<h2 id="timeline-title">Timeline</)
  t.strictSame(pick((await listAuditEvents(test, 'delivery-record-read')).at(-1), 'slip'), { slip: afterRefusal })
  const agents = createPageClient(app)
  await agents.signIn('agent')
  t.notMatch((await agents.get(`/slips/${afterRefusal}`)).body, 'timeline-title')
})

t.test('lists refused attempts by reason', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  const page = await browser.get('/delivery-records/refusals?reason=document-expired')
  t.match(page.body, '1 attempt')
  t.match(page.body, afterRefusal)
  t.match((await browser.get('/delivery-records/refusals?reason=own-account')).body, 'No refused attempts')
  t.equal((await browser.get('/delivery-records/refusals?from=2.1.2026&to=1.1.2026')).statusCode, 400)
  t.strictSame(pick((await listAuditEvents(test, 'refusals-read')).at(-1), 'facts', 'texts'), { facts: { format: 'page', filter: { reason: 'own-account' } }, texts: {} })
})

t.test('counts the filtered records, by default of the last twelve weeks', async t => {
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  const page = await browser.get('/overview')
  t.match(page.body, /Slips issued<\/dt><dd class="tile">7<\/dd>/)
  t.match(page.body, /Refused attempts<\/dt><dd class="tile">2<\/dd>/)
  t.match(page.body, 'value="31.8.2026"')
  t.match((await browser.get('/overview?to=1.1.2020')).body, 'Nothing to show')
  t.equal((await browser.get('/overview?from=x')).statusCode, 400)
})
