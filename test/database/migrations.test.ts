import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { migrate, listPendingMigrations, createMigrationProvider } from '../../src/database/migrations.js'
import { projectRoot } from '../../src/paths.js'
import { openTestDatabase } from '../helpers/database.js'
import { startCommand } from '../helpers/processes.js'

const folder = new URL('migrations/', projectRoot)

t.test('a migration that fails leaves the schema as it was, also what went well before it', async t => {
  const { db } = await openTestDatabase(t)
  const schema = async () => (await sql`select table_name, column_name from information_schema.columns where table_schema = 'public' order by 1, 2`.execute(db)).rows
  const before = await schema()
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  const files: Record<string, string> = Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(new URL(name, folder), 'utf8')])))
  const broken = new URL(`file://${t.testdir({ ...files, '0900-good.sql': 'create table good (id int);', '0901-bad.sql': 'create table bad (id int); alter table nowhere add column x int;' })}/`)
  await t.rejects(migrate(db, createMigrationProvider(broken)), { code: '42P01', message: /nowhere/ })
  t.strictSame(await schema(), before)
  t.strictSame(await listPendingMigrations(db), [])
  t.strictSame(await migrate(db), [], 'and the real ones are all there')
})

t.test('migrations are numbered without a gap, so that their order is plain', async t => {
  const names = (await readdir(folder)).sort()
  names.forEach((name, i) => t.match(name, new RegExp(`^${String(i + 1).padStart(4, '0')}-[a-z-]+\\.sql$`)))
})

const postgresUrl = process.env['DATABASE_URL']

t.test('`migrate` on a database where something is in the way ends with 1, says what, and changes nothing', { skip: postgresUrl === undefined && 'needs DATABASE_URL' }, async t => {
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
