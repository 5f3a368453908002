/**
 * Stores what waits for a second administrator. The event of a request binds its content by a digest, so that a request
 * changed in the database is refused at the confirmation, and named by `audit verify`.
 */
import { createHash, randomUUID } from 'node:crypto'
import canonicalize from 'canonicalize'
import { type Selectable, sql, type Transaction } from 'kysely'
import { type Actor, appendEvent, type EventKind } from '../../audit/events.js'
import { isConstraintViolation } from '../../database/errors.js'
import type { ConfirmationRequestsTable } from '../../database/staff-row-types.js'
import type { Database } from '../../database/schema.js'
import { Conflict } from '../../institution/errors.js'
import { readRequestContent, type RequestContent } from './request-content.js'
import { computeRequestExpiry } from './rules.js'

export interface RequestDraft {
  readonly content: RequestContent
  /** The member of staff, or the account of the holder. */
  readonly target: { readonly staffId: string } | { readonly accountId: string }
  /** The id of the administrator who requests it. */
  readonly requestedBy: string
  readonly at: Date
}

/** Inserts a request with the event that binds it. @throws {Conflict} where one for the same person is open */
export async function insertRequest (trx: Transaction<Database>, { content: { action, ...payload }, target, requestedBy, at }: RequestDraft): Promise<string> {
  const row = {
    id: randomUUID(),
    action,
    staff_id: 'staffId' in target ? target.staffId : null,
    account_id: 'accountId' in target ? target.accountId : null,
    payload,
    requested_by: requestedBy,
    requested_at: at,
    expires_at: computeRequestExpiry(at),
  }
  const eventId = await appendRequestEvent(trx, row, { kind: 'confirmation-requested', actor: `staff:${requestedBy}`, at, bound: { expiresAt: row.expires_at.toISOString(), digest: digestRequest(row) } })
  await trx.insertInto('confirmation_requests').values({ ...row, payload: JSON.stringify(payload), event_id: eventId }).execute().catch((error: unknown) => {
    const isOpen = ['one_open_request_per_staff', 'one_open_request_per_account'].some(index => isConstraintViolation(error, index))
    throw isOpen ? new Conflict('already-requested') : error
  })
  return row.id
}

/** The columns that the event of a request binds. */
export type BoundRequest = Pick<Selectable<ConfirmationRequestsTable>, 'id' | 'action' | 'staff_id' | 'account_id' | 'requested_by' | 'requested_at' | 'expires_at'> & { readonly payload: object }

/** Computes the digest of a request's content: SHA-256 of its canonical JSON, base64url. */
export function digestRequest ({ id, action, staff_id: staff, account_id: account, payload, requested_by: by, requested_at: at, expires_at: until }: BoundRequest): string {
  const content = canonicalize({ id, action, staff, account, payload, by, at: at.toISOString(), until: until.toISOString() })!
  return createHash('sha256').update(content).digest('base64url')
}

/** Locks a request until the transaction ends; undefined for an unknown id. */
export async function lockRequest (trx: Transaction<Database>, id: string): Promise<Selectable<ConfirmationRequestsTable> | undefined> {
  return await trx.selectFrom('confirmation_requests').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** Returns the content of a request that is as its event binds it, and that no event has ended. @throws {Conflict} `request-altered` */
export async function requireIntact (trx: Transaction<Database>, row: Selectable<ConfirmationRequestsTable>): Promise<RequestContent> {
  const event = await trx.selectFrom('audit_events').select(['actor', 'facts']).where('id', '=', row.event_id).where('kind', '=', 'confirmation-requested').executeTakeFirst()
  const isBound = event?.actor === `staff:${row.requested_by}` && event.facts['request'] === row.id && event.facts['digest'] === digestRequest(row)
  const decision = await trx.selectFrom('audit_events').select('id')
    .where('kind', 'in', decisionKinds).where(sql`facts ->> 'request'`, '=', row.id).executeTakeFirst()
  const content = readRequestContent(row)
  if (!isBound || decision !== undefined || content === undefined) throw new Conflict('request-altered')
  return content
}

const outcomes = ['confirmed', 'declined', 'withdrawn', 'expired'] as const
export type RequestOutcome = (typeof outcomes)[number]
const decisionKinds = outcomes.map(outcome => `confirmation-${outcome}` as const)

/** Ends a request and records it. @param decidedBy undefined where it has expired */
export async function closeRequest (trx: Transaction<Database>, row: BoundRequest, outcome: RequestOutcome, { decidedBy, at }: { readonly decidedBy: string | undefined, readonly at: Date }): Promise<void> {
  await trx.updateTable('confirmation_requests').set({ state: outcome, decided_by: decidedBy ?? null, decided_at: at }).where('id', '=', row.id).execute()
  await appendRequestEvent(trx, row, { kind: `confirmation-${outcome}`, actor: decidedBy === undefined ? 'system' : `staff:${decidedBy}`, at })
}

interface RequestEvent { readonly kind: Extract<EventKind, `confirmation-${string}`>, readonly actor: Actor, readonly at: Date, readonly bound?: { readonly expiresAt: string, readonly digest: string } }

async function appendRequestEvent (trx: Transaction<Database>, { id, action, staff_id: staff, account_id: account }: Pick<BoundRequest, 'id' | 'action' | 'staff_id' | 'account_id'>, { bound, ...event }: RequestEvent): Promise<string> {
  return await appendEvent(trx, {
    ...event,
    ...(account === null ? {} : { account }),
    facts: { request: id, action, ...(staff === null ? {} : { staff }), ...bound },
  })
}
