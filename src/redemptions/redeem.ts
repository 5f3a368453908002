/** Redeems a code in one go, for an identity system that sets the password itself. */
import { confirmReservation, releaseReservation, type Redeemed } from './end-reservation.js'
import { faultWord } from './fault-word.js'
import type { Redeemer } from './redeemer.js'
import { reserveCode, type RedemptionDeps, type TypedPair } from './reserve-code.js'

/**
 * Takes the code, asks the directory about the account, and redeems.
 * @returns undefined when the pair was not accepted, whatever the reason
 * @throws {DirectoryFault} when the code was right and the directory cannot be asked: the code stays good
 */
export async function redeem (deps: RedemptionDeps, by: Redeemer, typed: TypedPair): Promise<Redeemed | undefined> {
  const reservation = await reserveCode(deps, by, typed, { quietly: true })
  if (reservation === undefined) return undefined
  try {
    await deps.directory.refresh(reservation.account)
  } catch (error) {
    await releaseReservation(deps, by, reservation.id, { reason: faultWord(error) })
    throw error
  }
  // Confirming twice does no harm, and a code that stays reserved because others were in the way helps nobody.
  const confirm = async () => await confirmReservation(deps, by, reservation.id)
  return await confirm().catch(confirm)
}
