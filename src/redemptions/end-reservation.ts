/** How a reservation ends: confirmed, refused when it comes to it, or given back. Only for whoever made it. */
import type { Kysely, Transaction } from 'kysely'
import type { AccountRef } from '../accounts/directory.js'
import { lockAccount } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { NotFound, ReservationConfirmed } from '../institution/errors.js'
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

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Redeems the reserved slip, which is looked at once more, as is the account. Asked again it answers the same, since
 * the first answer may have been lost.
 * @returns undefined when it is too late, or slip or account are no longer what they were
 * @throws {NotFound} this redeemer has no such reservation
 */
export async function confirmReservation ({ db, now: clock }: ReservationDeps, by: Redeemer, reservation: string): Promise<RedemptionResult | undefined> {
  return await db.transaction().execute(async trx => {
    const held = await lockReservation(trx, by, reservation)
    const now = clock()
    if (held.outcome === 'redeemed') return { slipNumber: held.number, accountId: held.account_id, redeemedAt: held.reservation_ended_at! }
    if (await hasEnded(trx, held, now)) return undefined
    const state = stateAt(held, now)
    if (!isActive(state) || held.account_status !== 'active') {
      const reason = isActive(state) ? 'account-not-active' : 'no-longer-live'
      await endReservation(trx, by, held, { outcome: 'refused', kind: 'redemption-refused', facts: { reason, state }, now })
      return undefined
    }
    await trx.updateTable('redemptions').set({ outcome: 'redeemed', ended_at: now }).where('id', '=', held.id).execute()
    await recordTransition(trx, { ...held, id: held.slip_id, state }, 'redeem', { actor: toTransitionActor(by), at: now })
    return { slipNumber: held.number, accountId: held.account_id, redeemedAt: now }
  })
}

/** Why a reservation is given back: a word of the house, and whether a password may have been set all the same. */
export interface ReleaseReason {
  readonly reason: string
  readonly passwordMayBeSet?: boolean
}

/**
 * Gives a reservation back: the code works again at once. Asked again it does no harm.
 * @throws {NotFound} this redeemer has no such reservation
 * @throws {ReservationConfirmed}
 */
export async function releaseReservation ({ db, now: clock }: ReservationDeps, by: Redeemer, reservation: string, { reason, passwordMayBeSet = false }: ReleaseReason): Promise<void> {
  await db.transaction().execute(async trx => {
    const held = await lockReservation(trx, by, reservation)
    if (held.outcome === 'redeemed') throw new ReservationConfirmed(held.number)
    if (await hasEnded(trx, held, clock())) return
    const how = passwordMayBeSet ? { outcome: 'unfinished', kind: 'redemption-unfinished' } as const : { outcome: 'released', kind: 'redemption-released' } as const
    await endReservation(trx, by, held, { ...how, facts: { reason }, now: clock() })
  })
}

/** Ends a reservation because its account may have no password now. Whatever becomes of the account meanwhile, the slip is not redeemed. */
export async function refuseReservation ({ db, now: clock }: ReservationDeps, by: Redeemer, reservation: string): Promise<void> {
  await db.transaction().execute(async trx => {
    const held = await lockReservation(trx, by, reservation)
    const now = clock()
    if (await hasEnded(trx, held, now)) return
    await endReservation(trx, by, held, { outcome: 'refused', kind: 'redemption-refused', facts: { reason: 'account-not-active', state: stateAt(held, now) }, now })
  })
}

/** True for one that has ended, also by the clock, which is then written down. */
async function hasEnded (trx: Transaction<Database>, { outcome, confirm_by: confirmBy, slip_id: slipId }: { outcome: string | null, confirm_by: Date, slip_id: string }, now: Date): Promise<boolean> {
  if (outcome === null && confirmBy <= now) await recordExpiredReservations(trx, now, slipId)
  return outcome !== null || confirmBy <= now
}

