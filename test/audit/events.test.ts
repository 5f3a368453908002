import { sql } from 'kysely'
import t from 'tap'
import { appendEvent, digestText } from '../../src/audit/events.js'
import { buildTestApp } from '../helpers/app.js'
import { requireAccountId, postSlip, issueSlipNumber, passportCheck, requireStaffId, buildIssueRequest } from '../helpers/issue-slips.js'
import { openTestDatabase } from '../helpers/database.js'

const at = new Date('2026-11-19T07:30:00Z')
const event = { kind: 'slip-voided', at, actor: 'system', slip: 'K7Q-XM2-P9V', facts: { from: 'prepared' }, texts: { reason: 'Left on the printer' } } as const

const { db } = await openTestDatabase(t)

t.test('refuses to change or delete audit events, even as owner or replica', async t => {
  const id = await appendEvent(db, event)
  const before = JSON.stringify(await db.selectFrom('audit_events').selectAll().execute())
  const attempts = [
    sql`update audit_events set kind = 'slip-issued'`, sql`update audit_events set sequence = default`, sql`delete from audit_events`,
    sql`truncate audit_events cascade`, sql`truncate audit_texts, audit_events`, sql`truncate audit_events, audit_texts restart identity`,
    sql`insert into audit_events (id, at, kind, actor, facts) values (${id}, now(), 'x', 'system', '{}') on conflict (id) do update set kind = 'x'`,
    sql`with gone as (delete from audit_events returning *) select * from gone`,
  ]
  for (const attempt of attempts) {
    for (const role of ['origin', 'replica', 'local']) {
      await t.rejects(db.connection().execute(async connection => {
        await sql`set session_replication_role = ${sql.lit(role)}`.execute(connection)
        try {
          await attempt.execute(connection)
        } finally {
          await sql`set session_replication_role = origin`.execute(connection)
        }
      }), { code: '42501', message: /stays on record/ }, role)
    }
  }
  t.equal(JSON.stringify(await db.selectFrom('audit_events').selectAll().execute()), before)
})

t.test('lets texts be erased but not rewritten, and keeps their digests', async t => {
  const id = await appendEvent(db, event)
  const { salt, ...kept } = await db.selectFrom('audit_texts').selectAll().where('event_id', '=', id).executeTakeFirstOrThrow()
  t.strictSame(kept, { event_id: id, name: 'reason', text: 'Left on the printer' })
  t.equal(salt.length, 32)
  await t.rejects(db.updateTable('audit_texts').set({ text: '' }).execute(), { code: '42501' })
  await t.rejects(sql`truncate audit_texts`.execute(db), { code: '42501' })
  await db.deleteFrom('audit_texts').where('event_id', '=', id).execute()
  const { facts } = await db.selectFrom('audit_events').select('facts').where('id', '=', id).executeTakeFirstOrThrow()
  t.strictSame(facts, { from: 'prepared', digests: { reason: digestText(salt, 'reason', 'Left on the printer') } })
  t.not(digestText(salt, 'reason', 'Left on the printer.'), (facts as { digests: { reason: string } }).digests.reason)
})

t.test('gives the same text different digests in two events', async t => {
  const ids = [await appendEvent(db, event), await appendEvent(db, event)]
  const rows = await db.selectFrom('audit_events').select(['id', 'facts']).where('id', 'in', ids).orderBy('sequence').execute()
  t.strictSame(rows.map(row => row.id), ids)
  t.equal(new Set(rows.map(row => JSON.stringify(row.facts))).size, 2)
})

t.test('rolls an event back with its transaction', async t => {
  const rows = async () => [await db.selectFrom('audit_events').selectAll().execute(), await db.selectFrom('audit_texts').selectAll().execute()]
  const before = await rows()
  await t.rejects(db.transaction().execute(async trx => {
    await appendEvent(trx, event)
    throw new Error('the paper could not be drawn')
  }), { message: 'the paper could not be drawn' })
  t.strictSame(await rows(), before)
})

