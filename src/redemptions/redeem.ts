/** Redeems a code in one go, for an identity system that sets the password itself. */
import { DirectoryError, type DirectoryErrorKind } from '../accounts/directory.js'
import { confirmReservation, type RedemptionResult, releaseReservation } from './end-reservation.js'
import { type CodeCredentials, type RedemptionDeps, reserveCode } from './reserve-code.js'
import type { Redeemer } from './rules.js'

/**
 * Takes the code, asks the directory about the account, and redeems.
 * @returns undefined when the pair was not accepted, whatever the reason
 * @throws {DirectoryError} when the code was right and the directory cannot be asked: the code stays good
 */
export async function redeemCode (deps: RedemptionDeps, by: Redeemer, typed: CodeCredentials): Promise<RedemptionResult | undefined> {
  const reservation = await reserveCode(deps, by, typed, { quietly: true })
  if (reservation === undefined) return undefined
  try {
    await deps.directory.refresh(reservation.account)
  } catch (error) {
    await releaseReservation(deps, by, reservation.id, { reason: toFaultReason(error) })
    throw error
  }
  // Confirming twice does no harm, and a code that stays reserved because others were in the way helps nobody.
  const confirm = async () => await confirmReservation(deps, by, reservation.id)
  return await confirm().catch(confirm)
}

// What the record calls a fault that stood between a right code and its password. Pure.

const faultReasons = { away: 'directory-away', 'password-refused': 'password-refused', 'account-gone': 'account-gone', ambiguous: 'ambiguous' } as const satisfies Record<DirectoryErrorKind, string>

export type FaultReason = (typeof faultReasons)[DirectoryErrorKind] | 'failed'

/** `failed`: no fault of the directory. */
export function toFaultReason (error: unknown): FaultReason {
  return error instanceof DirectoryError ? faultReasons[error.kind] : 'failed'
}
