/**
 * The holder activates: code, directory, commit, in this order. Whatever stops in between, the holder is never left
 * with a used code and no password: the code is only reserved until the directory has the password.
 */
import { DirectoryError } from '../accounts/directory.js'
import { findAccount } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import { Unavailable } from '../institution/errors.js'
import type { ActivationCode } from '../slips/codes.js'
import { type AttemptLimit, countAttempt, type Throttle, throttleAddress } from '../staff/throttle.js'
import { confirmReservation, refuseReservation, releaseReservation } from './end-reservation.js'
import { type FaultReason, toFaultReason } from './redeem.js'
import { type RedemptionDeps, type Reservation, reserveCode } from './reserve-code.js'
import { holderRedeemer } from './rules.js'

export interface ActivationDeps extends RedemptionDeps {
  readonly sessionKey: Buffer
}

export interface ActivationAttempt {
  readonly username: string
  readonly code: ActivationCode
  /** In NFC, and within the rules for passwords. */
  readonly password: string
  /** The client's, as far as it can be trusted. */
  readonly address: string
}

/** What became of it. Everything but `done` leaves the code as it was. */
export type ActivationResult =
  | { readonly outcome: 'done', readonly username: string }
  /** One answer for everything that is wrong with user name or code. */
  | { readonly outcome: 'not-accepted' }
  | { readonly outcome: Exclude<FaultReason, 'failed'> }

/** A whole class may share one address, and a success is refunded. It keeps a flood out of the log; wrong codes are limited by slip. */
export const activationLimit: AttemptLimit = { maxAttempts: 60, windowMinutes: 15 }

/**
 * Redeems the code and sets the password in the directory.
 * @throws {TooManyAttempts} when one address has failed too often
 * @throws {Unavailable} `password-may-be-set`
 */
export async function activate (deps: ActivationDeps, attempt: ActivationAttempt): Promise<ActivationResult> {
  const now = deps.now()
  const throttle: Throttle = { purpose: 'activation', value: throttleAddress(attempt.address), limit: activationLimit, onSuccess: 'refund' }
  const resetAttempts = await countAttempt(deps, [throttle], now, async () => await recordThrottled(deps, now))
  const reservation = await reserveCode(deps, holderRedeemer, attempt, { quietly: true })
  if (reservation === undefined) return { outcome: 'not-accepted' }
  await resetAttempts()
  return await setDirectoryPassword(deps, reservation, attempt.password) ?? await confirmActivation(deps, reservation)
}

/** @returns what stood in the way; undefined when the directory has the password */
async function setDirectoryPassword (deps: ActivationDeps, { account, id }: Reservation, password: string): Promise<ActivationResult | undefined> {
  let asked = false
  try {
    await deps.directory.refresh(account)
    const asItIs = await findAccount(deps.db, account.id)
    if (asItIs === undefined || asItIs.gone_at !== null) throw new DirectoryError('account-gone', `the directory has nobody of the user name of account ${account.id}`)
    if (asItIs.status !== 'active') return await rejectReservation(deps, id)
    asked = true
    await deps.directory.setPassword(account, password)
    return undefined
  } catch (error) {
    const reason = toFaultReason(error)
    // Who was asked and did not answer may have done it.
    const passwordMayBeSet = asked && (reason === 'directory-away' || reason === 'failed')
    await releaseReservation(deps, holderRedeemer, id, { reason, passwordMayBeSet }).catch((unreleased: unknown) => {
      // It runs out by itself, and the record says so then. What the holder is told does not depend on it.
      deps.logger.warn({ err: unreleased, reason }, 'releasing a reservation failed')
    })
    if (reason === 'failed') throw passwordMayBeSet ? new Unavailable('password-may-be-set', { cause: error }) : error
    deps.logger.warn({ err: error, reason }, 'the directory did not set the password')
    return { outcome: reason }
  }
}

/** The password is set, whatever becomes of the slip: that is for the record, not for the holder. Confirming twice does no harm. */
async function confirmActivation (deps: ActivationDeps, reservation: Reservation): Promise<ActivationResult> {
  const confirm = async () => await confirmReservation(deps, holderRedeemer, reservation.id)
  try {
    if (await confirm().catch(confirm) === undefined) await recordPasswordSet(deps, reservation)
  } catch (error) {
    // Once the reservation has run out, the record says `redemption-unfinished`.
    deps.logger.warn({ err: error, slip: reservation.slipNumber }, 'the password was set, but redeeming the slip failed')
  }
  return { outcome: 'done', username: reservation.account.username }
}

/** A slip that ended in the same moment cannot be redeemed any more. */
async function recordPasswordSet ({ db, now }: ActivationDeps, { slipNumber, account }: Reservation): Promise<void> {
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'redemption-unfinished', at: now(), actor: 'holder', slip: slipNumber, account: account.id, facts: { passwordSet: true },
  }))
}

async function rejectReservation (deps: ActivationDeps, reservation: string): Promise<ActivationResult> {
  await refuseReservation(deps, holderRedeemer, reservation)
  return { outcome: 'not-accepted' }
}

async function recordThrottled ({ db }: ActivationDeps, at: Date): Promise<void> {
  await db.transaction().execute(async trx => await appendEvent(trx, { kind: 'redemption-refused', at, actor: 'anonymous', facts: { reason: 'throttled' } }))
}
