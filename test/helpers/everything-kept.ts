/** Everything that the database keeps, as text, to be searched for what must not be there. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../src/database/schema.js'

/** Every value of every table of ours, as text; bytes as hex and as they are. */
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
