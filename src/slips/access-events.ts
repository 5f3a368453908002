/** Records what an auditor reads as audit events. */
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
  /** Set when the records are read through the slip API. */
  readonly as?: 'slips'
}

/** Records who read which records, with the filter used. */
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

/** Records the access only for auditors. The route also serves roles whose actions are recorded elsewhere. */
export async function recordAuditorAccess (deps: AccessEventDeps, by: Session, kind: AccessKind, what: AccessedRecords): Promise<void> {
  if (hasPermission(by.staff.roles, 'delivery-records:read')) await recordAccess(deps, by, kind, what)
}

export interface FilterDescription {
  /** The filter as the page shows it. */
  readonly shown: Readonly<Record<string, string>>
  /** The filter as the log stores it, with the agent as an id. */
  readonly logged: Readonly<Record<string, string>>
}

/** What filters say instead of a login that no staff member has: the log stores no typed text. Released logs have this word. */
const UNKNOWN_AGENT = 'nobody'

/** Describes the filters that are set. */
export async function describeFilter (db: Kysely<Database>, filter: Filter): Promise<FilterDescription> {
  const values = Object.fromEntries(Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined))
  if (values['agent'] === undefined) return { shown: values, logged: values }
  const agent = await findStaffByLogin(db, values['agent'])
  return { shown: { ...values, agent: agent?.login ?? UNKNOWN_AGENT }, logged: { ...values, agent: agent?.id ?? UNKNOWN_AGENT } }
}
