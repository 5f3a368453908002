/** Compares the rows of one table with the rows that events say it has. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Database } from '../database/schema.js'
import type { TableDifference } from './table-difference.js'

/** For each column, an SQL condition that is true when it differs. The first one that differs is reported. */
export type ColumnChecks = Readonly<Record<string, RawBuilder<unknown>>>

/** Builds the SQL cases that name the first differing column. */
export function listCases (checks: ColumnChecks, columnPrefix: RawBuilder<unknown> = sql`''`): RawBuilder<unknown> {
  return sql.join(Object.entries(checks).map(([column, differs]) => sql`when ${differs} then ${columnPrefix} || ${sql.lit(column)}`), sql` `)
}

export interface RowComparison {
  readonly table: string
  /** Queries that `stored` and `logged` read by name, such as `events as materialized (select …)`. */
  readonly with?: RawBuilder<unknown>
  /** Queries with a column `key` that pairs their rows. Checks name them `stored` and `logged`. */
  readonly stored: RawBuilder<unknown>
  readonly logged: RawBuilder<unknown>
  readonly checks: ColumnChecks
  /** What identifies the row to a reader; by default its key. */
  readonly row?: RawBuilder<unknown>
}

/** Finds the first row that differs, was added or was removed, in the order of the keys. */
export async function findRowDifference (db: Kysely<Database>, { table, with: queries, stored, logged, checks, row = sql`coalesce(stored.key, logged.key)` }: RowComparison): Promise<TableDifference | undefined> {
  const { rows } = await sql<{ row: string, kind: TableDifference['kind'], column: string | null }>`
    ${queries === undefined ? sql`` : sql`with ${queries}`} select row, kind, case kind when 'altered' then place end as column from (
      select coalesce(stored.key, logged.key) as key, ${row} as row, case when stored.key is null then 'removed' when logged.key is null then 'added' else 'altered' end as kind,
        case when stored.key is null or logged.key is null then 'row' ${listCases(checks)} end as place
      from (${stored}) as stored full join (${logged}) as logged on stored.key = logged.key
    ) as differences where place is not null order by key limit 1`.execute(db)
  const found = rows[0]
  return found && { table, row: found.row, kind: found.kind, ...found.column === null ? {} : { column: found.column } }
}
