/**
 * Appends audit events, in the transaction of the change that they record. The row holds random ids and facts. Texts
 * about a person are stored separately, each bound by a digest with its own salt, so that a text can be erased and the
 * log can still be verified.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'

export const eventKinds = [
  'signed-in', 'sign-in-failed', 'signed-out', 'service-point-chosen', 'staff-changed',
  'confirmation-requested', 'confirmation-confirmed', 'confirmation-declined', 'confirmation-withdrawn', 'confirmation-expired',
  'code-scheme-changed', 'slip-issued', 'slip-refused', 'slip-voided', 'slip-expired', 'slip-step',
  'code-tried-while-dead', 'code-alert-settled', 'slip-locked',
  'redemption-reserved', 'redemption-refused', 'redemption-released', 'redemption-unfinished', 'slip-redeemed',
  'token-created', 'token-revoked', 'tokens-recorded', 'holder-signed-in', 'holder-sign-in-failed', 'accounts-synced', 'accounts-bound', 'envelopes-dispatched', 'envelopes-counted',
  'hours-changed', 'service-points-loaded', 'accounts-imported', 'postcodes-imported', 'postcodes-loaded', 'delivery-records-read', 'log-read',
  'delivery-record-read', 'refusals-read', 'overview-read', 'delivery-records-exported',
  'account-opened', 'holders-listed', 'holder-data-opened', 'rows-recorded', 'holder-data-exported', 'holder-erased', 'retention-run',
  'typed-logins-erased',
] as const
export type EventKind = (typeof eventKinds)[number]

/** Who acted: a member of staff or an identity system by random id, the holder, the system, or an unknown person. */
export type Actor = `staff:${string}` | `identity-system:${string}` | 'holder' | 'system' | 'anonymous'

export interface AuditEvent {
  readonly kind: EventKind
  readonly at: Date
  readonly actor: Actor
  /** The slip's number. */
  readonly slip?: string
  /** The account's id. */
  readonly account?: string
  /** The id of the service point where it happened. */
  readonly servicePoint?: string
  /** Codes, ids and numbers only: nothing that a user typed, nothing personal. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Typed or personal texts by name; stored separately and erasable. Never an activation code. */
  readonly texts?: Readonly<Record<string, string>>
}

/**
 * Appends one event. Call it in the transaction of the change that the event records.
 * @returns the event's id
 */
export async function appendEvent (db: Kysely<Database>, event: AuditEvent): Promise<string> {
  const id = randomUUID()
  const texts = Object.entries(event.texts ?? {}).map(([name, text]) => ({ event_id: id, name, salt: randomBytes(32), text }))
  const digests = Object.fromEntries(texts.map(({ name, salt, text }) => [name, digestText(salt, name, text)]))
  await db.insertInto('audit_events').values({
    id,
    at: event.at,
    kind: event.kind,
    actor: event.actor,
    slip: event.slip ?? null,
    account: event.account ?? null,
    service_point: event.servicePoint ?? null,
    facts: JSON.stringify({ ...event.facts, ...(texts.length > 0 ? { digests } : {}) }),
  }).execute()
  if (texts.length > 0) await db.insertInto('audit_texts').values(texts).execute()
  return id
}

/** Computes the digest of a personal text that the leaf contains: SHA-256 over salt ‖ name ‖ NUL ‖ text, base64url. */
export function digestText (salt: Buffer, name: string, text: string): string {
  return createHash('sha256').update(salt).update(`${name}\0${text}`).digest('base64url')
}
