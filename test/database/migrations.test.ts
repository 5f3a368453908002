import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { sql, type Kysely } from 'kysely'
import pg from 'pg'
import t, { type Test } from 'tap'
import { reindexAccounts } from '../../src/accounts/reindex-accounts.js'
import { loadReferenceData } from '../../src/bootstrap.js'
import { connect } from '../../src/database/connection.js'
import { migrate, listPendingMigrations, createMigrationProvider } from '../../src/database/migrations.js'
import type { Database } from '../../src/database/schema.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { verifyAccounts } from '../../src/proofs/verify-accounts.js'
import { verifyPostcodes } from '../../src/proofs/verify-postcodes.js'
import { verifyServicePoints } from '../../src/proofs/verify-service-points.js'
import { areEarlierCodesUnchanged } from '../../src/slips/earlier-codes.js'
import { projectRoot } from '../helpers/project-root.js'
import { openTestDatabase, testStart } from '../helpers/database.js'
import { startCommand } from '../helpers/processes.js'

const folder = new URL('migrations/', projectRoot)

t.test('leaves the schema unchanged when a migration fails', async t => {
  const { db } = await openTestDatabase(t)
  const schema = async () => (await sql`select table_name, column_name from information_schema.columns where table_schema = 'public' order by 1, 2`.execute(db)).rows
  const before = await schema()
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  const files: Record<string, string> = Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(new URL(name, folder), 'utf8')])))
  const broken = new URL(`file://${t.testdir({ ...files, '0900-good.sql': 'create table good (id int);', '0901-bad.sql': 'create table bad (id int); alter table nowhere add column x int;' })}/`)
  await t.rejects(migrate(db, createMigrationProvider(broken)), { code: '42P01', message: /nowhere/ })
  t.strictSame(await schema(), before)
  t.strictSame(await listPendingMigrations(db), [])
  t.strictSame(await migrate(db), [], 'all real migrations are applied')
})

t.test('numbers migrations without a gap', async t => {
  const names = (await readdir(folder)).sort()
  names.forEach((name, i) => t.match(name, new RegExp(`^${String(i + 1).padStart(4, '0')}-[a-z-]+\\.sql$`)))
})

const postgresUrl = process.env['DATABASE_URL']

t.test('`migrate` exits with 1 and changes nothing when an object is in the way', { skip: postgresUrl === undefined && 'needs DATABASE_URL' }, async t => {
  const name = `slipdesk_migrate_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client({ connectionString: postgresUrl })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const url = new URL(postgresUrl!)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  t.teardown(async () => {
    await client.end()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  })
  await client.query('create table slips (not_ours int)')
  const key = randomBytes(32).toString('base64')
  const command = startCommand(t, ['migrate'], { DATABASE_URL: url.href, CODE_KEY: key, SESSION_KEY: key })
  t.equal(await command.ended, 1)
  t.match(command.output.err, /slips.*already exists/)
  const { rows } = await client.query("select table_name from information_schema.tables where table_schema = 'public' and table_name not like 'kysely%'")
  t.strictSame(rows, [{ table_name: 'slips' }])
})

t.test('the newest migration keeps the data of a filled database', async t => {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  const upTo = async (last: number) => {
    const files: Record<string, string> = Object.fromEntries(await Promise.all(names.slice(0, last).map(async name => [name, await readFile(new URL(name, folder), 'utf8')])))
    return createMigrationProvider(new URL(`file://${t.testdir(files)}/`))
  }
  const { db, close } = await connect({ folder: undefined })
  t.teardown(close)
  await migrate(db, await upTo(11))
  await loadReferenceData(db, metropolia, testStart)
  await sql.raw(filledVersion11).execute(db)
  await migrate(db, await upTo(names.length - 1))
  const before = await readEveryTable(db)
  t.ok(before.filter(([, rows]) => Number(rows) > 0).length > 5, 'the database is filled')
  t.strictSame(await migrate(db), [names.at(-1)!.replace(/\.sql$/, '')])
  const after = new Map(await readEveryTable(db))
  for (const [table, rows] of before) t.ok(isKept(table, rows, after.get(table)), table)
})

