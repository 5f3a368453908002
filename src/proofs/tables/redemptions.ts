/** Compares redemptions and counted wrong codes with their events. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { findRowDifference } from '../compare-rows.js'
import type { TableDifference } from '../table-difference.js'

const loggedToken = sql`coalesce(substring(actor from '^identity-system:(.*)$'), facts ->> 'token')`

/** The outcome that each kind of event records; `redemption-reserved` records none. */
const outcome = sql`case kind when 'slip-redeemed' then 'redeemed' when 'redemption-released' then 'released' when 'redemption-refused' then 'refused' when 'redemption-unfinished' then 'unfinished' end`

/** A reservation that ended by the clock has ended at its limit, not when that was recorded. */
const loggedEnd = sql`case when actor = 'system' then (facts ->> 'confirmBy')::timestamptz when kind <> 'redemption-reserved' then at end`

/** The events of reservations. Earlier ones lack its id: slip, outcome, end and token identify it. */
const reservationEvents = sql`events as materialized (
  select facts ->> 'reservation' as reservation, slip, ${outcome} as outcome, ${loggedEnd} as ended_at, ${loggedToken} as token, facts
  from audit_events where kind in ('slip-redeemed', 'redemption-reserved', 'redemption-released', 'redemption-unfinished', 'redemption-refused')
    and (facts ? 'reservation' or kind in ('slip-redeemed', 'redemption-released') or (kind = 'redemption-unfinished' and not facts ? 'passwordSet') or (kind = 'redemption-refused' and facts ? 'state')))`

/** Redemptions that only an event without the reservation's id records. */
const isEarlierRedemption = sql`exists (select from events where reservation is null and events.slip = number and events.outcome = redemptions.outcome
  and events.ended_at = redemptions.ended_at and events.token is not distinct from redemptions.token_id::text)`

/** Compares the reservations. One that its caller confirms immediately is recorded only when it ends, within five minutes. */
export async function verifyRedemptions (db: Kysely<Database>): Promise<TableDifference | undefined> {
  return await findRowDifference(db, {
    table: 'redemptions',
    with: reservationEvents,
    stored: sql`
      select redemptions.id::text as key, number, redemptions.* from redemptions left join slips on slips.id = slip_id
      where redemptions.id::text in (select reservation from events) or (redemptions.ended_at is not null and not ${isEarlierRedemption})`,
    logged: sql`
      select reservation as key, max(slip) as slip, max(token) as token, max(facts ->> 'reservedAt')::timestamptz as reserved_at, max(facts ->> 'confirmBy')::timestamptz as confirm_by,
        max(ended_at) as ended_at, max(outcome) as outcome
      from events where reservation is not null group by reservation
      union all
      select 'before ' || slip, slip, token, null, null, ended_at, outcome from events where reservation is null and outcome is not null
        and not exists (select from redemptions join slips on slips.id = slip_id where number = events.slip and redemptions.outcome = events.outcome
          and redemptions.ended_at = events.ended_at and token_id::text is not distinct from events.token)`,
    row: sql`coalesce(stored.number, logged.slip)`,
    checks: {
      slip_id: sql`stored.number is distinct from logged.slip`,
      token_id: sql`stored.token_id::text is distinct from logged.token`,
      reserved_at: sql`stored.reserved_at is distinct from logged.reserved_at`,
      confirm_by: sql`stored.confirm_by is distinct from logged.confirm_by`,
      outcome: sql`stored.outcome is distinct from logged.outcome`,
      ended_at: sql`stored.ended_at is distinct from logged.ended_at`,
    },
  })
}

/**
 * Compares the wrong codes of open slips, by which attempts wait and a slip is locked. The counts of ended slips are
 * deleted. A wait of a slip from before migration 0016 may have no event: it has long ended.
 */
export async function verifyCodeTries (db: Kysely<Database>): Promise<TableDifference | undefined> {
  return await findRowDifference(db, {
    table: 'code_tries',
    stored: sql`select number as key, tries, waits_until, code_scheme from code_tries join slips on slips.id = key where ended_at is null and (tries > 0 or waits_until is not null)`,
    logged: sql`
      select slip as key, max((facts ->> 'tries')::int) as tries, (array_agg(facts ->> 'waitsUntil' order by sequence desc) filter (where facts ? 'waitsUntil'))[1]::timestamptz as waits_until
      from audit_events join slips on number = slip and ended_at is null where kind = 'redemption-refused' and facts ? 'tries' group by slip`,
    checks: {
      tries: sql`stored.tries <> logged.tries`,
      waits_until: sql`stored.waits_until is distinct from logged.waits_until and (logged.waits_until is not null or stored.code_scheme = 2)`,
    },
  })
}
