/** Verifies delivery records against the log. Each change outside the log is reported with its slip. */
import { sql, type Kysely, type KyselyPlugin } from 'kysely'
import t from 'tap'
import type { Database } from '../../src/database/schema.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { verifyRecords } from '../../src/proofs/verify-records.js'
import { runRetention } from '../../src/retention/run-retention.js'
import { buildTestApp } from '../helpers/app.js'
import { issueSlipNumber, buildIssueRequest } from '../helpers/issue-slips.js'
import { findAfterTampering, seedFullHistory } from '../helpers/full-history.js'
import { postgresOnly } from '../helpers/processes.js'
import { pick } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { db } = test.deps
const { holder, redeemed, expired } = await seedFullHistory(test)
const [toPorter, byLetter, atCounter] = holder.numbers

type Tampering = (trx: Kysely<Database>) => Promise<unknown>
const after = async (tamper: Tampering) => (await findAfterTampering(db, tamper, async trx => await verifyRecords(trx))).fault

t.test('agrees with the log about everything that happened', async t => {
  t.strictSame(await verifyRecords(db), { slips: 10, fault: undefined })
})

const idOf = (number: string) => sql`(select id from slips where number = ${number})`
const another = sql`(select id from staff where login = 'admin')`
const altered: ReadonlyArray<readonly [string, string, Tampering]> = [
  [toPorter, 'slips.issued_by', async trx => await sql`update slips set issued_by = ${another} where number = ${toPorter}`.execute(trx)],
  [toPorter, 'slips.service_point_id', async trx => await sql`update slips set service_point_id = 'helpdesk-myllypuro' where number = ${toPorter}`.execute(trx)],
  [toPorter, 'slips.issued_at', async trx => await sql`update slips set issued_at = issued_at - interval '1 second' where number = ${toPorter}`.execute(trx)],
  [toPorter, 'slips.account_id', async trx => await sql`update slips set account_id = (select account_id from slips where number = ${redeemed[0]}) where number = ${toPorter}`.execute(trx)],
  [toPorter, 'slips.request_reference', async trx => await sql`update slips set request_reference = 'other' where number = ${toPorter}`.execute(trx)],
  [toPorter, 'slips.latin_name', async trx => await sql`update slips set latin_name = 'Li Wei', latin_name_reason = 'document' where number = ${toPorter}`.execute(trx)],
  [toPorter, 'deliveries.porter_service_point_id', async trx => await sql`update deliveries set porter_service_point_id = 'porter-myllypuro' where slip_id = ${idOf(toPorter)}`.execute(trx)],
  [byLetter, 'deliveries.recipient', async trx => await sql`update deliveries set recipient = 'Somebody' where slip_id = ${idOf(byLetter)}`.execute(trx)],
  [byLetter, 'deliveries.lines', async trx => await sql`update deliveries set lines = '{Elsewhere}' where slip_id = ${idOf(byLetter)}`.execute(trx)],
  [byLetter, 'deliveries.tracking_number', async trx => await sql`update deliveries set tracking_number = 'RR000000005FI' where slip_id = ${idOf(byLetter)}`.execute(trx)],
  [byLetter, 'deliveries.personal_handover', async trx => await sql`update deliveries set personal_handover = false where slip_id = ${idOf(byLetter)}`.execute(trx)],
  [atCounter, 'slips.void_reason', async trx => await sql`update slips set void_reason = 'lost' where number = ${atCounter}`.execute(trx)],
  [redeemed[0], 'slips.ended_at', async trx => await sql`update slips set ended_at = ended_at - interval '1 hour' where number = ${redeemed[0]}`.execute(trx)],
  [redeemed[0], 'slips.state', async trx => await sql`update slips set state = 'expired' where number = ${redeemed[0]}`.execute(trx)],
  [expired, 'slips.expires_at', async trx => await sql`update slips set expires_at = expires_at - interval '1 day' where number = ${expired}`.execute(trx)],
  [toPorter, 'slip_steps[3].at', async trx => await sql`update slip_steps set at = at - interval '1 hour' where step = 'receive' and slip_id = ${idOf(toPorter)}`.execute(trx)],
  [toPorter, 'slip_steps[3].staff_id', async trx => await sql`update slip_steps set staff_id = ${another} where step = 'receive' and slip_id = ${idOf(toPorter)}`.execute(trx)],
  [toPorter, 'slip_steps[4].to_state', async trx => await sql`update slip_steps set to_state = 'returned' where step = 'hand-over' and slip_id = ${idOf(toPorter)}`.execute(trx)],
  [redeemed[1], 'slip_steps[2].token_id', async trx => await sql`update slip_steps set token_id = null where step = 'redeem' and slip_id = ${idOf(redeemed[1])}`.execute(trx)],
  [atCounter, 'slip_steps[2].note', async trx => await sql`update slip_steps set note = 'lost' where step = 'void' and slip_id = ${idOf(atCounter)}`.execute(trx)],
  [byLetter, 'slip_steps[3].note', async trx => await sql`update slip_steps set note = 'not collected' where step = 'return' and slip_id = ${idOf(byLetter)}`.execute(trx)],
  [atCounter, 'identity_checks[1].document_type', async trx => await sql`update identity_checks set document_type = 'identity-card' where slip_id = ${idOf(atCounter)}`.execute(trx)],
  [atCounter, 'identity_checks[1].no_expiry', async trx => await sql`update identity_checks set no_expiry = false, valid_until = '2030-12-31' where slip_id = ${idOf(atCounter)}`.execute(trx)],
  [toPorter, 'identity_checks[4].no_expiry', async trx => await sql`update identity_checks set no_expiry = true, valid_until = null where slip_id = ${idOf(toPorter)}`.execute(trx)],
  [atCounter, 'identity_checks[1].birth_date_reason', async trx => await sql`update identity_checks set birth_date_reason = 'other' where slip_id = ${idOf(atCounter)}`.execute(trx)],
  [byLetter, 'slips.language', async trx => await sql`update slips set language = 'en' where number = ${byLetter}`.execute(trx)],
  [byLetter, 'slips.expires_at', async trx => await sql`update slips set expires_at = expires_at + interval '1 day' where number = ${byLetter}`.execute(trx)],
  [toPorter, 'slips.expires_at', async trx => await sql`update slips set expires_at = expires_at + interval '1 day' where number = ${toPorter}`.execute(trx)],
  [byLetter, 'slips.ceiling_at', async trx => await sql`update slips set ceiling_at = ceiling_at + interval '1 day' where number = ${byLetter}`.execute(trx)],
  [byLetter, 'slips.replaces', async trx => await sql`update slips set replaces = null where number = ${byLetter}`.execute(trx)],
  [toPorter, 'deliveries.collect_by', async trx => await sql`update deliveries set collect_by = collect_by + interval '1 day' where slip_id = ${idOf(toPorter)}`.execute(trx)],
  [toPorter, 'deliveries.envelope_at', async trx => await sql`update deliveries set envelope_at = 'returned' where slip_id = ${idOf(toPorter)}`.execute(trx)],
  [byLetter, 'deliveries.lines', async trx => await sql`update deliveries set lines = null where slip_id = ${idOf(byLetter)}`.execute(trx)],
  [byLetter, 'deliveries.postcode', async trx => await sql`update deliveries set postcode = '00100' where slip_id = ${idOf(byLetter)}`.execute(trx)],
  [byLetter, 'deliveries.town', async trx => await sql`update deliveries set town = 'Turku' where slip_id = ${idOf(byLetter)}`.execute(trx)],
  [byLetter, 'deliveries.country', async trx => await sql`update deliveries set country = 'SE' where slip_id = ${idOf(byLetter)}`.execute(trx)],
  [toPorter, 'identity_checks[4].birth_date_matches', async trx => await sql`update identity_checks set birth_date_matches = null where slip_id = ${idOf(toPorter)}`.execute(trx)],
  [toPorter, 'identity_checks[4].name_matches', async trx => await sql`update identity_checks set name_matches = true where slip_id = ${idOf(toPorter)}`.execute(trx)],
  [toPorter, 'identity_checks[4].checked_at', async trx => await sql`update identity_checks set checked_at = checked_at + interval '1 hour' where slip_id = ${idOf(toPorter)}`.execute(trx)],
  [atCounter, 'slip_steps[1].identity_check_id', async trx => await sql`update slip_steps set identity_check_id = null where step = 'issue' and slip_id = ${idOf(atCounter)}`.execute(trx)],
]
for (const [number, place, tamper] of altered) {
  t.test(`detects a change of ${place}`, async t => t.strictSame(await after(tamper), { number, kind: 'altered', place }))
}

