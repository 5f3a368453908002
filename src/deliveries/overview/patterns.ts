/** Counts the slips with unusual patterns within a filter. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../database/schema.js'
import { type UnusualPattern, unusualPatterns } from '../../slips/rules/patterns.js'
import { facetCondition, periodCondition, type ResolvedFilter } from '../records/record-filter.js'

export interface PatternFigures {
  readonly pattern: UnusualPattern
  readonly count: number
  /** Newest first. */
  readonly newest: ReadonlyArray<{ readonly number: string, readonly issuedAt: Date, readonly issuedBy: string }>
}

interface NewestRow { readonly pattern: UnusualPattern, readonly count: number, readonly number: string, readonly issued_at: Date, readonly issued_by: string }

const EXAMPLES_PER_PATTERN = 3
/** A literal, so that the planner can use the partial index `delivery_records_patterns`. */
const facets = sql.raw(`'{${unusualPatterns.map(pattern => `pattern:${pattern}`).join(',')}}'::text[]`)

/** Counts the slips of each pattern within the filter, and reads the newest. Every pattern is in the result. The limit keeps the planner from reading all slips. */
export async function readPatterns (trx: Kysely<Database>, filter: ResolvedFilter, zone: string, now: Date): Promise<PatternFigures[]> {
  const { rows } = await sql<NewestRow>`with found as materialized (
      select record.slip_id, record.issued_at, record.number, facet from delivery_records as record cross join lateral unnest(record.facets) as facet
      where record.facets && ${facets} and facet = any(${facets}) and ${periodCondition(filter, zone)} and ${facetCondition(filter, now)}),
    ranked as (select *, count(*) over (partition by facet) as count, row_number() over (partition by facet order by issued_at desc, number desc) as place from found),
    newest as materialized (select * from ranked where place <= ${sql.lit(EXAMPLES_PER_PATTERN)} order by facet, place limit ${sql.lit(EXAMPLES_PER_PATTERN * unusualPatterns.length)})
    select substr(facet, length('pattern:') + 1) as pattern, count, newest.number, newest.issued_at, staff.name as issued_by
    from newest join slips on slips.id = slip_id join staff on staff.id = slips.issued_by order by facet, place`.execute(trx)
  return unusualPatterns.map(pattern => {
    const own = rows.filter(row => row.pattern === pattern)
    return { pattern, count: own[0]?.count ?? 0, newest: own.map(row => ({ number: row.number, issuedAt: row.issued_at, issuedBy: row.issued_by })) }
  })
}
