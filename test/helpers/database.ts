/**
 * Opens a fresh database for one test file: a copy of a template with the schema and the demo institution's
 * reference data. It is embedded by default; with DATABASE_URL it is a new database on that PostgreSQL.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import type { Test } from 'tap'
import { loadReferenceData } from '../../src/bootstrap.js'
import { connect, type Connection } from '../../src/database/connection.js'
import { migrate } from '../../src/database/migrations.js'
import type { Database } from '../../src/database/schema.js'
import { demoAccounts } from '../../src/demo/accounts.js'
import { DEMO_IDENTITY_TOKEN, loadDemoData } from '../../src/demo/demo-data.js'
import { demoStaff } from '../../src/demo/staff.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { projectRoot } from './project-root.js'

/** The time at which tests start: Thursday, 9:30 in Helsinki. */
export const testStart = new Date('2026-11-19T07:30:00Z')

const postgresUrl = process.env['DATABASE_URL']

/** The contents of the template: the schema only, with an empty log, or also reference data, or also the demo institution's people. */
type TemplateContents = 'schema' | 'reference' | 'people'

/** Opens a fresh database and closes (and drops) it when the test ends. */
export async function openTestDatabase (t: Test, contents: TemplateContents = 'reference'): Promise<Connection> {
  return postgresUrl === undefined ? await openEmbedded(t, contents) : await openPostgres(t, postgresUrl, contents)
}

async function openEmbedded (t: Test, contents: TemplateContents): Promise<Connection> {
  const connection = await connect({ opened: await openCopy(await requireEmbeddedTemplate(contents)) })
  t.teardown(async () => await connection.close())
  return connection
}

/** Shared by all embedded databases of this process. */
const shared: { program?: Promise<{ pgliteWasmModule: object, fsBundle: Blob }>, templates: Partial<Record<TemplateContents, Promise<Blob>>> } = { templates: {} }

