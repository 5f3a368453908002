/**
 * Creates millions of delivery records inside the database: five years of slips of every channel and final state, with
 * their steps, identity checks and refused attempts. All people are made up.
 */
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { loadReferenceData } from '../src/bootstrap.js'
import { connect, type Connection } from '../src/database/connection.js'
import { migrate } from '../src/database/migrations.js'
import type { Database } from '../src/database/schema.js'
import { metropolia } from '../src/institution/profiles/metropolia.js'

/** Slips were issued until this moment. */
export const recordsEnd = new Date('2026-11-19T08:00:00Z')

const AGENT_COUNT = 40
const pickedNameSql = '(array[\'Łukasz Nguyễn-Đặng\',\'Aino Korhonen\',\'Eetu Virtanen\',\'Märta Åkerblom\',\'Ольга Иванова\',\'Çağrı Şahin\',\'Sanna-Kaisa Mäkinen\',\'Göran Öhman\',\'O’Brien, "Mick"\',\'Juho Heikkinen\'])[1 + i % 10]'
/** SQL for the final state of a slip, from its channel and a number from 0 to 99; one slip in a hundred is open. */
const endStateSql = `case
  when i > of - of / 100 then case channel when 'counter' then 'handed-over' when 'porter' then (array['prepared','dispatched','at-porter','handed-over'])[1 + i % 4] else (array['prepared','posted','delivered'])[1 + i % 3] end
  when luck < 70 then 'redeemed'
  when luck < 80 then 'expired'
  when luck < 88 then 'voided'
  when luck < 98 then case when channel = 'counter' then 'redeemed' else 'returned' end
  else 'locked' end`

/** Lists the statements, one for each table; `of` is the number of slips. */
const listInsertStatements = (of: number) => [
  `insert into staff (login, name, password_hash, roles, created_at)
    select 'agent' || i, 'Agent ' || i, 'none', array['agent'], '2021-01-01' from generate_series(1, ${AGENT_COUNT}) i`,
  `insert into accounts (username, display_name, folded_name, affiliation, status, preferred_language, updated_at)
    select 'u' || lpad(i::text, 8, '0'), ${pickedNameSql} || ' ' || i, lower(${pickedNameSql}) || ' ' || i,
      (array['student','student','student','student','student','student','applicant','staff','partner','external'])[1 + i * 7 % 10], 'active', 'fi', '2021-01-01'
    from generate_series(1, ${Math.ceil(of / 4)}) i`,
  'create temporary table of_accounts as select row_number() over (order by username) - 1 as k, id from accounts; alter table of_accounts add primary key (k)',
  'create temporary table of_staff as select row_number() over (order by login) - 1 as k, id from staff',
  `create temporary table draft as
    select *, ${endStateSql} as state, issued_at + case channel when 'counter' then interval '7 days' when 'porter' then interval '14 days' else interval '21 days' end as expires_at
    from (select gen_random_uuid() as id, i, ${of}::bigint as of, hashint8(i) & 2147483647 as random, (hashint8(i + ${of}) & 2147483647) % 100 as luck,
      case when (hashint8(i) & 2147483647) % 100 < 60 then 'counter' when (hashint8(i) & 2147483647) % 100 < 85 then 'porter' else 'registered-letter' end as channel,
      timestamptz '${recordsEnd.toISOString()}' - (${of} - i) * (interval '5 years' / ${of}) as issued_at
      from generate_series(1::bigint, ${of}) i) slip`,
  `insert into slips (id, number, account_id, channel, state, code_hmac, code_key_id, code_scheme, language, request_reference, issued_at, issued_by, service_point_id, expires_at, ceiling_at, ended_at, void_reason)
    select draft.id, n(0) || n(1) || n(2) || '-' || n(3) || n(4) || n(5) || '-' || n(6) || n(7) || n(8), of_accounts.id, channel, state,
      decode(repeat('00', 32), 'hex'), 'k1', 2, 'fi', case channel when 'counter' then null else 'REQ-' || i end, issued_at, of_staff.id,
      case when channel = 'counter' then (array['helpdesk-myllypuro','helpdesk-karamalmi','student-affairs-arabia','student-affairs-myllypuro','human-resources-myllypuro'])[1 + random / 100 % 5]
        else (array['helpdesk-myllypuro','helpdesk-karamalmi'])[1 + random / 100 % 2] end,
      expires_at, issued_at + interval '45 days',
      case when state in ('redeemed','expired','voided','returned','locked') then expires_at - interval '1 day' end, case when state = 'voided' then 'lost' end
    from draft join of_accounts on of_accounts.k = i % ${Math.ceil(of / 4)} join of_staff on of_staff.k = (i * 31 + i / 5000) % ${AGENT_COUNT} order by i`
    .replaceAll(/n\((\d)\)/g, (_, place: string) => `substr('23456789ABCDEFGHJKMNPQRSTUVWXYZ', 1 + (((i * 7919000003) % 852891037441) / ${31 ** Math.min(Number(place), 7)} % 31)::int, 1)`),
  `insert into deliveries (slip_id, channel, porter_service_point_id, collect_by, recipient, lines, postcode, town, country, tracking_number, personal_handover, envelope_at)
    select id, channel, case channel when 'porter' then (array['porter-arabia','porter-karamalmi','porter-myllypuro','porter-myyrmaki'])[1 + random / 500 % 4] end,
      case channel when 'porter' then expires_at end, case channel when 'registered-letter' then 'Recipient' end, null, null, null,
      case channel when 'registered-letter' then 'FI' end, case when posted then 'RR' || lpad(i::text, 9, '0') || 'FI' end, case when posted then true end,
      case when channel = 'counter' then 'holder' else 'office' end
    from (select *, channel = 'registered-letter' and state <> 'prepared' as posted from draft) draft order by i`,
  `insert into identity_checks (id, slip_id, document_type, issuing_country, valid_until, photo_matches, name_matches, birth_date_matches, checked_by, checked_at, service_point_id)
    select gen_random_uuid(), draft.id, (array['passport','passport','passport','passport','identity-card','identity-card','identity-card','driving-licence','aliens-passport','refugee-travel-document'])[1 + random / 1000 % 10],
      'FI', '2032-01-01', true, true, true, slips.issued_by, draft.issued_at, slips.service_point_id
    from draft join slips on slips.id = draft.id where draft.channel = 'counter' or (draft.channel = 'porter' and draft.state in ('handed-over', 'redeemed')) order by i`,
  `insert into slip_steps (slip_id, step, from_state, to_state, at, staff_id, service_point_id, identity_check_id, note)
    select slips.id, step, from_state, to_state, slips.issued_at + after, case when step in ('redeem', 'expire', 'lock') then null else slips.issued_by end,
      case when step in ('redeem', 'expire', 'lock') then null else slips.service_point_id end,
      case when step = 'hand-over' or (step = 'issue' and slips.channel = 'counter') then identity_checks.id end, case when step = 'return' then 'not-collected' when step = 'void' then 'lost' end
    from slips left join identity_checks on identity_checks.slip_id = slips.id
    cross join lateral (
      select 'issue' as step, null as from_state, case slips.channel when 'counter' then 'handed-over' else 'prepared' end as to_state, interval '0' as after
      union all select 'dispatch', 'prepared', 'dispatched', interval '20 hours' where slips.channel = 'porter' and slips.state <> 'prepared'
      union all select 'receive', 'dispatched', 'at-porter', interval '26 hours' where slips.channel = 'porter' and slips.state not in ('prepared', 'dispatched')
      union all select 'hand-over', 'at-porter', 'handed-over', interval '1 hour' * (30 + abs(hashtext(slips.number)) % 200) where identity_checks.id is not null and slips.channel = 'porter'
      union all select 'post', 'prepared', 'posted', interval '22 hours' where slips.channel = 'registered-letter' and slips.state <> 'prepared'
      union all select 'deliver', 'posted', 'delivered', interval '1 hour' * (60 + abs(hashtext(slips.number)) % 200) where slips.channel = 'registered-letter' and slips.state in ('delivered', 'redeemed')
      union all select case slips.state when 'redeemed' then 'redeem' when 'expired' then 'expire' when 'voided' then 'void' when 'returned' then 'return' else 'lock' end, 'handed-over', slips.state, slips.ended_at - slips.issued_at where slips.ended_at is not null
    ) steps order by slips.issued_at, after`,
  `insert into audit_events (id, at, kind, actor, account, service_point, facts)
    select gen_random_uuid(), draft.issued_at - interval '10 minutes', 'slip-refused', 'staff:' || slips.issued_by, slips.account_id, slips.service_point_id,
      jsonb_build_object('channel', draft.channel, 'codes', jsonb_build_array((array['identity-not-checked','name-differs','office-not-authorised','registered-letter-inside-area','request-required'])[1 + random / 10 % 5]))
    from draft join slips on slips.id = draft.id where random / 100 % 100 < 5 order by i`,
  'drop index delivery_records_facets, delivery_records_issued',
  'insert into delivery_records select * from delivery_records_afresh order by issued_at',
  'create index delivery_records_issued on delivery_records (issued_at, number)',
  'create index delivery_records_facets on delivery_records using gin (facets) with (fastupdate = off)',
]

