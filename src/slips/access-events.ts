/** Everything an auditor looks at is itself an audit event. */
import type { Kysely } from 'kysely'
import { appendEvent, type EventKind } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { hasPermission } from '../staff/permissions.js'
import { findStaffByLogin } from '../staff/queries.js'
import type { Session } from '../staff/session.js'

type AccessKind = Extract<EventKind, 'delivery-records-read' | 'delivery-record-read' | 'refusals-read' | 'overview-read'>
type Filter = Readonly<Record<string, string | undefined>>

export interface AccessEventDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

export interface AccessedRecords {
  readonly filter?: Filter
  readonly slip?: string
  readonly format?: 'page' | 'json'
  /** Where the same records are looked at as slips. */
  readonly as?: 'slips'
}

/** Writes down a look: by whom, at what, through which filter. */
export async function recordAccess ({ db, now }: AccessEventDeps, by: Session, kind: AccessKind, { filter, slip, format, as }: AccessedRecords): Promise<void> {
  const { accountId, ...logged } = (await describeFilter(db, filter ?? {})).logged
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind,
    at: now(),
    actor: `staff:${by.staff.id}`,
    servicePoint: by.servicePoint?.id,
    account: accountId,
    slip,
    facts: { ...(format === undefined ? {} : { format }), ...(as === undefined ? {} : { as }), ...(filter === undefined ? {} : { filter: logged }) },
  }))
}

/** The same at a door that others use too, whose work is on record anyway. */
export async function recordAuditorAccess (deps: AccessEventDeps, by: Session, kind: AccessKind, what: AccessedRecords): Promise<void> {
  if (hasPermission(by.staff.roles, 'delivery-records:read')) await recordAccess(deps, by, kind, what)
}

export interface FilterDescription {
  /** As on the screen. */
  readonly shown: Readonly<Record<string, string>>
  /** As the log has it: an agent by id. */
  readonly logged: Readonly<Record<string, string>>
}

/** What was asked for, without what was not. An agent's login is typed, and no typed text goes into the log: one that nobody has is `nobody`. */
export async function describeFilter (db: Kysely<Database>, filter: Filter): Promise<FilterDescription> {
  const asked = Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined))
  if (asked['agent'] === undefined) return { shown: asked, logged: asked }
  const agent = await findStaffByLogin(db, asked['agent'])
  return { shown: { ...asked, agent: agent?.login ?? 'nobody' }, logged: { ...asked, agent: agent?.id ?? 'nobody' } }
}
