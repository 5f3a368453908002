/** Everything an auditor looks at is itself an audit event. */
import type { Deps } from '../../app.js'
import { appendEvent, type EventKind } from '../../audit/events.js'
import type { Session } from '../../staff/session.js'

type Look = Extract<EventKind, 'delivery-records-read' | 'delivery-record-read' | 'refusals-read' | 'overview-read'>

/** Writes down a look: by whom, at what, through which filter. */
export async function recordReading (
  { db, now }: Pick<Deps, 'db' | 'now'>, by: Session, kind: Look, { filter, slip, format }: { filter?: Readonly<Record<string, string | undefined>>, slip?: string, format?: 'page' }
): Promise<void> {
  const { accountId, ...facts } = filterFacts(filter ?? {})
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind,
    at: now(),
    actor: `staff:${by.staff.id}`,
    servicePoint: by.servicePoint?.id,
    account: accountId,
    slip,
    facts: { ...(format === undefined ? {} : { format }), ...(filter === undefined ? {} : { filter: facts }) },
  }))
}

/** What was asked for, without what was not. */
export function filterFacts (filter: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
