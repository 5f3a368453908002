/** The generated part of docs/data-model.md: an ER diagram and one line for each table, read from the live schema. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../src/database/schema.js'

interface Relation { readonly name: string, readonly kind: 'table' | 'view', readonly comment: string | null }
interface Column { readonly table: string, readonly name: string, readonly type: string, readonly keys: readonly string[] }
interface Reference { readonly table: string, readonly target: string, readonly columns: string, readonly isUnique: boolean, readonly isOptional: boolean }

/**
 * Renders the diagram (key columns and foreign keys) and the list of tables.
 * @param db a database with the current schema
 */
export async function renderDataModel (db: Kysely<Database>): Promise<string> {
  const [relations, columns, references] = [await listRelations(db), await listKeyColumns(db), await listReferences(db)]
  const tables = relations.filter(relation => relation.kind === 'table')
  const entities = tables.flatMap(({ name }) => [
    `  ${name} {`,
    ...columns.filter(column => column.table === name).map(column => `    ${column.type} ${column.name} ${column.keys.join(', ')}`),
    '  }',
  ])
  const arrows = references.map(({ table, target, columns: names, isUnique, isOptional }) =>
    `  ${target} ${isOptional ? '|o' : '||'}--${isUnique ? 'o|' : 'o{'} ${table} : "${names}"`)
  return ['```mermaid', 'erDiagram', ...entities, ...arrows, '```', '', '| Table | A row is |', '|---|---|',
    ...relations.map(({ name, kind, comment }) => `| \`${name}\`${kind === 'view' ? ' (view)' : ''} | ${comment ?? ''} |`)].join('\n')
}

async function listRelations (db: Kysely<Database>): Promise<Relation[]> {
  const { rows } = await sql<Relation>`
    select relname as name, case relkind when 'v' then 'view' else 'table' end as kind, obj_description(oid, 'pg_class') as comment
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') and relname not like 'kysely\_%' order by relname`.execute(db)
  return rows
}

/** Lists the columns of primary, foreign and unique keys, in table order. */
async function listKeyColumns (db: Kysely<Database>): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select class.relname as table, attname as name, replace(format_type(atttypid, null), ' ', '_') as type,
      array_remove(array[case when bool_or(contype = 'p') then 'PK' end, case when bool_or(contype = 'f') then 'FK' end, case when bool_or(contype = 'u' and cardinality(conkey) = 1) then 'UK' end], null) as keys
    from pg_constraint join pg_class as class on class.oid = conrelid join pg_attribute on attrelid = conrelid and attnum = any(conkey)
    where connamespace = 'public'::regnamespace and contype in ('p', 'f', 'u') and class.relname not like 'kysely\_%'
    group by class.relname, attname, attnum, atttypid order by class.relname, attnum`.execute(db)
  return rows
}

async function listReferences (db: Kysely<Database>): Promise<Reference[]> {
  const { rows } = await sql<Reference>`
    select class.relname as table, target.relname as target,
      (select string_agg(attname, ', ' order by array_position(conkey, attnum)) from pg_attribute where attrelid = conrelid and attnum = any(conkey)) as columns,
      exists (select from pg_constraint as key where key.conrelid = reference.conrelid and key.contype in ('p', 'u') and key.conkey <@ reference.conkey) as "isUnique",
      exists (select from pg_attribute where attrelid = conrelid and attnum = any(conkey) and not attnotnull) as "isOptional"
    from pg_constraint as reference join pg_class as class on class.oid = conrelid join pg_class as target on target.oid = confrelid
    where connamespace = 'public'::regnamespace and contype = 'f' order by target.relname, class.relname, 3`.execute(db)
  return rows
}