t.test('0013 keeps identity checks and lets none be without an expiry', async t => {
  const db = await openBefore(t, '0013')
  await sql`insert into service_points (id, kind, name, campus, address, hours) values ('desk', 'helpdesk', '{}', 'c', 'a', '{}')`.execute(db)
  await sql`insert into staff (login, name, password_hash, roles, created_at) values ('agent', 'Agent', 'x', '{agent}', now())`.execute(db)
  await sql`insert into accounts (username, display_name, folded_name, affiliation, status, preferred_language, updated_at) values ('holder', 'Holder', 'holder', 'student', 'active', 'fi', now())`.execute(db)
  await sql`insert into slips (number, account_id, channel, state, code_hmac, code_key_id, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at)
    select 'K7Q-XW4-RPT', accounts.id, 'counter', 'handed-over', decode(repeat('00', 32), 'hex'), 'k', 'fi', '2026-11-01', staff.id, 'desk', '2026-11-08', '2026-12-01' from accounts, staff`.execute(db)
  const insertCheck = async (columns: string, values: string) => await sql`insert into identity_checks (slip_id, checked_by, checked_at, service_point_id, document_type, photo_matches, name_matches, ${sql.raw(columns)})
    select slips.id, slips.issued_by, slips.issued_at, 'desk', 'passport', true, true, ${sql.raw(values)} from slips`.execute(db)
  await insertCheck('issuing_country, valid_until, birth_date_matches', "'FI', '2030-12-31', true")
  await insertCheck('erased_at', 'now()')
  await migrate(db)
  await insertCheck('issuing_country, no_expiry, birth_date_reason', "'FI', true, 'placeholder'")
  const { rows } = await sql`select issuing_country, valid_until::text, no_expiry, birth_date_matches, birth_date_reason, erased_at is not null as erased from identity_checks order by erased, no_expiry`.execute(db)
  t.strictSame(rows, [
    { issuing_country: 'FI', valid_until: '2030-12-31', no_expiry: false, birth_date_matches: true, birth_date_reason: null, erased: false },
    { issuing_country: 'FI', valid_until: null, no_expiry: true, birth_date_matches: null, birth_date_reason: 'placeholder', erased: false },
    { issuing_country: null, valid_until: null, no_expiry: false, birth_date_matches: null, birth_date_reason: null, erased: true },
  ])
  for (const [columns, values] of [
    ['issuing_country', "'FI'"], ['issuing_country, valid_until, no_expiry', "'FI', '2030-12-31', true"],
    ['issuing_country, no_expiry, birth_date_matches, birth_date_reason', "'FI', true, true, 'r'"], ['erased_at, no_expiry', 'now(), true'], ['erased_at, birth_date_reason', "now(), 'r'"],
  ] as const) await t.rejects(insertCheck(columns, values), { code: '23514' }, columns)
})

t.test('0016 binds the codes of earlier slips by one event, open and ended ones apart', async t => {
  const db = await openBefore(t, '0016')
  await sql`insert into service_points (id, kind, name, campus, address, hours) values ('desk', 'helpdesk', '{}', 'c', 'a', '{}')`.execute(db)
  await sql`insert into staff (login, name, password_hash, roles, created_at) values ('agent', 'Agent', 'x', '{agent}', now())`.execute(db)
  await sql`insert into accounts (username, display_name, folded_name, affiliation, status, preferred_language, updated_at)
    select 'holder' || n, 'Holder', 'holder', 'student', 'active', 'fi', now() from generate_series(1, 3) n`.execute(db)
  await sql`insert into slips (number, account_id, channel, state, code_hmac, code_key_id, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at, ended_at)
    select number, accounts.id, 'counter', state, decode(repeat(byte, 32), 'hex'), 'k', 'fi', '2026-11-01', staff.id, 'desk', '2026-11-08', '2026-12-01', ended_at::timestamptz
    from staff, (values ('K7Q-XW4-RPT', 'holder1', 'handed-over', '0a', null), ('222-222-222', 'holder2', 'posted', '0b', null), ('333-333-333', 'holder3', 'redeemed', '0c', '2026-11-02'))
      as slip (number, username, state, byte, ended_at) join accounts using (username)`.execute(db)
  await migrate(db)
  const digest = (...rows: string[]) => createHash('sha256').update(rows.join('\n')).digest('base64url')
  const events = await db.selectFrom('audit_events').select(['actor', 'facts']).where('kind', '=', 'code-scheme-changed').execute()
  t.strictSame(events, [{
    actor: 'system',
    facts: {
      open: { slips: 2, digest: digest(`222-222-222:k:${'0b'.repeat(32)}`, `K7Q-XW4-RPT:k:${'0a'.repeat(32)}`) },
      ended: { slips: 1, digest: digest(`333-333-333:k:${'0c'.repeat(32)}`) },
    }
  }])
  t.strictSame(await db.selectFrom('slips').select(['number', 'code_scheme']).orderBy('number').execute(), [
    { number: '222-222-222', code_scheme: 1 }, { number: '333-333-333', code_scheme: 0 }, { number: 'K7Q-XW4-RPT', code_scheme: 1 },
  ])
  t.ok(await areEarlierCodesUnchanged(db, 'open'))
  t.ok(await areEarlierCodesUnchanged(db, 'ended'))
})

