/** Voids an open slip for a reason that a person gives; for a paper jam, issues the next one at once. */
import type { Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import { Problem, Refused } from '../http/problems.js'
import type { Channel } from '../institution/words.js'
import type { Session } from '../staff/session.js'
import { refreshFromDirectory } from './ask-directory.js'
import { endSlip } from './end-slip.js'
import { issueSlipWithin, withRefusalsRecorded, type IssuedSlip, type IssuingDeps } from './issue-slip.js'
import { claimIdempotencyKey, type IdempotencyKey } from './idempotency.js'
import { isOpen, getAllowedSteps } from './life.js'
import { lockSlip } from './lock-slip.js'
import { requireReissuableRequest } from './request-of-slip.js'
import { canOfficeServe } from './rules.js'
import { generateSlipNumber } from './slip-number.js'
import type { VoidReason } from './void-reasons.js'

/** The slip that the agent has before them. */
export interface KnownSlip {
  readonly number: string
  readonly channel: Channel
  readonly account_id: string
}

/**
 * Voids an open slip.
 * @throws {Problem} `not-found`; `conflict` when the slip has ended
 * @throws {Refused} `office-not-authorised` when the agent's office does not serve the affiliation
 */
export async function voidSlip (deps: IssuingDeps, by: Session, slip: KnownSlip, reason: VoidReason): Promise<void> {
  await withRefusalsRecorded(deps, by, toAttempt(slip), async () =>
    await deps.db.transaction().execute(async trx => await voidSlipWithin(trx, deps, by, slip.number, reason, deps.now())))
}

/**
 * A paper jam: voids the slip as print-failed and issues the next one with the same identity check, desk or
 * address, in one transaction. Only within the profile's minutes after the issue and by who issued it,
 * because the visitor must still be standing there.
 * A double click finds the slip that the first one made: the key is claimed before anything else.
 * @throws as `voidSlip` and `issueSlip`; `conflict` when it is too late or somebody else's; nothing is voided where
 *   the directory does not say what the account is now
 */
export async function reissueAfterPaperJam (deps: IssuingDeps, by: Session, slip: KnownSlip, key: IdempotencyKey): Promise<IssuedSlip> {
  await refreshFromDirectory(deps, slip.account_id)
  return await withRefusalsRecorded(deps, by, toAttempt(slip), async () =>
    await deps.db.transaction().execute(async trx => {
      const number = generateSlipNumber(deps.randomBytes)
      const now = deps.now()
      await claimIdempotencyKey(trx, by.staff.id, key, number, now)
      const { request, slipId, checkedAt } = await requireReissuableRequest(trx, slip.number, by, now, deps.profile.reissue.printFailedWithinMinutes)
      await voidSlipWithin(trx, deps, by, slip.number, { code: 'print-failed' }, now)
      return await issueSlipWithin(trx, deps, by, request, { number, now, reissueOf: { slipId, checkedAt } })
    }))
}

function toAttempt ({ number, channel, account_id: accountId }: KnownSlip) {
  return { slip: number, channel, accountId }
}

async function voidSlipWithin (trx: Transaction<Database>, deps: IssuingDeps, by: Session, number: string, reason: VoidReason, now: Date): Promise<void> {
  const slip = await lockSlip(trx, number, now)
  if (slip === undefined) throw new Problem('not-found', { variant: 'slip' })
  if (!canOfficeServe(deps.profile, by.servicePoint?.kind, slip.account.affiliation)) {
    throw new Refused([{ code: 'office-not-authorised', variant: 'void' }])
  }
  if (!isOpen(slip.state)) throw new Problem('conflict', { variant: `slip-${slip.state}`, values: { number }, members: { state: slip.state, steps: getAllowedSteps(slip) } })
  await endSlip(trx, slip, reason, by, now)
}
