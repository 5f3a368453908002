/**
 * Codes of slips from before migration 0016. Their HMAC does not cover the slip, so only the event of the migration binds
 * them: it has a digest over all slips that were open then, and one over those that had ended. CONTRIBUTING.md says when
 * this file goes.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../database/schema.js'

/** The schemes from before, by their names in the event's facts: open slips, whose codes are accepted, and ended ones. */
const earlierSchemes = { open: 1, ended: 0 } as const
type EarlierSlips = keyof typeof earlierSchemes

/** True when the slips of this scheme are, unchanged, those that the migration recorded. */
export async function areEarlierCodesUnchanged (db: Kysely<Database>, slips: EarlierSlips): Promise<boolean> {
  const { rows } = await sql<{ unchanged: boolean }>`
    select ${digestCodesSql(earlierSchemes[slips])} is not distinct from coalesce((
      select facts -> ${slips} ->> 'digest' from audit_events where kind = 'code-scheme-changed' order by sequence limit 1), ${digestCodesSql(null)}) as unchanged`.execute(db)
  return rows[0]!.unchanged
}

/** As in the migration; written out here, because a function in the database can be replaced there. Without a scheme: of no slips. */
function digestCodesSql (scheme: number | null): RawBuilder<string> {
  return sql`(select translate(rtrim(encode(sha256(convert_to(coalesce(string_agg(number || ':' || code_key_id || ':' || encode(code_hmac, 'hex'), chr(10) order by number collate "C"), ''), 'UTF8')), 'base64'), '='), '+/', '-_')
    from slips where code_scheme = ${scheme}::smallint)`
}
