/** Compares the requests for a second administrator's confirmation with the events of what was requested and decided. */
import type { Kysely, Selectable } from 'kysely'
import type { AuditEventsTable } from '../database/row-types.js'
import type { ConfirmationRequestsTable } from '../database/staff-row-types.js'
import type { Database } from '../database/schema.js'
import { digestRequest } from '../staff/confirmations/request-store.js'
import type { TableDifference } from './table-difference.js'

type RequestRow = Selectable<ConfirmationRequestsTable>
type RequestEvent = Pick<Selectable<AuditEventsTable>, 'id' | 'at' | 'kind' | 'actor' | 'account' | 'facts'>

const table = 'confirmation_requests'

/** Names the first request that differs. There are few, so they are compared in memory. */
export async function verifyConfirmations (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const rows = await db.selectFrom('confirmation_requests').selectAll().orderBy('requested_at').orderBy('id').execute()
  const events = await db.selectFrom('audit_events').select(['id', 'at', 'kind', 'actor', 'account', 'facts'])
    .where('kind', 'in', ['confirmation-requested', 'confirmation-confirmed', 'confirmation-declined', 'confirmation-withdrawn', 'confirmation-expired'])
    .orderBy('sequence').execute()
  const requested = new Map<unknown, RequestEvent>()
  const decided = new Map<unknown, RequestEvent>()
  for (const event of events) {
    const byRequest = event.kind === 'confirmation-requested' ? requested : decided
    // The first counts: an event that is written later changes nothing.
    if (!byRequest.has(event.facts['request'])) byRequest.set(event.facts['request'], event)
  }
  for (const row of rows) {
    const event = requested.get(row.id)
    if (event === undefined) return { table, row: row.id, kind: 'added' }
    const column = findAlteredColumn(row, event, decided.get(row.id))
    if (column !== undefined) return { table, row: row.id, column, kind: 'altered' }
  }
  const present = new Set<unknown>(rows.map(row => row.id))
  const removed = [...requested.keys()].find(id => !present.has(id))
  return removed === undefined ? undefined : { table, row: String(removed), kind: 'removed' }
}

function findAlteredColumn (row: RequestRow, requested: RequestEvent, decided: RequestEvent | undefined): keyof RequestRow | undefined {
  const comparisons: ReadonlyArray<readonly [keyof RequestRow, unknown, unknown]> = [
    ['event_id', row.event_id, requested.id],
    ['action', row.action, requested.facts['action']],
    ['staff_id', row.staff_id, requested.facts['staff'] ?? null],
    ['account_id', row.account_id, requested.account],
    ['requested_by', `staff:${row.requested_by}`, requested.actor],
    ['requested_at', row.requested_at.getTime(), requested.at.getTime()],
    ['expires_at', row.expires_at.toISOString(), requested.facts['expiresAt']],
    // Of what the digest covers, only the payload is left.
    ['payload', digestRequest(row), requested.facts['digest']],
    ['state', row.state, decided?.kind.replace('confirmation-', '') ?? 'open'],
    ['decided_by', row.decided_by, decided?.actor.startsWith('staff:') === true ? decided.actor.slice('staff:'.length) : null],
    ['decided_at', row.decided_at?.getTime(), decided?.at.getTime()],
  ]
  return comparisons.find(([, stored, bound]) => stored !== bound)?.[0]
}
