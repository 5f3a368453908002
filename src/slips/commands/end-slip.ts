/** Ends an open slip: a person voids it, a new slip supersedes it, or it expires. */
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import { SlipReserved } from '../../institution/slip-errors.js'
import type { Session } from '../../staff/session.js'
import { recordTransition, staffActor, systemActor, type TransitionSlip } from '../record-transition.js'
import { formatVoidNote, type VoidReason } from '../rules/void-reasons.js'
import type { Slip } from '../slip.js'
import type { OpenSlip } from '../slip-store.js'

/**
 * Voids an open slip. If the slip has already expired, records the expiry instead.
 * @throws {SlipReserved} when a redemption is in progress; it ends within minutes
 */
export async function endSlip (trx: Transaction<Database>, slip: OpenSlip, reason: VoidReason, { session, now }: { readonly session: Session, readonly now: Date }): Promise<void> {
  if (slip.state === 'expired') return await recordExpiry(trx, slip, now)
  await requireNotReserved(trx, slip, now)
  await recordTransition(trx, slip, 'void', {
    actor: staffActor(session),
    at: now,
    note: formatVoidNote(reason),
    facts: { reason: reason.code },
    texts: reason.details ? { words: reason.details } : {},
    changes: { void_reason: reason.code },
  })
}

async function requireNotReserved (trx: Transaction<Database>, slip: OpenSlip, now: Date): Promise<void> {
  const reservation = await trx.selectFrom('redemptions').select('confirm_by')
    .where('slip_id', '=', slip.id).where('ended_at', 'is', null).where('confirm_by', '>', now).executeTakeFirst()
  if (reservation === undefined) return
  const seconds = Math.ceil((reservation.confirm_by.getTime() - now.getTime()) / 1000)
  throw new SlipReserved(slip.number, slip.state, seconds)
}

/** Records an expiry. Slip and step have the time at which it took effect, the event the time at which it is recorded. */
export async function recordExpiry (trx: Transaction<Database>, slip: TransitionSlip & Pick<Slip, 'expires_at'>, now: Date): Promise<void> {
  await recordTransition(trx, slip, 'expire', { actor: systemActor, at: slip.expires_at, recordedAt: now, facts: { expiredAt: slip.expires_at.toISOString() } })
}

// A slip expires at its end without any job (`stateAt`). The job below only records the expiry in the row, the steps and
// the log.

/** Slips recorded in one transaction. A small number, so that other transactions do not wait long. */
const BATCH_SIZE = 50

/**
 * Records the expiry of every slip whose end has passed. A slip that another transaction has locked is left for the next
 * run, and concurrent runs never record a slip twice.
 * @returns how many were recorded
 */
export async function recordExpiredSlips (db: Kysely<Database>, now: Date): Promise<number> {
  let recorded = 0
  for (;;) {
    const batchCount = await recordExpiredBatch(db, now)
    recorded += batchCount
    if (batchCount < BATCH_SIZE) return recorded
  }
}

async function recordExpiredBatch (db: Kysely<Database>, now: Date): Promise<number> {
  return await db.transaction().execute(async trx => {
    const slips = await trx.selectFrom('slips').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
      .select(['slips.id', 'slips.number', 'slips.account_id', 'slips.channel', 'slips.state as stored_state', 'slips.expires_at', 'deliveries.envelope_at'])
      .where('slips.ended_at', 'is', null).where('slips.expires_at', '<=', now)
      .orderBy('slips.expires_at').limit(BATCH_SIZE).forUpdate(['slips']).skipLocked().execute()
    for (const slip of slips) await recordExpiry(trx, { ...slip, state: 'expired' }, now)
    return slips.length
  })
}
