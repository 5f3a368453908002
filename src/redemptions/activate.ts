/**
 * Activates an account for its holder: reserves the code, sets the password in the directory, redeems the slip. If any
 * step fails, the holder never has a used code without a password: the code is only reserved until the password is set.
 */
import { DirectoryError } from '../accounts/directory.js'
import { findAccount } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import { Unavailable } from '../institution/errors.js'
import { addressGroup } from '../institution/network-address.js'
import { checkGuessable } from '../passwords/check-guessable.js'
import type { ActivationCode } from '../slips/codes.js'
import { type AttemptLimit, countAttempt, type Throttle } from '../staff/sign-in/throttle.js'
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
  /** In NFC, and within the rules for passwords, except that it may be easy to guess. */
  readonly password: string
  /** The client's address, as far as it can be trusted. */
  readonly address: string
}

/** The result of an attempt. Every outcome except `done` leaves the code unused. */
export type ActivationResult =
  | { readonly outcome: 'done', readonly username: string }
  /** One answer for every problem with user name or code. */
  | { readonly outcome: 'not-accepted' }
  /** Examined only after a right code: it is the one step that costs a processor's time. */
  | { readonly outcome: 'password-guessable' }
  | { readonly outcome: Exclude<FaultReason, 'failed'> }

/**
 * Keeps a flood of attempts out of the log; wrong codes are limited per slip. A whole class may share one address, so only
 * wrong codes stay counted: a form with errors of typing is not examined further, and a right code is refunded, also one
 * with a password that is refused.
 */
export const activationLimit: AttemptLimit = { maxAttempts: 60, windowMinutes: 15 }

/**
 * Redeems the code and sets the password in the directory.
 * @throws {TooManyAttempts} when one address has failed too often
 * @throws {Unavailable} `password-may-be-set`, `password-check-busy`
 */
export async function activate (deps: ActivationDeps, attempt: ActivationAttempt): Promise<ActivationResult> {
  const now = deps.now()
  const throttle: Throttle = { purpose: 'activation', value: addressGroup(attempt.address), limit: activationLimit, onSuccess: 'refund' }
  const resetAttempts = await countAttempt(deps, [throttle], now, async () => await recordThrottled(deps, now))
  const reservation = await reserveCode(deps, holderRedeemer, attempt, { quietly: true })
  if (reservation === undefined) return { outcome: 'not-accepted' }
  await resetAttempts()
  return await rejectGuessablePassword(deps, reservation, attempt.password) ?? await setDirectoryPassword(deps, reservation, attempt.password) ?? await confirmActivation(deps, reservation)
}

/** Examines the password. @returns the result when it is easy to guess; then the code works again immediately */
async function rejectGuessablePassword (deps: ActivationDeps, { id }: Reservation, password: string): Promise<ActivationResult | undefined> {
  const isGuessable = await checkGuessable(password).catch(async (error: unknown) => {
    await releaseReservation(deps, holderRedeemer, id, { reason: 'failed' })
    throw error
  })
  if (!isGuessable) return undefined
  await releaseReservation(deps, holderRedeemer, id, { reason: 'password-guessable' })
  return { outcome: 'password-guessable' }
}

/** Sets the password. @returns what prevented it; undefined on success */
async function setDirectoryPassword (deps: ActivationDeps, { account, id }: Reservation, password: string): Promise<ActivationResult | undefined> {
  let isRequestSent = false
  try {
    await deps.directory.refresh(account)
    const current = await findAccount(deps.db, account.id)
    if (current === undefined || current.gone_at !== null) throw new DirectoryError('account-gone', `the directory has no entry with the user name of account ${account.id}`)
    if (current.status !== 'active') return await rejectReservation(deps, id)
    isRequestSent = true
    await deps.directory.setPassword(account, password)
    return undefined
  } catch (error) {
    const reason = toFaultReason(error)
    // A directory that did not answer may have set the password.
    const passwordMayBeSet = isRequestSent && (reason === 'directory-away' || reason === 'failed')
    await releaseReservation(deps, holderRedeemer, id, { reason, passwordMayBeSet }).catch((unreleased: unknown) => {
      // The reservation expires automatically, which is recorded then. The holder's result does not depend on it.
      deps.logger.warn({ err: unreleased, reason }, 'releasing a reservation failed')
    })
    if (reason === 'failed') throw passwordMayBeSet ? new Unavailable('password-may-be-set', { cause: error }) : error
    deps.logger.warn({ err: error, reason }, 'the directory did not set the password')
    return { outcome: reason }
  }
}

/** Redeems the slip. The password is set already, so a failure is recorded but not shown to the holder. Confirming twice is safe. */
async function confirmActivation (deps: ActivationDeps, reservation: Reservation): Promise<ActivationResult> {
  const confirm = async () => await confirmReservation(deps, holderRedeemer, reservation.id)
  try {
    if (await confirm().catch(confirm) === undefined) await recordPasswordSet(deps, reservation)
  } catch (error) {
    // When the reservation expires, `redemption-unfinished` is recorded.
    deps.logger.warn({ err: error, slip: reservation.slipNumber }, 'the password was set, but redeeming the slip failed')
  }
  return { outcome: 'done', username: reservation.account.username }
}

/** Records that the password was set although the slip ended at the same time and cannot be redeemed. */
async function recordPasswordSet ({ db, now }: ActivationDeps, { slipNumber, account }: Reservation): Promise<void> {
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'redemption-unfinished', at: now(), actor: 'holder', slip: slipNumber, account: account.id, facts: { passwordSet: true },
  }))
}

async function rejectReservation (deps: ActivationDeps, reservationId: string): Promise<ActivationResult> {
  await refuseReservation(deps, holderRedeemer, reservationId)
  return { outcome: 'not-accepted' }
}

async function recordThrottled ({ db }: ActivationDeps, at: Date): Promise<void> {
  await db.transaction().execute(async trx => await appendEvent(trx, { kind: 'redemption-refused', at, actor: 'anonymous', facts: { reason: 'throttled' } }))
}
