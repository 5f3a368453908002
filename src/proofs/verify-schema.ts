/**
 * Compares the functions and triggers of the schema with the migrations. The triggers refuse changes of what happened, and
 * the verification uses some of the functions, so one that was replaced or turned off would let a change pass.
 */
import { type Kysely, sql } from 'kysely'
import { readSchemaObjects, type SchemaTrigger } from '../database/schema-objects.js'
import type { Database } from '../database/schema.js'
import type { TableDifference } from './table-difference.js'

export async function verifySchema (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const expected = await readSchemaObjects()
  return await findSchemaBeforePublic(db) ?? await findDifferentFunction(db, expected.functions) ?? await findDifferentTrigger(db, expected.triggers)
}

/** Finds a schema that PostgreSQL searches before `public`: its tables and functions would be used instead of those that are compared. */
async function findSchemaBeforePublic (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows: [found] } = await sql<{ name: string }>`
    select name from unnest(current_schemas(false)) with ordinality as searched (name, place)
    where name not in ('pg_catalog', 'public') and place < coalesce(array_position(current_schemas(false), 'public'), place + 1) order by place limit 1`.execute(db)
  return found && { table: 'pg_namespace', row: found.name, kind: 'added' }
}

/** Compares the functions of the schema `public`, except those of extensions. A function with another body, or a second one with the same name, is an altered one. */
async function findDifferentFunction (db: Kysely<Database>, expected: ReadonlyMap<string, string>): Promise<TableDifference | undefined> {
  const { rows } = await sql<{ name: string, body: string }>`
    select proname as name, prosrc as body from pg_proc where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = pg_proc.oid and classid = 'pg_proc'::regclass and deptype = 'e') order by proname, oid`.execute(db)
  for (const name of new Set([...expected.keys(), ...rows.map(row => row.name)])) {
    const bodies = rows.filter(row => row.name === name).map(({ body }) => body)
    if (bodies.length === 0) return { table: 'pg_proc', row: name, kind: 'removed' }
    if (!expected.has(name)) return { table: 'pg_proc', row: name, kind: 'added' }
    if (bodies.length > 1 || bodies[0] !== expected.get(name)) return { table: 'pg_proc', row: name, column: 'prosrc', kind: 'altered' }
  }
  return undefined
}

async function findDifferentTrigger (db: Kysely<Database>, expected: readonly SchemaTrigger[]): Promise<TableDifference | undefined> {
  const { rows } = await sql<{ place: string, called: string, enabled: string }>`
    select relname || '.' || tgname as place, proname as called, tgenabled as enabled
    from pg_trigger join pg_class on pg_class.oid = tgrelid join pg_proc on pg_proc.oid = tgfoid where not tgisinternal and relnamespace = 'public'::regnamespace`.execute(db)
  const actual = new Map(rows.map(row => [row.place, row]))
  const wanted = new Map(expected.map(trigger => [`${trigger.table}.${trigger.name}`, trigger]))
  for (const [row, trigger] of wanted) {
    const found = actual.get(row)
    if (found === undefined) return { table: 'pg_trigger', row, kind: 'removed' }
    if (found.called !== trigger.function) return { table: 'pg_trigger', row, column: 'tgfoid', kind: 'altered' }
    if (found.enabled !== (trigger.isAlways ? 'A' : 'O')) return { table: 'pg_trigger', row, column: 'tgenabled', kind: 'altered' }
  }
  const added = [...actual.keys()].find(row => !wanted.has(row))
  return added === undefined ? undefined : { table: 'pg_trigger', row: added, kind: 'added' }
}
