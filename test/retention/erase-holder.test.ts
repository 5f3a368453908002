import { sql } from 'kysely'
import t from 'tap'
import { importAccountFile } from '../../src/accounts/import/import-file.js'
import { searchAccounts } from '../../src/accounts/search.js'
import { splitCheckpoints } from '../../src/audit/transparency-log/checkpoint.js'
import { toVerifierKeys } from '../../src/audit/sealing/log-crypto.js'
import { verifyLog, type LogVerification } from '../../src/audit/verification/verify-log.js'
import { digestText } from '../../src/audit/events.js'
import { eraseHolder } from '../../src/retention/erase-holder.js'
import { buildTestApp } from '../helpers/app.js'
import { requireAccountId, listAuditEvents, postSlip, issueSlipNumber, passportCheck, buildIssueRequest } from '../helpers/issue-slips.js'
import { dumpAllTables } from '../helpers/database.js'
import { sealTestLog } from '../helpers/transparency-log.js'
import { createMarkedHolder } from '../helpers/full-history.js'
import { postgresOnly } from '../helpers/processes.js'
import { createPageClient } from '../helpers/page-client.js'
import { pick, pickEach } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { deps, clock, api, signIn } = test
const operator = { actor: 'system', login: undefined } as const
const erase = async (id: string) => await eraseHolder(deps, operator, id, 'holder-asked')
const holder = await createMarkedHolder(test, '71', 'RR473124829FI')
const other = await createMarkedHolder(test, '82', 'RR123456785FI')

interface ShownSlip {
  state: string
  account: unknown
  delivery: unknown
  steps: Array<{ step: string, by: string, servicePoint: string, note?: string }>
}

/** Counts the delivery records of several filters. An erasure must not change these counts. */
async function counts (): Promise<Record<string, number>> {
  const auditor = await signIn('auditor')
  const filters = ['', 'channel=porter', 'state=voided', 'state=returned', 'servicePointId=porter-arabia', 'channel=registered-letter']
  const counted: Record<string, number> = {}
  for (const filter of filters) counted[filter] = (await api(auditor, { url: `/delivery-records?format=ndjson&${filter}` })).body.split('\n').filter(line => line.includes('slipNumber')).length
  return counted
}

t.test('refuses an erasure while something is pending, and names it', async t => {
  const agent = await signIn('agent')
  await t.rejects(erase(holder.id), { name: 'ErasureBlocked', obstacle: 'alert-open', number: holder.numbers[0] })
  const browser = createPageClient(test.app)
  await browser.signIn('agent')
  for (const alert of await deps.db.selectFrom('code_alerts').select('id').where('settled_at', 'is', null).execute()) {
    await browser.get('/accounts')
    await browser.post(`/code-alerts/${alert.id}/settle`, {})
  }
  const id = await requireAccountId(test, 'lukng2101')
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'lukng2101', 'porter'))
  await t.rejects(erase(id), { name: 'ErasureBlocked', obstacle: 'open-slip', number })
  await api(agent, { method: 'POST', url: `/slips/${number}/steps`, payload: { step: 'dispatch' } })
  await api(agent, { method: 'POST', url: `/slips/${number}/void`, payload: { reason: 'lost' } })
  await t.rejects(erase(id), { name: 'ErasureBlocked', obstacle: 'envelope-out', number }, 'a printed slip with the name is still in use')
  const own = await requireAccountId(test, 'agent')
  await t.rejects(eraseHolder(deps, { actor: 'system', login: 'agent' }, own, 'holder-asked'), { name: 'ErasureBlocked', obstacle: 'own-account' })
  t.equal((await listAuditEvents(test, 'holder-erased')).length, 0)
})

