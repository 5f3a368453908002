/** Reads from the migrations which functions, triggers and views the schema has, so that changed ones can be recognised. */
import { readdir, readFile } from 'node:fs/promises'
import { migrationsFolder } from './migrations.js'

export interface SchemaTrigger {
  readonly table: string
  readonly name: string
  readonly function: string
  /** True for a trigger that also fires where replication has turned the others off. */
  readonly isAlways: boolean
}

export interface SchemaObjects {
  /** The body of each function by its name, exactly as PostgreSQL stores it. */
  readonly functions: ReadonlyMap<string, string>
  readonly triggers: readonly SchemaTrigger[]
  /** The query of each view by its name. */
  readonly views: ReadonlyMap<string, string>
}

/** Reads all migrations in order; a later definition of a name replaces an earlier one. Objects of `pg_temp` are gone after their migration. */
export async function readSchemaObjects (): Promise<SchemaObjects> {
  const names = (await readdir(migrationsFolder)).filter(name => name.endsWith('.sql')).sort()
  const files = await Promise.all(names.map(async name => await readFile(new URL(name, migrationsFolder), 'utf8')))
  return parseSchemaObjects(files.join('\n'))
}

/** Parses the statements of the migrations. They are written in one style, and a test compares the result with a real schema. */
export function parseSchemaObjects (text: string): SchemaObjects {
  const always = new Set([...text.matchAll(/^alter table (\w+) enable always trigger (\w+);/gm)].map(([, table, name]) => `${table}.${name}`))
  const functions = [...text.matchAll(/^create (?:or replace )?function (\w+) ?\([^$]*\$\$([\s\S]*?)\$\$;/gm)]
  const dropped = new Map([...text.matchAll(/^drop trigger (\w+) on (\w+);/gm)].map(({ 1: name, 2: table, index }) => [`${table}.${name}`, index]))
  const triggers = [...text.matchAll(/^create (?:constraint )?trigger (\w+)\s+(?:before|after)[^;]*? on (\w+)\s[^;]*?execute function (\w+)\s?\(\)/gm)]
  const views = [...text.matchAll(/^create (?:or replace )?view (\w+) as\s([^;]*);/gm)]
  return {
    functions: new Map(functions.map(([, name, body]) => [name!, body!])),
    triggers: triggers
      .filter(({ 1: name, 2: table, index }) => index > (dropped.get(`${table}.${name}`) ?? -1))
      .map(([, name, table, called]) => ({ table: table!, name: name!, function: called!, isAlways: always.has(`${table}.${name}`) })),
    views: new Map(views.map(([, name, query]) => [name!, query!])),
  }
}
