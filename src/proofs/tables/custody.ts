/** Compares batches of envelopes, counts at porter desks and alerts about codes with their events. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { findRowDifference } from '../compare-rows.js'
import type { TableDifference } from '../table-difference.js'

const loggedStaff = sql`substring(actor from '^staff:(.*)$')`

export async function verifyDispatches (db: Kysely<Database>): Promise<TableDifference | undefined> {
  return await findRowDifference(db, {
    table: 'dispatches',
    stored: sql`select id::text as key, * from dispatches`,
    logged: sql`select facts ->> 'dispatch' as key, facts ->> 'porterDesk' as desk, service_point, at, ${loggedStaff} as staff from audit_events where kind = 'envelopes-dispatched'`,
    checks: {
      porter_service_point_id: sql`stored.porter_service_point_id is distinct from logged.desk`,
      service_point_id: sql`stored.service_point_id is distinct from logged.service_point`,
      dispatched_at: sql`stored.dispatched_at is distinct from logged.at`,
      dispatched_by: sql`stored.dispatched_by::text is distinct from logged.staff`,
    },
  })
}

/** Compares the batch of each envelope. An envelope that was sent alone has none. */
export async function verifyDispatchOfEnvelopes (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const difference = await findRowDifference(db, {
    table: 'deliveries',
    stored: sql`select number as key, dispatch_id from deliveries join slips on slips.id = slip_id where dispatch_id is not null`,
    logged: sql`select jsonb_array_elements_text(facts -> 'numbers') as key, facts ->> 'dispatch' as dispatch from audit_events where kind = 'envelopes-dispatched'`,
    checks: { dispatch_id: sql`stored.dispatch_id::text is distinct from logged.dispatch` },
  })
  return difference && { ...difference, kind: 'altered', column: 'dispatch_id' }
}

/** Compares the counts. Earlier events lack the count's id: desk, time and porter identify it. */
export async function verifyEnvelopeCounts (db: Kysely<Database>): Promise<TableDifference | undefined> {
  return await findRowDifference(db, {
    table: 'envelope_counts',
    stored: sql`select id::text as key, * from envelope_counts`,
    logged: sql`
      select coalesce(facts ->> 'countId', (select counts.id::text from envelope_counts as counts where service_point_id = service_point and counted_at = at and counted_by::text = ${loggedStaff} limit 1), id::text) as key,
        service_point, at, ${loggedStaff} as staff, facts
      from audit_events where kind = 'envelopes-counted'`,
    checks: {
      service_point_id: sql`stored.service_point_id is distinct from logged.service_point`,
      counted_at: sql`stored.counted_at is distinct from logged.at`,
      counted_by: sql`stored.counted_by::text is distinct from logged.staff`,
      counted: sql`to_jsonb(stored.counted) is distinct from logged.facts -> 'counted'`,
      expected: sql`to_jsonb(stored.expected) is distinct from logged.facts -> 'expected'`,
      missing: sql`to_jsonb(stored.missing) is distinct from logged.facts -> 'missing'`,
      unexpected: sql`to_jsonb(stored.unexpected) is distinct from logged.facts -> 'unexpected'`,
    },
  })
}

/**
 * Compares the alerts. The events of a slip are counted until one settles the alert; the next attempt begins another, so
 * the alerts of a slip are paired in their order.
 */
export async function verifyCodeAlerts (db: Kysely<Database>): Promise<TableDifference | undefined> {
  return await findRowDifference(db, {
    table: 'code_alerts',
    row: sql`coalesce(stored.number, logged.slip)`,
    stored: sql`
      select number || ' ' || row_number() over (partition by slip_id order by first_at, settled_at nulls last) as key, number, code_alerts.*
      from code_alerts left join slips on slips.id = slip_id`,
    logged: sql`
      select slip || ' ' || alert + 1 as key, slip, min(at) filter (where kind = 'code-tried-while-dead') as first_at, max(at) filter (where kind = 'code-tried-while-dead') as last_at,
        count(*) filter (where kind = 'code-tried-while-dead') as tries, (array_agg(facts ->> 'state' order by sequence))[1] as state,
        max(at) filter (where kind = 'code-alert-settled') as settled_at, max(${loggedStaff}) filter (where kind = 'code-alert-settled') as settled_by
      from (select *, count(*) filter (where kind = 'code-alert-settled') over (partition by slip order by sequence rows between unbounded preceding and 1 preceding) as alert
        from audit_events where kind in ('code-tried-while-dead', 'code-alert-settled')) as events
      group by slip, alert`,
    checks: {
      slip_state: sql`stored.slip_state is distinct from logged.state`,
      first_at: sql`stored.first_at is distinct from logged.first_at`,
      last_at: sql`stored.last_at is distinct from logged.last_at`,
      tries: sql`stored.tries is distinct from logged.tries`,
      settled_at: sql`stored.settled_at is distinct from logged.settled_at`,
      settled_by: sql`stored.settled_by::text is distinct from logged.settled_by`,
    },
  })
}