t.test('keeps names, logins, addresses, documents and typed words out of events', async t => {
  const test = await buildTestApp(t)
  const { api, signIn, deps: { db } } = test
  const agent = await signIn('agent')
  const counter = await issueSlipNumber(test, agent, { ...await buildIssueRequest(test, 'lukng2101'), identityCheck: { ...passportCheck, issuingCountry: 'PL', validUntil: '2031-05-17', nameMatches: { reason: 'typed reason for the name' } } })
  await issueSlipNumber(test, agent, { ...await buildIssueRequest(test, 'annko4420', 'porter'), requestReference: 'typed reference' })
  await issueSlipNumber(test, agent, { ...await buildIssueRequest(test, 'aasob1415', 'registered-letter'), letter: { recipient: 'ÅSA ÖBERG', lines: ['c/o Typed Name', 'Typed street 5'], postcode: '33100', town: 'Tammerfors', country: 'FI' } })
  await postSlip(test, agent, { ...await buildIssueRequest(test, 'sofla2247', 'registered-letter'), letter: { recipient: 'Typed Other', lines: ['Typed street 5'], postcode: '00100', town: 'Helsinki', country: 'FI' } })
  await postSlip(test, agent, { accountId: await requireAccountId(test, 'matvi1207'), channel: 'email' })
  await api(agent, { method: 'POST', url: `/slips/${counter}/void`, payload: { reason: 'typed reason of a void' } })
  await api(undefined, { method: 'POST', url: '/sessions', payload: { login: 'typed.login', password: 'typed password' } })
  const auditor = await signIn('auditor')
  await api(auditor, { url: '/delivery-records?format=csv&servicePointId=helpdesk-karamalmi&from=2026-11-19' })
  await api(auditor, { method: 'DELETE', url: '/sessions/current' })

  const events = await db.selectFrom('audit_events').selectAll().execute()
  const kinds = new Set(events.map(one => one.kind))
  for (const kind of ['signed-in', 'sign-in-failed', 'signed-out', 'slip-issued', 'slip-refused', 'slip-voided', 'delivery-records-read']) t.ok(kinds.has(kind), kind)
  // The demo's logins are named like roles, which the events about staff list.
  const leaves = JSON.stringify(events.map(one => ({ ...one, facts: { ...one.facts, digests: undefined, roles: undefined } }))).toLowerCase()
  const accounts = await db.selectFrom('accounts').select(['username', 'display_name', 'student_number']).execute()
  const staff = await db.selectFrom('staff').select(['login', 'name']).execute()
  const personal = [
    ...accounts.flatMap(account => [account.username, account.display_name, account.student_number]), ...staff.flatMap(member => [member.login, member.name]),
    'typed', 'tammerfors', '33100', '00100', '2031-05-17', 'passport', 'åsa öberg', 'demo-slipdesk-2026',
  ].filter(text => text !== null && !['agent', 'porter', 'hr', 'admin', 'auditor', 'student-affairs'].includes(text)) as string[]
  t.strictSame(personal.filter(text => leaves.includes(text.toLowerCase())), [])
  for (const login of ['agent', 'auditor']) t.notMatch(leaves, `"${login}"`, 'not as a value of its own either')
  t.ok(events.some(one => one.slip === counter))
  t.equal(events.find(one => one.kind === 'slip-issued')?.actor, `staff:${await requireStaffId(test, 'agent')}`)
})

t.test('binds every text of an event by a digest in its leaf', async t => {
  const test = await buildTestApp(t)
  await issueSlipNumber(test, await test.signIn('agent'), await buildIssueRequest(test, 'aasob1415', 'registered-letter'))
  const rows = await test.deps.db.selectFrom('audit_events').innerJoin('audit_texts', 'audit_texts.event_id', 'audit_events.id').select(['facts', 'salt', 'name', 'text']).execute()
  t.ok(rows.length > 0)
  for (const { facts, salt, name, text } of rows) t.equal((facts as { digests: Record<string, string> }).digests[name], digestText(salt, name, text), name)
  t.equal(new Set(rows.map(row => row.salt.toString('hex'))).size, rows.length, 'each has its own salt')
})