t.test('leaves no personal data and no salt in any table', async t => {
  await sql`update slips set latin_name = 'Slip Latin71', latin_name_reason = 'Latin source 71' where number = ${holder.numbers[1]}`.execute(deps.db)
  const before = await dumpAllTables(deps.db)
  const markers = [...holder.markers, 'Slip Latin71', 'Latin source 71']
  for (const marker of markers) t.ok(before.includes(marker), `${marker} was there`)
  const countsBefore = await counts()
  const own = await deps.db.selectFrom('audit_texts').innerJoin('audit_events', 'audit_events.id', 'event_id').selectAll()
    .where(eb => eb.or([eb('account', '=', holder.id), eb('text', 'like', `${holder.username}%`)])).execute()
  t.equal(own.length, 12)
  const digests = own.map(row => [row.event_id, row.name, digestText(row.salt, row.name, row.text)] as const)

  const { logSettings } = deps
  const { note } = await sealTestLog(deps.db, logSettings)
  const verified = async () => await verifyLog(deps.db, { keys: toVerifierKeys(logSettings.keys, logSettings.origin), externalCheckpoints: [{ source: 'kept', notes: splitCheckpoints(note).notes }] })
  const { texts: { bound } } = await verified() as LogVerification
  await erase(holder.id)
  const { verdict, texts } = await verified() as LogVerification
  t.equal(verdict.fault, undefined, 'the log verifies')
  t.strictSame(pick(texts, 'bound', 'erased', 'fault'), { bound: bound - 12, erased: 12, fault: undefined }, 'it reports the texts as erased')
  const after = await dumpAllTables(deps.db)
  const shared = other.markers.filter(marker => holder.markers.includes(marker))
  for (const marker of markers.filter(marker => !shared.includes(marker))) t.notOk(after.includes(marker), marker)
  for (const { salt } of own) t.notOk(after.includes(salt.toString('hex')), 'a salt')
  for (const marker of other.markers) t.ok(after.includes(marker), `${marker} of another holder stays`)

  for (const [event, name, digest] of digests) {
    const { facts } = await deps.db.selectFrom('audit_events').select('facts').where('id', '=', event).executeTakeFirstOrThrow()
    t.equal((facts as { digests: Record<string, string> }).digests[name], digest, 'the leaf is unchanged')
  }
  t.notOk(Object.values(countsBefore).includes(0), JSON.stringify(countsBefore))
  t.strictSame(await counts(), countsBefore, 'no count has changed')
  t.strictSame(pickEach(await listAuditEvents(test, 'holder-erased'), 'actor', 'account', 'slip', 'service_point', 'facts', 'texts'), [
    { actor: 'system', account: holder.id, slip: null, service_point: null, facts: { reason: 'holder-asked', slips: 3 }, texts: {} },
  ])
  await t.rejects(erase(holder.id), { name: 'NotFound', entity: 'account' })
})

t.test('shows an erased holder as erased on every page', async t => {
  const browser = createPageClient(test.app)
  await browser.signIn('auditor')
  for (const [language, word] of [['en', 'Erased'], ['fi', 'Poistettu'], ['sv', 'Raderat']] as const) {
    await browser.get(`/slips?lang=${language}`)
    for (const url of ['/slips', '/delivery-records', ...holder.numbers.map(number => `/slips/${number}`)]) {
      const { body, statusCode } = await browser.get(url)
      t.equal(statusCode, 200, url)
      t.match(body, word, `${url} in ${language}`)
      t.notMatch(body, /erased:|\(erased\)/, url)
    }
  }
  await browser.signIn('agent')
  t.notMatch((await browser.get(`/slips/${holder.numbers[2]}`)).body, `href="/accounts/${holder.id}"`)
})

t.test('answers with the slips and records of an erased holder without personal data', async t => {
  const slip = (await api(await signIn('auditor'), { url: `/slips/${holder.numbers[1]}` })).json<ShownSlip>()
  t.equal(slip.state, 'returned')
  t.strictSame(slip.account, { id: holder.id, username: `erased:${holder.id}`, displayName: '(erased)', affiliation: 'student' })
  t.strictSame(slip.delivery, { channel: 'registered-letter', letter: { recipient: null, lines: null, postcode: null, town: null, country: 'FI', personalHandover: true } })
  t.strictSame(pickEach(slip.steps, 'step', 'by', 'servicePoint', 'note'), [
    { step: 'issue', by: 'agent', servicePoint: 'helpdesk-karamalmi', note: undefined },
    { step: 'post', by: 'agent', servicePoint: 'helpdesk-karamalmi', note: undefined },
    { step: 'return', by: 'agent', servicePoint: 'helpdesk-karamalmi', note: undefined },
  ])
  const csv = (await api(await signIn('auditor'), { url: '/delivery-records?format=csv' })).body
  t.match(csv.replaceAll('"', ''), `${holder.numbers[0]},erased:${holder.id},(erased),student,porter`)
})

