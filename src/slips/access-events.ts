/** Records access as audit events: what an auditor reads, and which accounts and holders' data other staff open. */
import type { FastifyRequest } from 'fastify'
import { type Kysely, sql } from 'kysely'
import { appendEvent, type EventKind } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { requireSession } from '../staff/authenticate.js'
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

// What agents and administrators open. Their other reading is not recorded.

type OpeningKind = Extract<EventKind, 'account-opened' | 'holders-listed' | 'holder-data-opened'>

/** At most one event for each member of staff and account in this time. */
const OPENING_INTERVAL_MS = 60 * 60_000

/**
 * Records that a member of staff opens an account, a holder's data, or the search for holders. Call it before the data is
 * sent. A HEAD request shows nothing and is not recorded.
 * @param account the account's id; undefined for a search
 */
export async function recordOpening ({ db, now }: AccessEventDeps, request: FastifyRequest, kind: OpeningKind, account?: string): Promise<void> {
  if (request.method === 'HEAD') return
  const { staff, servicePoint } = requireSession(request)
  const event = { kind, at: now(), actor: `staff:${staff.id}`, servicePoint: servicePoint?.id, account } as const
  if (await wasRecorded(db, event)) return
  await db.transaction().execute(async trx => {
    // Two tabs that open the same account together wait here for each other.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${kind} ${event.actor} ${account ?? ''}`}, 0))`.execute(trx)
    if (!await wasRecorded(trx, event)) await appendEvent(trx, event)
  })
}

async function wasRecorded (db: Kysely<Database>, { kind, at, actor, account }: { readonly kind: OpeningKind, readonly at: Date, readonly actor: string, readonly account: string | undefined }): Promise<boolean> {
  // The kind is a literal, so that the planner can use the partial index.
  const { rows } = await sql`select 1 from audit_events where kind = ${sql.lit(kind)} and actor = ${actor}
    and ${account === undefined ? sql`account is null` : sql`account = ${account}`} and at > ${new Date(at.getTime() - OPENING_INTERVAL_MS)} limit 1`.execute(db)
  return rows.length > 0
}
