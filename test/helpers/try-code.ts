/** Tries a code as a holder would, and gives it back at once: for tests of when a code opens its slip. */
import { releaseReservation } from '../../src/redemptions/end-reservation.js'
import { holderRedeemer } from '../../src/redemptions/redeemer.js'
import { reserveCode, type RedemptionDeps } from '../../src/redemptions/reserve-code.js'
import type { ActivationCode } from '../../src/slips/activation-code.js'

/** @returns the number of the live slip that user name and code open; undefined for every other pair */
export async function tryCode (deps: RedemptionDeps, username: string, code: ActivationCode): Promise<{ number: string } | undefined> {
  const reservation = await reserveCode(deps, holderRedeemer, { username, code }, { quietly: true })
  if (reservation === undefined) return undefined
  await releaseReservation(deps, holderRedeemer, reservation.id, { reason: 'given-back' })
  return { number: reservation.slipNumber }
}
