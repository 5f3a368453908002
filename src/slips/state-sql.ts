/** The state as of a moment, in SQL: the same as `stateAt`, for filters and lists. */
import { sql, type RawBuilder } from 'kysely'
import type { SlipState } from './life.js'

/** An open slip past its end is expired whatever its row says. Expects the table `slips` in the query. */
export function stateAtSql (now: Date): RawBuilder<SlipState> {
  return sql<SlipState>`case when slips.ended_at is null and slips.expires_at <= ${now} then 'expired' else slips.state end`
}
