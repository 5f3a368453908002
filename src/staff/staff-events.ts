/** Records changes of staff. Each event holds the member's complete state, so that `audit verify` can compare the row with it. */
import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import { type Actor, appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'

/** Who confirmed a change, beside its actor, who requested it. */
export interface Confirmation {
  /** The id of the request. */
  readonly request: string
  readonly confirmedBy: string
}

export interface StaffChangeEvent {
  readonly staffId: string
  /** What changed, as in the facts of the audit event. */
  readonly change: 'added' | 'deactivated' | 'activated' | 'assigned' | 'sessions-ended' | 'password-set' | 'password-reset' | 'password-changed' | 'one-time-password-used'
  readonly actor: Actor
  readonly at: Date
  /** The login and the name, when the change sets them. */
  readonly texts?: { readonly login?: string, readonly name?: string }
  readonly confirmation?: Confirmation | undefined
}

/**
 * Appends a `staff-changed` event with the member's state. Call it after the change, in its transaction.
 * @returns the event's id
 */
export async function appendStaffChanged (trx: Transaction<Database>, { staffId, change, actor, at, texts, confirmation }: StaffChangeEvent): Promise<string> {
  const state = await readStaffState(trx, staffId)
  return await appendEvent(trx, { kind: 'staff-changed', at, actor, facts: { change, staff: staffId, ...state, ...confirmation }, ...(texts === undefined ? {} : { texts }) })
}

/** The columns of a member of staff that a `staff-changed` event binds; login and name are bound as texts. */
async function readStaffState (trx: Transaction<Database>, staffId: string) {
  const { roles, active, password_hash: passwordHash, must_change_password: mustChangePassword, password_expires_at: passwordExpiresAt } = await trx.selectFrom('staff')
    .select(['roles', 'active', 'password_hash', 'must_change_password', 'password_expires_at'])
    .where('id', '=', staffId).executeTakeFirstOrThrow()
  const places = await trx.selectFrom('staff_service_points').select('service_point_id').where('staff_id', '=', staffId).execute()
  return {
    roles: [...roles].sort(),
    servicePoints: places.map(place => place.service_point_id).sort(),
    active,
    passwordDigest: digestPasswordHash(passwordHash),
    mustChangePassword,
    passwordExpiresAt: passwordExpiresAt?.toISOString() ?? null,
  }
}

/** Computes the digest of a stored password hash: SHA-256 of the PHC string, base64url. The string's salt keeps it from being guessed. */
export function digestPasswordHash (passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('base64url')
}