/** Whose slip a reservation of this redeemer holds, while it stands; undefined otherwise. */
export async function findReservedAccount ({ db }: ReservationDeps, by: Redeemer, reservation: string): Promise<AccountRef | undefined> {
  if (!uuidPattern.test(reservation)) return undefined
  return await db.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id').innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .select(['accounts.id', 'accounts.username']).where('redemptions.id', '=', reservation).where('redemptions.ended_at', 'is', null)
    .where('redemptions.token_id', 'is not distinct from', redeemerTokenId(by)).executeTakeFirst()
}

/** Account, then slip, then reservation, as everywhere. A reservation of somebody else does not exist. */
async function lockReservation (trx: Transaction<Database>, by: Redeemer, reservation: string) {
  const found = uuidPattern.test(reservation)
    ? await trx.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id')
      .select(['redemptions.slip_id', 'slips.account_id']).where('redemptions.id', '=', reservation)
      .where('redemptions.token_id', 'is not distinct from', redeemerTokenId(by)).executeTakeFirst()
    : undefined
  const account = found && await lockAccount(trx, found.account_id)
  if (found === undefined || account === undefined) throw new NotFound('reservation')
  const held = await trx.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select(['redemptions.id', 'redemptions.slip_id', 'redemptions.confirm_by', 'redemptions.outcome', 'redemptions.ended_at as reservation_ended_at'])
    .select(['slips.number', 'slips.account_id', 'slips.channel', 'slips.state as stored_state', 'slips.expires_at', 'deliveries.envelope_at'])
    .where('redemptions.id', '=', reservation).forUpdate(['redemptions', 'slips']).executeTakeFirstOrThrow()
  return { ...held, account_status: account.status }
}

/** How a reservation ends without redeeming the slip. */
interface ReservationEnd {
  readonly outcome: 'released' | 'refused' | 'unfinished'
  readonly kind: 'redemption-released' | 'redemption-refused' | 'redemption-unfinished'
  readonly facts: Readonly<Record<string, unknown>>
  readonly now: Date
}

async function endReservation (trx: Transaction<Database>, by: Redeemer, held: { id: string, number: string, account_id: string }, { outcome, kind, facts, now }: ReservationEnd): Promise<void> {
  await trx.updateTable('redemptions').set({ outcome, ended_at: now }).where('id', '=', held.id).execute()
  await appendEvent(trx, { kind, at: now, actor: redeemerActor(by), slip: held.number, account: held.account_id, facts })
}

// Reservations that nobody confirmed in time: the code works again from that instant on, and the record says so.

/** Reservations recorded in one transaction. */
const BATCH_SIZE = 50

/** Records those that have run out, of one slip or of all. A reservation that somebody is at is left for the next time. @returns how many */
export async function recordExpiredReservations (trx: Transaction<Database>, now: Date, slipId?: string): Promise<number> {
  const overdue = await trx.selectFrom('redemptions').innerJoin('slips', 'slips.id', 'redemptions.slip_id')
    .select(['redemptions.id', 'redemptions.token_id', 'redemptions.confirm_by', 'slips.number', 'slips.account_id'])
    .where('redemptions.ended_at', 'is', null).where('redemptions.confirm_by', '<=', now)
    .$if(slipId !== undefined, query => query.where('slips.id', '=', slipId!))
    .orderBy('redemptions.confirm_by').limit(BATCH_SIZE).forUpdate('redemptions')
    // Whoever reserves anew must not find the old reservation still open; the sweep may come again.
    .$if(slipId === undefined, query => query.skipLocked()).execute()
  for (const { id, token_id: token, confirm_by: confirmBy, number, account_id: account } of overdue) {
    await trx.updateTable('redemptions').set({ ended_at: confirmBy, outcome: 'unfinished' }).where('id', '=', id).execute()
    await appendEvent(trx, {
      kind: 'redemption-unfinished', at: now, actor: 'system', slip: number, account, facts: { confirmBy: confirmBy.toISOString(), ...token === null ? {} : { token } },
    })
  }
  return overdue.length
}

/** Records every reservation that has run out. @returns how many */
export async function sweepExpiredReservations (db: Kysely<Database>, now: Date): Promise<number> {
  let recorded = 0
  for (;;) {
    const swept = await db.transaction().execute(async trx => await recordExpiredReservations(trx, now))
    recorded += swept
    if (swept < BATCH_SIZE) return recorded
  }
}