t.test('0018 binds the accounts, service points and postcodes that exist', async t => {
  const db = await openBefore(t, '0018')
  await sql`insert into service_points (id, kind, name, campus, address, hours) values ('desk', 'helpdesk', '{"fi": "Palvelu"}', 'c', 'a', '{"week": [], "seasons": [], "exceptions": {}}')`.execute(db)
  await sql`insert into postcodes values ('33100', 'TAMPERE', 'TAMMERFORS', '837', 'Tampere', 'Tammerfors', 1)`.execute(db)
  await sql`insert into postcode_register (data_date, source, loaded_at) values ('2026-01-01', 'earlier', '2026-02-01 10:00:00.123456Z')`.execute(db)
  await sql`insert into accounts (username, display_name, folded_name, affiliation, status, preferred_language, birth_date, updated_at)
    select 'holder' || n, 'Holder ' || n, 'holder', 'student', 'active', 'fi', '1999-01-31', now() from generate_series(1, 10001) n`.execute(db)
  await migrate(db)
  const events = await db.selectFrom('audit_events').select(['kind', 'facts']).orderBy('sequence').execute()
  t.strictSame(events.map(({ kind, facts }) => [kind, facts['accounts'] ?? facts['count'] ?? Object.keys(facts['servicePoints'] as object)]), [
    ['accounts-bound', 10_000], ['accounts-bound', 1], ['service-points-loaded', ['desk']], ['postcodes-loaded', 1],
  ])
  t.strictSame([await verifyAccounts(db), await verifyServicePoints(db), await verifyPostcodes(db)], [undefined, undefined, undefined])
  await sql`update accounts set birth_date = '1999-01-30' where username = 'holder10001'`.execute(db)
  await sql`update service_points set address = 'b'`.execute(db)
  await sql`update postcodes set type_code = 2`.execute(db)
  const { id } = await db.selectFrom('accounts').select('id').where('username', '=', 'holder10001').executeTakeFirstOrThrow()
  t.strictSame([await verifyAccounts(db), await verifyServicePoints(db), await verifyPostcodes(db)], [
    { table: 'accounts', row: id, column: 'birth_date', kind: 'altered' }, { table: 'service_points', row: 'desk', column: 'address', kind: 'altered' },
    { table: 'postcodes', row: 'earlier 2026-01-01', kind: 'altered' },
  ])
})

/** Opens an embedded database with the migrations before the given number. */
async function openBefore (t: Test, number: string): Promise<Kysely<Database>> {
  const names = (await readdir(folder)).filter(name => name < number).sort()
  const earlier = Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(new URL(name, folder), 'utf8')] as const)))
  const { db, close } = await connect({ folder: undefined })
  t.teardown(close)
  await migrate(db, createMigrationProvider(new URL(`file://${t.testdir(earlier)}/`)))
  return db
}

/** Returns whether a table has its rows still. A migration may append events about what it found. */
function isKept (table: string, before: number, after: number | undefined): boolean {
  return table === 'audit_events' || table === 'audit_texts' ? after !== undefined && after >= before : after === before
}