t.test('detects a step or identity check without an event, and a missing step', async t => {
  const insert: Tampering = async trx => await sql`insert into slip_steps (slip_id, step, from_state, to_state, at) values (${idOf(toPorter)}, 'receive', 'dispatched', 'at-porter', '2026-01-01')`.execute(trx)
  const steps = (await db.selectFrom('slip_steps').innerJoin('slips', 'slips.id', 'slip_id').select('step').where('number', '=', toPorter).execute()).length
  t.strictSame(await after(insert), { number: toPorter, kind: 'added', place: `slip_steps[${steps + 1}]` })
  const insertCheck: Tampering = async trx => await sql`insert into identity_checks select (json_populate_record(checks, json_build_object('id', gen_random_uuid()))).* from identity_checks as checks where slip_id = ${idOf(toPorter)}`.execute(trx)
  t.strictSame(await after(insertCheck), { number: toPorter, kind: 'added', place: 'identity_checks' })
  const remove: Tampering = async trx => await sql`delete from slip_steps where step = 'redeem' and slip_id = ${idOf(redeemed[0])}`.execute(trx)
  t.strictSame(await after(remove), { number: redeemed[0], kind: 'removed', place: 'slip_steps[2]' })
})

t.test('detects a slip without an event and a missing slip', async t => {
  const copy: Tampering = async trx => {
    await sql`insert into slips (number, account_id, channel, state, code_hmac, code_key_id, code_scheme, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at, ended_at)
      select '222-222-222', account_id, channel, state, code_hmac, code_key_id, code_scheme, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at, ended_at from slips where number = ${redeemed[0]}`.execute(trx)
  }
  t.strictSame(await after(copy), { number: '222-222-222', kind: 'added', place: 'slips' })
  const remove: Tampering = async trx => {
    for (const table of ['delivery_records', 'slip_steps', 'redemptions', 'identity_checks', 'deliveries'] as const) await sql`delete from ${sql.table(table)} where slip_id = ${idOf(redeemed[0])}`.execute(trx)
    await sql`delete from idempotency_keys where slip_number = ${redeemed[0]}`.execute(trx)
    await sql`delete from slips where number = ${redeemed[0]}`.execute(trx)
  }
  t.strictSame(await after(remove), { number: redeemed[0], kind: 'removed', place: 'slips' })
})

