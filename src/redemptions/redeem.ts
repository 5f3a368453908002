/** Redeems a code in one call, for an identity system that sets the password itself. */
import { DirectoryError, type DirectoryErrorKind } from '../accounts/directory.js'
import { confirmReservation, type RedemptionResult, releaseReservation } from './end-reservation.js'
import { type CodeCredentials, type RedemptionDeps, reserveCode } from './reserve-code.js'
import type { Redeemer } from './rules.js'

/**
 * Reserves the code, refreshes the account from the directory, and redeems the slip.
 * @returns undefined when the pair was not accepted, for any reason
 * @throws {DirectoryError} when the code was right but the directory is not available: the code stays usable
 */
export async function redeemCode (deps: RedemptionDeps, by: Redeemer, credentials: CodeCredentials): Promise<RedemptionResult | undefined> {
  const reservation = await reserveCode(deps, by, credentials, { quietly: true })
  if (reservation === undefined) return undefined
  try {
    await deps.directory.refresh(reservation.account)
  } catch (error) {
    await releaseReservation(deps, by, reservation.id, { reason: toFaultReason(error) })
    throw error
  }
  // Confirming twice is safe, so retry once rather than leave the code reserved.
  const confirm = async () => await confirmReservation(deps, by, reservation.id)
  return await confirm().catch(confirm)
}

/** The recorded reason for each error of the directory. */
const faultReasons = { away: 'directory-away', 'password-refused': 'password-refused', 'account-gone': 'account-gone', ambiguous: 'ambiguous' } as const satisfies Record<DirectoryErrorKind, string>

export type FaultReason = (typeof faultReasons)[DirectoryErrorKind] | 'failed'

/** Returns the recorded reason for an error. `failed`: not an error of the directory. */
export function toFaultReason (error: unknown): FaultReason {
  return error instanceof DirectoryError ? faultReasons[error.kind] : 'failed'
}