/** Counts the rows of every table. */
async function readEveryTable (db: Kysely<Database>): Promise<Array<readonly [string, number]>> {
  const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'kysely%'`.execute(db)
  return await Promise.all(tables.rows.map(async ({ name }) => {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(db)
    return [name, Number(rows[0]!.count)] as const
  }))
}

t.test('0012 keeps accounts and slips, and accounts are indexed again', async t => {
  const db = await openBefore(t, '0012')
  await loadReferenceData(db, metropolia, testStart)
  await sql.raw(filledVersion11).execute(db)
  const before = await readEveryTable(db)
  await migrate(db)
  const after = new Map(await readEveryTable(db))
  for (const [table, rows] of before) t.ok(isKept(table, rows, after.get(table)), table)

  t.strictSame((await sql`select username, latin_name, name_keys, index_version from accounts order by username`.execute(db)).rows, [
    { username: 'erased:00000000-0000-4000-8000-000000000003', latin_name: null, name_keys: [], index_version: 0 },
    { username: 'makinen', latin_name: null, name_keys: [], index_version: 0 },
    { username: 'testova', latin_name: null, name_keys: [], index_version: 0 },
  ])
  t.equal(await reindexAccounts(db, testStart), 2, 'indexes all but the erased account')
  t.strictSame((await sql`select word from account_words join accounts on accounts.id = account_id where username = 'makinen' order by word`.execute(db)).rows, [{ word: 'eero' }, { word: 'eeromakinen' }, { word: 'maekinen' }, { word: 'makinen' }])
  t.strictSame((await sql`select updated_at, name_keys from accounts where username = 'makinen'`.execute(db)).rows, [{ updated_at: new Date('2026-01-01T00:00:00Z'), name_keys: ['kmnnr'] }])
  t.equal(await reindexAccounts(db, testStart), 0)
  t.equal(await verifyAccounts(db), undefined, 'what was migrated and indexed is bound')
})

/** Two accounts and an erased one, a slip with its steps and texts: rows as version 11 has them. */
const filledVersion11 = `
insert into staff (id, login, name, password_hash, roles, created_at) values ('00000000-0000-4000-8000-00000000000a', 'agent', 'Aino Agent', 'x', '{agent}', '2026-01-01Z');
insert into staff_service_points values ('00000000-0000-4000-8000-00000000000a', 'helpdesk-karamalmi');
insert into accounts (id, username, display_name, folded_name, affiliation, status, preferred_language, gone_at, erased_at, updated_at) values
  ('00000000-0000-4000-8000-000000000001', 'makinen', 'Eero Mäkinen', 'eero makinen', 'student', 'active', 'fi', null, null, '2026-01-01Z'),
  ('00000000-0000-4000-8000-000000000002', 'testova', 'Ольга Тестова', 'ольга тестова', 'student', 'active', 'fi', null, null, '2026-01-01Z'),
  ('00000000-0000-4000-8000-000000000003', 'erased:00000000-0000-4000-8000-000000000003', '(erased)', '', 'student', 'locked', 'fi', '2026-01-01Z', '2026-01-01Z', '2026-01-01Z');
insert into account_words values ('eero', ' eero makinen', '00000000-0000-4000-8000-000000000001'), ('makinen', ' eero makinen', '00000000-0000-4000-8000-000000000001');
insert into account_word_pairs values ('eero', 'makinen', ' eero makinen', '00000000-0000-4000-8000-000000000001');
insert into slips (id, number, account_id, channel, state, code_hmac, code_key_id, language, request_reference, issued_at, issued_by, service_point_id, expires_at, ceiling_at)
  values ('00000000-0000-4000-8000-0000000000b1', '222-222-222', '00000000-0000-4000-8000-000000000001', 'registered-letter', 'prepared', decode(repeat('00', 32), 'hex'), 'k', 'fi', 'REQ-1', '2026-01-01Z',
    '00000000-0000-4000-8000-00000000000a', 'helpdesk-karamalmi', '2026-02-01Z', '2026-03-01Z');
insert into deliveries (slip_id, channel, recipient, lines, postcode, town, country, envelope_at) values ('00000000-0000-4000-8000-0000000000b1', 'registered-letter', 'Eero Mäkinen', '{Katu 1}', '33100', 'Tampere', 'FI', 'office');
insert into slip_steps (slip_id, step, to_state, at, staff_id, service_point_id) values ('00000000-0000-4000-8000-0000000000b1', 'issue', 'prepared', '2026-01-01Z', '00000000-0000-4000-8000-00000000000a', 'helpdesk-karamalmi');
insert into audit_events (id, at, kind, actor, slip, account, facts) values ('00000000-0000-4000-8000-0000000000e1', '2026-01-01Z', 'slip-issued', 'staff:00000000-0000-4000-8000-00000000000a', '222-222-222', '00000000-0000-4000-8000-000000000001', '{}');
insert into audit_texts values ('00000000-0000-4000-8000-0000000000e1', 'recipient', decode(repeat('00', 32), 'hex'), 'Eero Mäkinen');`
