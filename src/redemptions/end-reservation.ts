/** Ends a reservation: confirms, refuses or releases it. Only the redeemer who made it can do this. */
import type { Kysely, Transaction } from 'kysely'
import type { AccountRef } from '../accounts/directory.js'
import { lockAccount } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { NotFound } from '../institution/errors.js'
import { ReservationConfirmed } from '../institution/slip-errors.js'
import { isUuid } from '../institution/text.js'
import { recordTransition } from '../slips/record-transition.js'
import { isActive, stateAt } from '../slips/rules/state-machine.js'
import { type Redeemer, redeemerActor, redeemerTokenId, toTransitionActor } from './rules.js'

export interface RedemptionResult {
  readonly slipNumber: string
  readonly accountId: string
  readonly redeemedAt: Date
}

export interface ReservationDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

/**
 * Redeems the reserved slip after checking slip and account again. A repeated call gives the same result, because the
 * first response may have been lost.
 * @returns undefined when it is too late, or the slip or the account has changed
 * @throws {NotFound} this redeemer has no such reservation
 */
export async function confirmReservation ({ db, now: clock }: ReservationDeps, by: Redeemer, reservationId: string): Promise<RedemptionResult | undefined> {
  return await db.transaction().execute(async trx => {
    const reservation = await lockReservation(trx, by, reservationId)
    const now = clock()
    if (reservation.outcome === 'redeemed') return { slipNumber: reservation.number, accountId: reservation.account_id, redeemedAt: reservation.reservation_ended_at! }
    if (await hasEnded(trx, reservation, now)) return undefined
    const state = stateAt(reservation, now)
    if (!isActive(state) || reservation.account_status !== 'active') {
      const reason = isActive(state) ? 'account-not-active' : 'no-longer-live'
      await endReservation(trx, by, reservation, { outcome: 'refused', kind: 'redemption-refused', facts: { reason, state }, now })
      return undefined
    }
    await trx.updateTable('redemptions').set({ outcome: 'redeemed', ended_at: now }).where('id', '=', reservation.id).execute()
    await recordTransition(trx, { ...reservation, id: reservation.slip_id, state }, 'redeem', { actor: toTransitionActor(by), at: now, facts: toReservationFacts(reservation) })
    return { slipNumber: reservation.number, accountId: reservation.account_id, redeemedAt: now }
  })
}

/** Why a reservation is released: a code for the log, and whether a password may have been set nevertheless. */
export interface ReleaseReason {
  readonly reason: string
  readonly passwordMayBeSet?: boolean
}

/**
 * Releases a reservation: the code works again immediately. A repeated call changes nothing.
 * @throws {NotFound} this redeemer has no such reservation
 * @throws {ReservationConfirmed}
 */
export async function releaseReservation ({ db, now: clock }: ReservationDeps, by: Redeemer, reservationId: string, { reason, passwordMayBeSet = false }: ReleaseReason): Promise<void> {
  await db.transaction().execute(async trx => {
    const reservation = await lockReservation(trx, by, reservationId)
    if (reservation.outcome === 'redeemed') throw new ReservationConfirmed(reservation.number)
    if (await hasEnded(trx, reservation, clock())) return
    const how = passwordMayBeSet ? { outcome: 'unfinished', kind: 'redemption-unfinished' } as const : { outcome: 'released', kind: 'redemption-released' } as const
    await endReservation(trx, by, reservation, { ...how, facts: { reason }, now: clock() })
  })
}

/** Refuses a reservation because its account may have no password now. The slip is not redeemed, even if the account changes in the meantime. */
export async function refuseReservation ({ db, now: clock }: ReservationDeps, by: Redeemer, reservationId: string): Promise<void> {
  await db.transaction().execute(async trx => {
    const reservation = await lockReservation(trx, by, reservationId)
    const now = clock()
    if (await hasEnded(trx, reservation, now)) return
    await endReservation(trx, by, reservation, { outcome: 'refused', kind: 'redemption-refused', facts: { reason: 'account-not-active', state: stateAt(reservation, now) }, now })
  })
}

/** True when the reservation has ended. An end by the clock is recorded. */
async function hasEnded (trx: Transaction<Database>, { outcome, confirm_by: confirmBy, slip_id: slipId }: { outcome: string | null, confirm_by: Date, slip_id: string }, now: Date): Promise<boolean> {
  if (outcome === null && confirmBy <= now) await recordExpiredReservations(trx, now, slipId)
  return outcome !== null || confirmBy <= now
}

