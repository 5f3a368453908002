/** `audit verify` notices a trigger that is turned off, and a function of the verification that is replaced. */
import { sql, type Kysely } from 'kysely'
import t from 'tap'
import type { Database } from '../../src/database/schema.js'
import { parseSchemaObjects, readSchemaObjects } from '../../src/database/schema-objects.js'
import { verifySchema } from '../../src/proofs/verify-schema.js'
import { openTestDatabase } from '../helpers/database.js'

const { db } = await openTestDatabase(t)

t.test('finds every function and trigger of the schema in the migrations', async t => {
  t.equal(await verifySchema(db), undefined)
  const { functions, triggers, views } = await readSchemaObjects()
  t.ok(functions.size >= 10 && triggers.length >= 25)
  t.strictSame([...views.keys()], ['delivery_records_afresh'])
})

t.test('reads the migrations in order: a trigger that was dropped may be created again', async t => {
  const create = (called: string) => `create trigger counts after insert on slips for each row execute function ${called} ();\n`
  const drop = 'drop trigger counts on slips;\n'
  t.strictSame(parseSchemaObjects(create('count_once') + drop).triggers, [])
  t.strictSame(parseSchemaObjects(create('count_once') + drop + create('count_all')).triggers, [{ table: 'slips', name: 'counts', function: 'count_all', isAlways: false }])
})

for (const [statement, difference] of [
  ['drop trigger audit_events_append_only on audit_events', { table: 'pg_trigger', row: 'audit_events.audit_events_append_only', kind: 'removed' }],
  ['alter table slip_steps disable trigger slip_steps_not_removed', { table: 'pg_trigger', row: 'slip_steps.slip_steps_not_removed', column: 'tgenabled', kind: 'altered' }],
  ['alter table slips enable trigger slips_transition', { table: 'pg_trigger', row: 'slips.slips_transition', column: 'tgenabled', kind: 'altered' }],
  ['create trigger quiet before insert on audit_events for each row execute function refuse_change()', { table: 'pg_trigger', row: 'audit_events.quiet', kind: 'added' }],
  ["create or replace function account_column_mark (salt uuid, name text, value text) returns bytea language sql stable as $$ select '\\x000000'::bytea $$", { table: 'pg_proc', row: 'account_column_mark', column: 'prosrc', kind: 'altered' }],
  ["create function refuse_change(anything text) returns text language sql as $$ select '' $$", { table: 'pg_proc', row: 'refuse_change', column: 'prosrc', kind: 'altered' }],
  ["create function sha256(anything text) returns text language sql as $$ select '' $$", { table: 'pg_proc', row: 'sha256', kind: 'added' }],
  ['create schema nearer; set local search_path = nearer, public', { table: 'pg_namespace', row: 'nearer', kind: 'added' }],
  ['drop function account_digest', { table: 'pg_proc', row: 'account_digest', kind: 'removed' }],
] as const) {
  t.test(`names what differs after: ${statement.slice(0, 70)}`, async t => {
    t.strictSame(await afterwards(statement), difference)
  })
}

t.test('accepts schemas that are searched after public, and PostgreSQL’s own', async t => {
  t.equal(await afterwards('create schema farther; set local search_path = pg_catalog, public, farther'), undefined)
})

async function afterwards (statement: string) {
  let found: Awaited<ReturnType<typeof verifySchema>>
  await db.transaction().execute(async (trx: Kysely<Database>) => {
    await sql.raw(statement).execute(trx)
    found = await verifySchema(trx)
    throw new Error('rolled back on purpose')
  }).catch((error: Error) => { if (error.message !== 'rolled back on purpose') throw error })
  return found
}
