/** Voids an open slip for a reason that a person gives; for a paper jam, issues the next one at once. */
import type { Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import { Problem, Refused } from '../../http/problems.js'
import type { Session } from '../../staff/session.js'
import { generateSlipNumber } from '../codes.js'
import { canOfficeServe } from '../rules/issuing-rules.js'
import { getAllowedSteps, getInitialState, isOpen } from '../rules/state-machine.js'
import type { VoidReason } from '../rules/void-reasons.js'
import type { IssueRequest } from '../schemas.js'
import type { Slip } from '../slip.js'
import { lockSlip } from '../slip-store.js'
import { endSlip } from './end-slip.js'
import { claimIdempotencyKey, type IdempotencyKey } from './idempotency.js'
import { type IssuedSlip, issueSlipWithin, type IssuingDeps, refreshFromDirectory, withRefusalsRecorded } from './issue-slip.js'

/**
 * Voids an open slip.
 * @throws {Problem} `not-found`; `conflict` when the slip has ended
 * @throws {Refused} `office-not-authorised` when the agent's office does not serve the affiliation
 */
export async function voidSlip (deps: IssuingDeps, by: Session, slip: Pick<Slip, 'number' | 'channel' | 'account_id'>, reason: VoidReason): Promise<void> {
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
export async function reissueAfterPaperJam (deps: IssuingDeps, by: Session, slip: Pick<Slip, 'number' | 'channel' | 'account_id'>, key: IdempotencyKey): Promise<IssuedSlip> {
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

function toAttempt ({ number, channel, account_id: accountId }: Pick<Slip, 'number' | 'channel' | 'account_id'>) {
  return { slip: number, channel, accountId }
}

async function voidSlipWithin (trx: Transaction<Database>, deps: IssuingDeps, by: Session, number: string, reason: VoidReason, now: Date): Promise<void> {
  const slip = await lockSlip(trx, number, now)
  if (slip === undefined) throw new Problem('not-found', { variant: 'slip' })
  if (!canOfficeServe(deps.profile, by.servicePoint?.kind, slip.account.affiliation)) {
    throw new Refused([{ code: 'office-not-authorised', variant: 'void' }])
  }
  if (!isOpen(slip.state)) throw new Problem('conflict', { variant: `slip-${slip.state}`, values: { number }, members: { state: slip.state, steps: getAllowedSteps(slip) } })
  await endSlip(trx, slip, reason, { session: by, now })
}

// The request that a slip was issued for, read back to issue it again after a paper jam.

/** What is issued again, and what stays from the first time. */
export interface OriginalRequest {
  readonly request: IssueRequest
  readonly slipId: string
  /** When the document was looked at. */
  readonly checkedAt: Date
}

/**
 * @param by who reissues; must be who issued
 * @param withinMinutes how old the slip may be at most
 * @throws {Problem} `not-found`; `conflict` when it was somebody else's slip, is too old, or has left the office
 */
export async function requireReissuableRequest (trx: Transaction<Database>, number: string, by: Session, now: Date, withinMinutes: number): Promise<OriginalRequest> {
  const slip = await trx.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .innerJoin('slip_steps', join => join.onRef('slip_steps.slip_id', '=', 'slips.id').on('slip_steps.step', '=', 'issue'))
    .leftJoin('identity_checks', 'identity_checks.id', 'slip_steps.identity_check_id')
    .selectAll(['deliveries', 'identity_checks'])
    .select(['slips.id as slipId', 'slips.account_id', 'slips.channel', 'slips.language', 'slips.request_reference', 'slips.issued_at', 'slips.issued_by', 'slips.state'])
    .where('slips.number', '=', number)
    .executeTakeFirst()
  if (slip === undefined) throw new Problem('not-found', { variant: 'slip' })
  const hasLeft = slip.state !== getInitialState(slip.channel)
  if (hasLeft || slip.issued_by !== by.staff.id || now.getTime() - slip.issued_at.getTime() > withinMinutes * 60_000) {
    throw new Problem('conflict', { variant: 'paper-jam-over', values: { number, minutes: withinMinutes } })
  }
  const request: IssueRequest = {
    accountId: slip.account_id,
    channel: slip.channel,
    language: slip.language,
    requestReference: slip.request_reference ?? undefined,
    porter: slip.porter_service_point_id === null ? undefined : { servicePointId: slip.porter_service_point_id },
    letter: slip.country === null
      ? undefined
      : { recipient: slip.recipient ?? '', lines: slip.lines ?? [], postcode: slip.postcode ?? '', town: slip.town ?? '', country: slip.country },
    identityCheck: slip.document_type === null
      ? undefined
      : {
          documentType: slip.document_type,
          issuingCountry: slip.issuing_country!,
          validUntil: slip.valid_until!,
          photoMatches: true,
          nameMatches: slip.name_matches === true ? true : { reason: slip.name_reason ?? '' },
          birthDateMatches: slip.birth_date_matches ?? undefined,
        },
  }
  return { request, slipId: slip.slipId, checkedAt: slip.checked_at ?? slip.issued_at }
}
