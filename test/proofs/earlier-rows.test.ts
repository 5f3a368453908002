/** Slips and checkpoints from before migration 0022, which their own events do not bind. */
import { readdir, readFile } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import t from 'tap'
import { appendEvent } from '../../src/audit/events.js'
import { connect } from '../../src/database/connection.js'
import { createMigrationProvider, migrate } from '../../src/database/migrations.js'
import type { Database } from '../../src/database/schema.js'
import { verifyCheckpointRows } from '../../src/proofs/tables/checkpoints.js'
import { verifyEarlierSlips } from '../../src/proofs/tables/earlier-slips.js'
import { projectRoot } from '../helpers/project-root.js'
import { testStart } from '../helpers/database.js'
import { findAfterTampering } from '../helpers/full-history.js'
import { appendEvents, createTestLog, sealTestLog } from '../helpers/transparency-log.js'

const folder = new URL('migrations/', projectRoot)
const names = (await readdir(folder)).filter(name => name < '0022').sort()
const earlier: Record<string, string> = Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(new URL(name, folder), 'utf8')])))
const { db, close } = await connect({ folder: undefined })
t.teardown(close)
await migrate(db, createMigrationProvider(new URL(`file://${t.testdir(earlier)}/`)))
await sql`insert into service_points (id, kind, name, campus, address, hours) values ('desk', 'porter', '{}', 'c', 'a', '{}')`.execute(db)
await sql`insert into staff (login, name, password_hash, roles, created_at) values ('agent', 'Agent', 'x', '{agent}', now())`.execute(db)
await sql`insert into accounts (username, display_name, folded_name, affiliation, status, preferred_language, updated_at) select 'holder' || n, 'Holder', 'holder', 'student', 'active', 'fi', now() from generate_series(1, 3) n`.execute(db)
await sql`insert into slips (number, account_id, channel, state, code_hmac, code_key_id, code_scheme, language, request_reference, issued_at, issued_by, service_point_id, expires_at, ceiling_at, ended_at)
  select number, accounts.id, channel, state, decode(repeat('00', 32), 'hex'), 'k', 1, 'fi', 'R', '2026-11-01', staff.id, 'desk', '2026-11-08', '2026-12-01', ended_at::timestamptz
  from staff, (values ('222-222-222', 'holder1', 'porter', 'at-porter', null), ('333-333-333', 'holder2', 'counter', 'redeemed', '2026-11-02'), ('444-444-444', 'holder3', 'counter', 'handed-over', null))
    as slip (number, username, channel, state, ended_at) join accounts using (username)`.execute(db)
await sql`insert into deliveries (slip_id, channel, porter_service_point_id, collect_by, envelope_at)
  select id, channel, case channel when 'porter' then 'desk' end, case channel when 'porter' then timestamptz '2026-11-07' end, case channel when 'porter' then 'desk' else 'holder' end from slips`.execute(db)
await sql`insert into identity_checks (slip_id, checked_by, checked_at, service_point_id, document_type, photo_matches, name_matches, issuing_country, valid_until)
  select id, issued_by, issued_at, 'desk', 'passport', true, true, 'FI', '2030-12-31' from slips where channel = 'counter'`.execute(db)
const note = (size: number) => `desk.example/metropolia\n${size}\n`
for (const size of [1, 2, 4]) await sql`insert into log_checkpoints (size, note, signed_at) values (${size}, ${note(size)}, now())`.execute(db)
await migrate(db)

const after = async (tamper: (trx: Kysely<Database>) => Promise<unknown>, find: (trx: Kysely<Database>) => Promise<unknown> = verifyEarlierSlips) => await findAfterTampering(db, tamper, find)

t.test('agrees with slips and checkpoints that have not changed', async t => {
  t.equal(await verifyEarlierSlips(db), undefined)
  t.equal(await verifyCheckpointRows(db), undefined)
})

t.test('names the column of a slip that was open', async t => {
  for (const [table, column, value] of [
    ['slips', 'expires_at', sql`expires_at + interval '1 day'`], ['slips', 'ceiling_at', sql`ceiling_at + interval '1 day'`], ['slips', 'language', sql`'sv'`],
    ['slips', 'replaces', sql`(select id from slips where number = '333-333-333')`], ['deliveries', 'collect_by', sql`collect_by + interval '1 day'`],
  ] as const) {
    const key = table === 'slips' ? sql`number = '222-222-222'` : sql`slip_id = (select id from slips where number = '222-222-222')`
    t.strictSame(await after(async trx => await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value} where ${key}`.execute(trx)), { table, row: '222-222-222', column, kind: 'altered' }, column)
  }
  t.strictSame(await after(async trx => await sql`update identity_checks set birth_date_matches = true where slip_id = (select id from slips where number = '444-444-444')`.execute(trx)),
    { table: 'identity_checks', row: '444-444-444', column: 'checked_at', kind: 'altered' })
})

t.test('names a slip that had ended', async t => {
  for (const change of [sql`expires_at = expires_at + interval '1 day'`, sql`ceiling_at = ceiling_at + interval '1 day'`, sql`language = 'sv'`]) {
    const found = await after(async trx => await sql`update slips set ${change} where number = '333-333-333'`.execute(trx)) as { table: string, row: string }
    t.strictSame([found.table, found.row], ['slips', '333-333-333'])
  }
})

t.test('accepts the end that a later handover sets, and its identity check', async t => {
  const handOver = async (trx: Kysely<Database>) => {
    await sql`update slips set expires_at = '2026-11-20' where number = '222-222-222'`.execute(trx)
    await sql`insert into identity_checks (slip_id, checked_by, checked_at, service_point_id, document_type, photo_matches, name_matches, issuing_country, valid_until)
      select id, issued_by, now(), 'desk', 'passport', true, true, 'FI', '2030-12-31' from slips where number = '222-222-222'`.execute(trx)
    await appendEvent(trx, { kind: 'slip-step', at: testStart, actor: 'system', slip: '222-222-222', facts: { step: 'hand-over', expiresAt: '2026-11-20T00:00:00Z' } })
  }
  t.equal(await after(handOver), undefined)
})

t.test('names the earlier checkpoints when one was removed or altered', async t => {
  const named = { table: 'log_checkpoints', row: '1 to 3', kind: 'altered' }
  t.strictSame(await after(async trx => await sql`delete from log_checkpoints where number = 2`.execute(trx), verifyCheckpointRows), named)
  t.strictSame(await after(async trx => await sql`update log_checkpoints set note = note || 'x' where number = 2`.execute(trx), verifyCheckpointRows), named)
})

t.test('numbers new checkpoints after the earlier ones, without a gap', async t => {
  await sql`alter table log_checkpoints disable trigger user`.execute(db)
  await sql`delete from log_checkpoints`.execute(db)
  await sql`alter table log_checkpoints enable trigger user`.execute(db)
  const log = createTestLog()
  for (let round = 0; round < 3; round++) {
    await appendEvents(db, 1)
    await sealTestLog(db, log)
  }
  t.strictSame((await db.selectFrom('log_checkpoints').select('number').orderBy('number').execute()).map(({ number }) => number), [1, 2, 3])
})
