/** What both ways through the index share: the question, the page, and what is asked of a candidate's line. */
import { sql, type Expression, type SqlBool } from 'kysely'
import { encodeCursor } from '../http/cursor.js'
import type { Account } from './queries.js'
import { buildLinePatterns } from './search-terms.js'

/** Sorts before every account's id. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000'

export interface ResolvedSearch {
  readonly terms: readonly string[]
  /** The name of this search's list, for its cursors. */
  readonly cursorScope: string
  readonly cursor: string | undefined
  readonly limit: number
  /** The id of the account that stands before all others already. */
  readonly excludedId: string
}

export interface SearchPage {
  readonly items: Account[]
  readonly next: string | undefined
}

/**
 * @param rows one more than the limit, where there are as many
 * @param lastCandidate the key of the last entry looked at; undefined when none is left
 */
export async function toSearchPage<Row extends Account, Key> (
  search: ResolvedSearch, rows: readonly Row[], start: Key, keyOf: (row: Row) => Key, lastCandidate: () => Promise<Key | undefined>
): Promise<SearchPage> {
  const last = rows[search.limit - 1]
  const key = rows.length <= search.limit ? await lastCandidate() : last === undefined ? start : keyOf(last)
  return { items: rows.slice(0, search.limit), next: key === undefined ? undefined : encodeCursor(search.cursorScope, key) }
}

/** The candidate's line has what the search asks, besides the words that lead. */
export function buildLineCondition (search: ResolvedSearch, leaders: readonly string[]): Expression<SqlBool> {
  const fits = buildLinePatterns(search.terms, leaders).map(patterns => sql`(${sql.join(patterns.map(pattern => sql`line like ${pattern}`), sql` or `)})`)
  return sql<boolean>`${sql.join([sql`account_id <> ${search.excludedId}::uuid`, ...fits], sql` and `)}`
}