t.test('detects a changed delivery record', async t => {
  t.strictSame(await after(async trx => await sql`delete from delivery_records where number = ${byLetter}`.execute(trx)), { number: byLetter, kind: 'removed', place: 'delivery_records' })
  for (const change of [sql`facets = array_remove(facets, 'channel:porter')`, sql`issued_at = issued_at - interval '1 year'`, sql`handed_over_at = null`, sql`open = true`]) {
    t.strictSame(await after(async trx => await sql`update delivery_records set ${change} where number = ${toPorter}`.execute(trx)), { number: toPorter, kind: 'altered', place: 'delivery_records' })
  }
})

t.test('compares the delivery records with the slips, not with a view that someone has replaced', async t => {
  const hidden = async (trx: Kysely<Database>) => {
    await sql`create or replace view delivery_records_afresh as select * from delivery_records`.execute(trx)
    await sql`update delivery_records set facets = array_remove(facets, 'refused') || array['channel:counter'] where number = ${byLetter}`.execute(trx)
  }
  t.strictSame(await after(hidden), { number: byLetter, kind: 'altered', place: 'delivery_records' })
})

t.test('names the first of several slips', async t => {
  const numbers = [toPorter, byLetter, atCounter].sort()
  t.strictSame(pick(await after(async trx => await sql`update slips set issued_by = ${another}`.execute(trx)), 'kind', 'place'), { kind: 'altered', place: 'slips.issued_by' })
  t.equal((await after(async trx => await sql`update slips set language = 'en', issued_by = ${another} where number = any(${numbers}::text[])`.execute(trx)))?.number, numbers[0])
})

t.test('verifies without a false alarm while slips are issued', postgresOnly, async t => {
  const agent = await test.signIn('agent')
  let busy = true
  const issuing: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (busy) {
        busy = false
        await issueSlipNumber(test, agent, await buildIssueRequest(test, holder.username))
      }
      return result
    },
  }
  const { slips } = await verifyRecords(db)
  t.strictSame(await verifyRecords(db.withPlugin(issuing)), { slips, fault: undefined })
  t.strictSame(await verifyRecords(db), { slips: slips + 1, fault: undefined })
})

t.test('still agrees with the log after data has expired', async t => {
  for (const moment of ['2027-04-01T08:00:00Z', '2028-01-01T08:00:00Z', '2029-06-01T08:00:00Z']) {
    test.clock.set(moment)
    await runRetention({ db, now: test.clock.now, profile: metropolia })
    t.equal((await verifyRecords(db)).fault, undefined, moment)
  }
})
