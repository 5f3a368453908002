/** Audit events as the log sees them: in the order of their sequence, as leaves. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { formatLeaf, type LoggedEvent } from '../log/leaf.js'

export interface SequencedEvent extends LoggedEvent { readonly sequence: number }

/** Events with `after` < sequence ≤ `upTo`, the first `limit` of them. Without `after` from the very first, whatever its number. */
export async function listEvents (db: Kysely<Database>, after: number | undefined, upTo: number, limit: number): Promise<SequencedEvent[]> {
  const rows = await db.selectFrom('audit_events')
    .select(['sequence', 'id', 'kind', 'actor', 'slip', 'account', 'service_point', 'facts'])
    // As JSON, because that says every moment in one way, whatever the settings of the session.
    .select(sql<string>`to_json(at at time zone 'UTC')`.as('at'))
    .$if(after !== undefined, query => query.where('sequence', '>', after!)).where('sequence', '<=', upTo).orderBy('sequence').limit(limit).execute()
  return rows.map(row => ({ ...row, at: formatTimestamp(row.at) }))
}

export function encodeLeaf (event: LoggedEvent): Uint8Array {
  return Buffer.from(formatLeaf(event))
}

/** To the millisecond at least, finer only where the row is: no two moments are written alike. */
function formatTimestamp (utc: string): string {
  const [whole, fraction = ''] = utc.split('.')
  return `${whole}.${fraction.padEnd(3, '0')}Z`
}
