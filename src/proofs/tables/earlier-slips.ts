/** Compares the slips from before migration 0022 with what it recorded of them, because their own events have less. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Database } from '../../database/schema.js'
import { type ColumnChecks, listCases } from '../compare-rows.js'
import type { TableDifference } from '../table-difference.js'

/** As in the migration; written out here, because a function in the database can be replaced there. */
function toIso (moment: string): RawBuilder<string> {
  return sql`to_char(${sql.ref(moment)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

/** Null where a later handover has set another end, which its own event records. */
const recordedEnd = sql`case when not exists (select from audit_events where slip = number and kind = 'slip-step' and facts ->> 'step' = 'hand-over' and audit_events.sequence > recorded_in) then logged ->> 'expiresAt' end`

const checks: ColumnChecks = {
  'slips.expires_at': sql`stored ->> 'expiresAt' <> ${recordedEnd}`,
  'slips.ceiling_at': sql`stored ->> 'ceilingAt' <> logged ->> 'ceilingAt'`,
  'slips.language': sql`stored ->> 'language' <> logged ->> 'language'`,
  'slips.replaces': sql`jsonb_typeof(logged) = 'object' and stored ->> 'replaces' is distinct from logged ->> 'replaces'`,
  'deliveries.collect_by': sql`jsonb_typeof(logged) = 'object' and stored ->> 'collectBy' is distinct from logged ->> 'collectBy'`,
  // A check that was made later is compared with its own event.
  'identity_checks.checked_at': sql`logged -> 'checks' <> 'null' and not stored -> 'checks' @> (logged -> 'checks')`,
  'slips.expires_at, ceiling_at, language, replaces, deliveries.collect_by or identity_checks.checked_at, birth_date_matches': sql`jsonb_typeof(logged) = 'string'
    and logged #>> '{}' <> encode(substring(sha256(convert_to(number || stored::text, 'UTF8')) from 1 for 12), 'base64')`,
}

/** Finds the first slip that differs. Of a slip that had ended by then there is one digest, so all its columns are named. */
export async function verifyEarlierSlips (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows } = await sql<{ number: string, place: string }>`
    select number, place from (select number, case ${listCases(checks)} end as place from (
      select number, logged, recorded_in, jsonb_build_object('expiresAt', ${toIso('expires_at')}, 'ceilingAt', ${toIso('ceiling_at')}, 'language', language,
        'replaces', (select number from slips as replaced where replaced.id = slips.replaces), 'collectBy', ${toIso('collect_by')},
        'checks', (select jsonb_object_agg(identity_checks.id, jsonb_build_array(birth_date_matches, ${toIso('checked_at')})) from identity_checks where identity_checks.slip_id = slips.id)) as stored
      from (select audit_events.sequence as recorded_in, key as number, value as logged from audit_events cross join jsonb_each(facts -> 'rows') where kind = 'rows-recorded' and facts ->> 'table' = 'slips') as recorded
        join slips using (number) join deliveries on deliveries.slip_id = slips.id) as compared) as differences
    where place is not null order by number limit 1`.execute(db)
  const found = rows[0]
  if (found === undefined) return undefined
  const [table = '', column] = /^(\w+)\.(.*)$/.exec(found.place)?.slice(1) ?? []
  return { table, row: found.number, column, kind: 'altered' }
}
