/** Ends an open slip: voided by a person, superseded by a new one, or expired by the clock. */
import type { Kysely, Transaction } from 'kysely'
import { appendEvent } from '../../audit/events.js'
import type { Database } from '../../database/schema.js'
import { Problem } from '../../http/problems.js'
import type { Session } from '../../staff/session.js'
import type { SlipState } from '../../institution/vocabulary.js'
import { stateAt } from '../rules/state-machine.js'
import { formatVoidNote, type VoidReason } from '../rules/void-reasons.js'

export interface OpenSlip {
  readonly id: string
  readonly number: string
  readonly account_id: string
  readonly state: SlipState
  readonly expires_at: Date
}

/** The account's slip whose row is still open, locked; it may have passed its end by the clock. */
export async function lockOpenSlip (trx: Transaction<Database>, accountId: string): Promise<OpenSlip | undefined> {
  return await trx.selectFrom('slips')
    .select(['id', 'number', 'account_id', 'state', 'expires_at'])
    .where('account_id', '=', accountId).where('ended_at', 'is', null)
    .forUpdate().executeTakeFirst()
}

/**
 * Voids the slip, or only records that it has expired when the clock was faster.
 * @throws {Problem} `conflict` while somebody's right code holds it: within minutes it is redeemed, or free again
 */
export async function endSlip (trx: Transaction<Database>, slip: OpenSlip, reason: VoidReason, by: Session, now: Date): Promise<void> {
  if (stateAt(slip, now) === 'expired') return await recordExpiry(trx, slip, now)
  await requireNotReserved(trx, slip, now)
  await trx.updateTable('slips').set({ state: 'voided', ended_at: now, void_reason: reason.code }).where('id', '=', slip.id).execute()
  await trx.insertInto('slip_steps').values({
    slip_id: slip.id,
    step: 'void',
    from_state: slip.state,
    to_state: 'voided',
    at: now,
    staff_id: by.staff.id,
    service_point_id: by.servicePoint?.id ?? null,
    note: formatVoidNote(reason),
  }).execute()
  await appendEvent(trx, {
    kind: 'slip-voided',
    at: now,
    actor: `staff:${by.staff.id}`,
    slip: slip.number,
    account: slip.account_id,
    servicePoint: by.servicePoint?.id,
    facts: { from: slip.state, reason: reason.code },
    texts: reason.details ? { words: reason.details } : {},
  })
}

async function requireNotReserved (trx: Transaction<Database>, slip: OpenSlip, now: Date): Promise<void> {
  const held = await trx.selectFrom('redemptions').select('confirm_by')
    .where('slip_id', '=', slip.id).where('ended_at', 'is', null).where('confirm_by', '>', now).executeTakeFirst()
  if (held === undefined) return
  const seconds = Math.ceil((held.confirm_by.getTime() - now.getTime()) / 1000)
  throw new Problem('conflict', { variant: 'slip-reserved', values: { number: slip.number }, members: { state: slip.state }, headers: { 'retry-after': String(seconds) } })
}

/** Expiry is by the clock: slip and step carry the moment at which it came, the log the one at which it was written down. */
export async function recordExpiry (trx: Transaction<Database>, slip: OpenSlip, now: Date): Promise<void> {
  await trx.updateTable('slips').set({ state: 'expired', ended_at: slip.expires_at }).where('id', '=', slip.id).execute()
  await trx.insertInto('slip_steps').values({
    slip_id: slip.id, step: 'expire', from_state: slip.state, to_state: 'expired', at: slip.expires_at,
  }).execute()
  await appendEvent(trx, {
    kind: 'slip-expired', at: now, actor: 'system', slip: slip.number, account: slip.account_id, facts: { from: slip.state, expiredAt: slip.expires_at.toISOString() },
  })
}

// Expiry is by the clock: an expired slip is expired at that instant everywhere (`stateAt`). The sweep only
// writes it down, so that the row, the steps and the log say so too.

/** Slips recorded in one transaction: few, so that nobody waits for the sweep. */
const BATCH_SIZE = 50

/**
 * Records the expiry of every slip whose end has passed. A slip that somebody is at is left for the next sweep,
 * and two sweeps at once never record one slip twice.
 * @returns how many were recorded
 */
export async function recordExpiredSlips (db: Kysely<Database>, now: Date): Promise<number> {
  let recorded = 0
  for (;;) {
    const swept = await recordExpiredBatch(db, now)
    recorded += swept
    if (swept < BATCH_SIZE) return recorded
  }
}

async function recordExpiredBatch (db: Kysely<Database>, now: Date): Promise<number> {
  return await db.transaction().execute(async trx => {
    const slips = await trx.selectFrom('slips').select(['id', 'number', 'account_id', 'state', 'expires_at'])
      .where('ended_at', 'is', null).where('expires_at', '<=', now)
      .orderBy('expires_at').limit(BATCH_SIZE).forUpdate().skipLocked().execute()
    for (const slip of slips) await recordExpiry(trx, slip, now)
    return slips.length
  })
}