/** Finds the account of an open reservation of this redeemer. */
export async function findReservedAccount ({ db }: ReservationDeps, by: Redeemer, reservationId: string): Promise<AccountRef | undefined> {
  if (!isUuid(reservationId)) return undefined
  return await db.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id').innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .select(['accounts.id', 'accounts.username']).where('redemptions.id', '=', reservationId).where('redemptions.ended_at', 'is', null)
    .where('redemptions.token_id', 'is not distinct from', redeemerTokenId(by)).executeTakeFirst()
}

/** Locks account, slip and reservation, in this order as everywhere. A reservation of another redeemer is `not-found`. */
async function lockReservation (trx: Transaction<Database>, by: Redeemer, reservationId: string) {
  const found = isUuid(reservationId)
    ? await trx.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id')
      .select(['redemptions.slip_id', 'slips.account_id']).where('redemptions.id', '=', reservationId)
      .where('redemptions.token_id', 'is not distinct from', redeemerTokenId(by)).executeTakeFirst()
    : undefined
  const account = found && await lockAccount(trx, found.account_id)
  if (found === undefined || account === undefined) throw new NotFound('reservation')
  const reservation = await trx.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select(['redemptions.id', 'redemptions.slip_id', 'redemptions.reserved_at', 'redemptions.confirm_by', 'redemptions.outcome', 'redemptions.ended_at as reservation_ended_at'])
    .select(['slips.number', 'slips.account_id', 'slips.channel', 'slips.state as stored_state', 'slips.expires_at', 'deliveries.envelope_at'])
    .where('redemptions.id', '=', reservationId).forUpdate(['redemptions', 'slips']).executeTakeFirstOrThrow()
  return { ...reservation, account_status: account.status }
}

/** How a reservation ends without redeeming the slip. */
interface ReservationEnd {
  readonly outcome: 'released' | 'refused' | 'unfinished'
  readonly kind: 'redemption-released' | 'redemption-refused' | 'redemption-unfinished'
  readonly facts: Readonly<Record<string, unknown>>
  readonly now: Date
}

/** A reservation with the columns that its events record. */
interface RecordedReservation { readonly id: string, readonly reserved_at: Date, readonly confirm_by: Date }

/** Returns the facts of a reservation. A quiet one is recorded only when it ends. */
export function toReservationFacts ({ id, reserved_at: reservedAt, confirm_by: confirmBy }: RecordedReservation) {
  return { reservation: id, reservedAt: reservedAt.toISOString(), confirmBy: confirmBy.toISOString() }
}

async function endReservation (trx: Transaction<Database>, by: Redeemer, reservation: RecordedReservation & { readonly number: string, readonly account_id: string }, { outcome, kind, facts, now }: ReservationEnd): Promise<void> {
  await trx.updateTable('redemptions').set({ outcome, ended_at: now }).where('id', '=', reservation.id).execute()
  await appendEvent(trx, { kind, at: now, actor: redeemerActor(by), slip: reservation.number, account: reservation.account_id, facts: { ...facts, ...toReservationFacts(reservation) } })
}

/** Expired reservations recorded in one transaction. */
const BATCH_SIZE = 50

/** Records expired reservations, of one slip or of all. Locked ones are left for the next run. @returns how many */
export async function recordExpiredReservations (trx: Transaction<Database>, now: Date, slipId?: string): Promise<number> {
  const expired = await trx.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id')
    .select(['redemptions.id', 'redemptions.token_id', 'redemptions.reserved_at', 'redemptions.confirm_by', 'slips.number', 'slips.account_id'])
    .where('redemptions.ended_at', 'is', null).where('redemptions.confirm_by', '<=', now)
    .$if(slipId !== undefined, query => query.where('slips.id', '=', slipId!))
    .orderBy('redemptions.confirm_by').limit(BATCH_SIZE).forUpdate('redemptions')
    // A new reservation must not find the old one still open; the sweep can skip it and come again.
    .$if(slipId === undefined, query => query.skipLocked()).execute()
  for (const { token_id: token, number, account_id: account, ...reservation } of expired) {
    await trx.updateTable('redemptions').set({ ended_at: reservation.confirm_by, outcome: 'unfinished' }).where('id', '=', reservation.id).execute()
    await appendEvent(trx, {
      kind: 'redemption-unfinished', at: now, actor: 'system', slip: number, account, facts: { ...toReservationFacts(reservation), ...token === null ? {} : { token } },
    })
  }
  return expired.length
}

/** Records all expired reservations. @returns how many */
export async function sweepExpiredReservations (db: Kysely<Database>, now: Date): Promise<number> {
  let total = 0
  for (;;) {
    const count = await db.transaction().execute(async trx => await recordExpiredReservations(trx, now))
    total += count
    if (count < BATCH_SIZE) return total
  }
}