/** Fills an empty database with `of` delivery records. Triggers and foreign keys are off in the meantime; the data does their work. */
async function insertRecords (db: Kysely<Database>, of: number, print: (line: string) => void): Promise<void> {
  const begun = performance.now()
  await migrate(db)
  await loadReferenceData(db, metropolia, recordsEnd)
  await db.connection().execute(async one => {
    await sql`set session_replication_role = replica`.execute(one)
    await sql`set synchronous_commit = off`.execute(one)
    await sql`set work_mem = '256MB'`.execute(one)
    await sql`alter table slips disable trigger slips_transition`.execute(one)
    for (const set of listInsertStatements(of)) await sql.raw(set).execute(one)
    await sql`alter table slips enable always trigger slips_transition`.execute(one)
    await sql`set session_replication_role = origin`.execute(one)
    await sql`vacuum analyze`.execute(one)
  })
  print(`${of} delivery records made in ${((performance.now() - begun) / 1000).toFixed(0)} s`)
}

// A database of delivery records for a benchmark. It is dropped at the end, except with `--keep`.

const serverUrl = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const shouldKeepDatabase = process.argv.includes('--keep')

export const printLine = (line: string) => { process.stdout.write(`${line}\n`) }

/** @param of the number of records; with `--keep`, an earlier database of the same size is used again */
export async function withRecordsDatabase (of: number, run: (connection: Connection, url: string) => Promise<void>): Promise<void> {
  const name = `slipdesk_bench_records_${of}`
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  const isMade = shouldKeepDatabase && (await admin.query('select 1 from pg_database where datname = $1', [name])).rowCount === 1
  if (!isMade) {
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.query(`create database ${name}`)
    const patient = await connect({ url, hasNoTimeouts: true })
    await insertRecords(patient.db, of, printLine)
    await patient.close()
  }
  const connection = await connect({ url })
  try {
    await run(connection, url)
  } finally {
    await connection.close()
    if (!shouldKeepDatabase) await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  }
}