t.test('finds and serves no erased holder', async t => {
  const agent = await signIn('agent')
  for (const q of [holder.username, `erased:${holder.id}`, '(erased)', 'erased', '']) {
    t.notOk((await searchAccounts(deps.db, { q, limit: 200 })).items.some(account => account.id === holder.id), q)
  }
  t.equal((await api(agent, { url: `/accounts/${holder.id}` })).statusCode, 404)
  t.equal((await postSlip(test, agent, { accountId: holder.id, channel: 'counter', identityCheck: passportCheck })).statusCode, 404)
})

t.test('reuses the user name for a new account without history', async t => {
  const directory = t.testdir({ 'people.csv': `username,display_name,affiliations\n${holder.username},Žofie Again,student\n` })
  await importAccountFile({ db: deps.db, now: clock.now, printLine: () => {} }, `${directory}/people.csv`)
  const fresh = await requireAccountId(test, holder.username)
  t.not(fresh, holder.id)
  t.equal(await deps.db.selectFrom('slips').select('id').where('account_id', '=', fresh).executeTakeFirst(), undefined)
  const lines = t.testdir({ 'marker.csv': 'username,display_name,affiliations\nsomebody1,(erased),student\nerased:1,Some Body,student\n' })
  t.strictSame(pick(await importAccountFile({ db: deps.db, now: clock.now, printLine: () => {} }, `${lines}/marker.csv`), 'created', 'updated', 'rejected'), { created: 0, updated: 0, rejected: 2 }, 'the placeholder names of erased holders cannot be imported')
})

t.test('refuses in the database to restore erased data or change a step', async t => {
  const { db } = deps
  const { id: slip } = await db.selectFrom('slips').select('id').where('number', '=', holder.numbers[0]).executeTakeFirstOrThrow()
  await t.rejects(sql`update accounts set display_name = 'Back Again' where id = ${holder.id}`.execute(db), /has been erased/)
  await t.rejects(sql`insert into account_words (word, line, account_id) values ('back', ' back', ${holder.id})`.execute(db), /Nothing is added to an erased account/)
  await t.rejects(sql`insert into account_passwords (account_id, password_hash, set_at) values (${holder.id}, 'x', now())`.execute(db), /Nothing is added/)
  await t.rejects(sql`insert into slips (number, account_id, channel, state, code_hmac, code_key_id, code_scheme, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at)
    select '222-222-222', account_id, 'counter', 'handed-over', code_hmac, code_key_id, code_scheme, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at from slips where id = ${slip}`.execute(db), /Nothing is added/)
  await t.rejects(sql`update accounts set erased_at = now() where id = ${other.id}`.execute(db), { code: '23514' }, 'an account cannot be marked as erased while it has data')
  const [of] = (await sql<{ id: number }>`select slip_steps.id from slip_steps join slips on slips.id = slip_id where number = ${other.numbers[1]} and note is not null`.execute(db)).rows
  await t.rejects(sql`update slip_steps set note = 'another' where id = ${of!.id}`.execute(db), /a step stays as it was/)
  await t.rejects(sql`update slip_steps set note = null where id = ${of!.id}`.execute(db), /a step stays as it was/)
  await t.rejects(sql`update slip_steps set note = null, note_erased_at = now(), at = now() where id = ${of!.id}`.execute(db), /a step stays as it was/)
  await t.rejects(sql`update audit_texts set text = 'another'`.execute(db), /is refused/)
})

t.test('never leaves an erased account with an open slip', postgresOnly, async t => {
  const agent = await signIn('agent')
  const people = await deps.db.selectFrom('accounts').select(['id', 'username']).where('status', '=', 'active').where('affiliation', '=', 'student').where('erased_at', 'is', null)
    .where(eb => eb.not(eb.exists(eb.selectFrom('slips').select('id').whereRef('account_id', '=', 'accounts.id')))).where('birth_date', 'is not', null).limit(10).execute()
  t.ok(people.length > 5)
  for (const { id } of people) {
    const [made, erased] = await Promise.allSettled([postSlip(test, agent, { accountId: id, channel: 'counter', identityCheck: passportCheck }), erase(id)])
    const status = made.status === 'fulfilled' ? made.value.statusCode : 0
    t.ok((status === 201) !== (erased.status === 'fulfilled'), `${status} ${erased.status}`)
    if (status !== 201) t.equal(status, 404)
  }
  const { rows } = await sql`select from slips join accounts on accounts.id = account_id where erased_at is not null and ended_at is null`.execute(deps.db)
  t.equal(rows.length, 0)
})