async function openCopy (template: Blob): Promise<PGlite> {
  shared.program ??= loadEmbeddedProgram()
  return await PGlite.create({ ...await shared.program, loadDataDir: template, startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'] })
}

// Node 20 has WebAssembly, but its types lack it.
declare const WebAssembly: { compile (code: Uint8Array): Promise<object> }

/** Reads and compiles the embedded PostgreSQL once. PGlite alone would do it for each database. */
async function loadEmbeddedProgram () {
  const folder = import.meta.resolve('@electric-sql/pglite')
  const [code, files] = await Promise.all(['pglite.wasm', 'pglite.data'].map(async name => await readFile(new URL(name, folder))))
  return { pgliteWasmModule: await WebAssembly.compile(code!), fsBundle: new Blob([files!]) }
}

/** Reads the template from a file, or creates the file. A suite of several processes first calls it for `people`. */
export async function requireEmbeddedTemplate (contents: TemplateContents): Promise<Blob> {
  shared.templates[contents] ??= readOrCreateEmbeddedTemplate(contents)
  return await shared.templates[contents]
}

async function readOrCreateEmbeddedTemplate (contents: TemplateContents): Promise<Blob> {
  const folder = new URL('.tap/template/', projectRoot)
  const file = new URL(`${await buildTemplateName(contents)}.tar`, folder)
  const made = await readFile(file).catch(() => undefined)
  if (made !== undefined) return new Blob([new Uint8Array(made)])
  const embedded = contents === 'schema' ? await PGlite.create() : await openCopy(await requireEmbeddedTemplate(contents === 'people' ? 'reference' : 'schema'))
  const connection = await connect({ opened: embedded })
  await fillTemplate(connection, contents)
  if (contents === 'schema') await dropClusterTemplates(embedded)
  const image = await embedded.dumpDataDir('none')
  await connection.close()
  await mkdir(folder, { recursive: true })
  const draft = new URL(`${file.href}.${process.pid}`)
  await writeFile(draft, Buffer.from(await image.arrayBuffer()))
  await rename(draft, file)
  return image
}

/** Drops the cluster's own templates. They are two thirds of the files, and every test would unpack them. */
async function dropClusterTemplates (embedded: PGlite): Promise<void> {
  await embedded.query('update pg_database set datistemplate = false')
  for (const unused of ['template0', 'template1']) await embedded.query(`drop database ${unused}`)
}

async function openPostgres (t: Test, url: string, contents: TemplateContents): Promise<Connection> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  const name = `slipdesk_test_${randomBytes(6).toString('hex')}`
  await admin.query('select pg_advisory_lock(7547)')
  await ensurePostgresTemplate(admin, url, contents)
  await admin.query(`create database ${name} template ${await buildTemplateName(contents)}`)
  await admin.query('select pg_advisory_unlock(7547)')
  const connection = await connect({ url: replaceDatabaseName(url, name) })
  t.teardown(async () => {
    await connection.close()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  })
  return connection
}

async function ensurePostgresTemplate (admin: pg.Client, url: string, contents: TemplateContents): Promise<void> {
  const name = await buildTemplateName(contents)
  const found = await admin.query('select 1 from pg_database where datname = $1', [name])
  if (found.rowCount === 1) return
  await admin.query(`create database ${name}_draft`)
  const connection = await connect({ url: replaceDatabaseName(url, `${name}_draft`) })
  await fillTemplate(connection, contents)
  await connection.close()
  await admin.query(`alter database ${name}_draft rename to ${name}`)
}

async function fillTemplate (connection: Connection, contents: TemplateContents): Promise<void> {
  await migrate(connection.db)
  if (contents !== 'schema') await loadReferenceData(connection.db, metropolia, testStart)
  if (contents === 'people') await loadDemoData(connection.db, testStart, createKeyRing([randomBytes(32)]))
}

/** Derives the template's name from its sources, so that a change of them creates a new template. */
async function buildTemplateName (contents: TemplateContents): Promise<string> {
  const folder = new URL('migrations/', projectRoot)
  const names = (await readdir(folder)).sort()
  const hash = createHash('sha256').update(JSON.stringify([contents, metropolia.servicePoints, contents === 'people' ? [demoAccounts, demoStaff, DEMO_IDENTITY_TOKEN] : []]))
  for (const name of names) hash.update(await readFile(new URL(name, folder)))
  for (const loader of ['demo/staff.js', 'demo/demo-data.js', 'staff/staff-events.js', 'staff/api-tokens.js']) hash.update(await readFile(new URL(`../../src/${loader}`, import.meta.url)))
  return `slipdesk_template_${hash.digest('hex').slice(0, 10)}`
}

/** Returns the address of another database on the same server. */
function replaceDatabaseName (url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.href
}

/**
 * Counts the connections to this test's database that wait for a lock. Other databases of the same server belong to
 * tests that run beside this one.
 */
export async function countLockWaits (db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
  return rows[0]!.count
}

/** Polls until the given number of connections wait for a lock. Throws after a minute. */
export async function untilLockWaits (db: Kysely<Database>, count: number): Promise<void> {
  const deadline = performance.now() + 60_000
  while (await countLockWaits(db) < count) {
    if (performance.now() > deadline) throw new Error(`fewer than ${count} connections waited for a lock`)
  }
}

/** Returns all values of all application tables as text, to search for forbidden data. Bytes are hex and Latin-1. */
export async function dumpAllTables (db: Kysely<Database>): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> 'postcodes'`.execute(db)
  const dumps = await Promise.all(tables.map(async ({ name }) => {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db)
    return JSON.stringify(rows, (_key, value: unknown) => isSerializedBuffer(value) ? [Buffer.from(value.data).toString('hex'), Buffer.from(value.data).toString('latin1')] : value)
  }))
  return dumps.join('\n')
}

function isSerializedBuffer (value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer'
}
