/** Voids an open slip for a reason, and issues the next slip after a paper jam. */
import type { Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import { NotFound, Refused } from '../../institution/errors.js'
import { ReissueNotAllowed, SlipEnded } from '../../institution/slip-errors.js'
import type { Profile } from '../../institution/profile.js'
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
 * @throws {NotFound}
 * @throws {SlipEnded}
 * @throws {SlipReserved}
 * @throws {Refused} `office-not-authorised` when the agent's office does not serve the affiliation
 */
export async function voidSlip (deps: IssuingDeps, session: Session, slip: Pick<Slip, 'number' | 'channel' | 'account_id'>, reason: VoidReason): Promise<void> {
  await withRefusalsRecorded(deps, session, toAttempt(slip), async () =>
    await deps.db.transaction().execute(async trx => await voidSlipWithin(trx, slip.number, reason, { profile: deps.profile, session, now: deps.now() })))
}

/**
 * After a paper jam: voids the slip as `print-failed` and issues the next one with the same identity check, desk or
 * address, in one transaction. Only the agent who issued the slip can do this, within the minutes of the profile, while
 * the visitor is still at the desk. A double click finds the slip of the first click, because the key is claimed first.
 * @throws {ReissueNotAllowed} and the errors of `voidSlip` and `issueSlip`; nothing is voided when the directory does
 *   not return the account's current status
 */
export async function reissueAfterPaperJam (deps: IssuingDeps, session: Session, slip: Pick<Slip, 'number' | 'channel' | 'account_id'>, key: IdempotencyKey): Promise<IssuedSlip> {
  await refreshFromDirectory(deps, slip.account_id)
  return await withRefusalsRecorded(deps, session, toAttempt(slip), async () =>
    await deps.db.transaction().execute(async trx => {
      const number = generateSlipNumber(deps.randomBytes)
      const now = deps.now()
      const { profile } = deps
      await claimIdempotencyKey(trx, key, { staffId: session.staff.id, slipNumber: number, now })
      const { request, slipId, checkedAt } = await requireReissuableRequest(trx, slip.number, { session, now, withinMinutes: profile.reissue.printFailedWithinMinutes })
      await voidSlipWithin(trx, slip.number, { code: 'print-failed' }, { profile, session, now })
      return await issueSlipWithin(trx, deps, request, { session, number, now, reissueOf: { slip: { id: slipId, number: slip.number }, checkedAt } })
    }))
}

function toAttempt ({ number, channel, account_id: accountId }: Pick<Slip, 'number' | 'channel' | 'account_id'>) {
  return { slip: number, channel, accountId }
}

interface VoidContext {
  readonly profile: Profile
  readonly session: Session
  readonly now: Date
}

async function voidSlipWithin (trx: Transaction<Database>, number: string, reason: VoidReason, { profile, session, now }: VoidContext): Promise<void> {
  const slip = await lockSlip(trx, number, now)
  if (slip === undefined) throw new NotFound('slip')
  if (!canOfficeServe(profile, session.servicePoint?.kind, slip.account.affiliation)) {
    throw new Refused([{ code: 'office-not-authorised', variant: 'void' }])
  }
  if (!isOpen(slip.state)) throw new SlipEnded(number, slip.state, getAllowedSteps(slip))
  await endSlip(trx, slip, reason, { session, now })
}

// The request of a slip, read from the database to issue it again after a paper jam.

/** The request to issue again, and the facts that stay from the first issue. */
interface OriginalRequest {
  readonly request: IssueRequest
  readonly slipId: string
  /** When the document was checked. */
  readonly checkedAt: Date
}

interface ReissueLimits {
  /** The session of the agent who reissues the slip. */
  readonly session: Session
  readonly now: Date
  /** The maximum age of the slip. */
  readonly withinMinutes: number
}

/**
 * Reads the request of a slip that may be issued again.
 * @throws {NotFound}
 * @throws {ReissueNotAllowed} another agent issued the slip, it is too old, or it has left the office
 */
async function requireReissuableRequest (trx: Transaction<Database>, number: string, { session, now, withinMinutes }: ReissueLimits): Promise<OriginalRequest> {
  const slip = await trx.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .innerJoin('slip_steps', join => join.onRef('slip_steps.slip_id', '=', 'slips.id').on('slip_steps.step', '=', 'issue'))
    .leftJoin('identity_checks', 'identity_checks.id', 'slip_steps.identity_check_id')
    .selectAll(['deliveries', 'identity_checks'])
    .select(['slips.id as slipId', 'slips.account_id', 'slips.channel', 'slips.language', 'slips.request_reference', 'slips.latin_name', 'slips.latin_name_reason', 'slips.issued_at', 'slips.issued_by', 'slips.state'])
    .where('slips.number', '=', number)
    .executeTakeFirst()
  if (slip === undefined) throw new NotFound('slip')
  const hasLeft = slip.state !== getInitialState(slip.channel)
  if (hasLeft || slip.issued_by !== session.staff.id || now.getTime() - slip.issued_at.getTime() > withinMinutes * 60_000) {
    throw new ReissueNotAllowed(number, withinMinutes)
  }
  const request: IssueRequest = {
    accountId: slip.account_id,
    channel: slip.channel,
    language: slip.language,
    requestReference: slip.request_reference ?? undefined,
    latinName: slip.latin_name === null ? undefined : { value: slip.latin_name, reason: slip.latin_name_reason! },
    porter: slip.porter_service_point_id === null ? undefined : { servicePointId: slip.porter_service_point_id },
    letter: slip.country === null
      ? undefined
      : { recipient: slip.recipient ?? '', lines: slip.lines ?? [], postcode: slip.postcode ?? '', town: slip.town ?? '', country: slip.country },
    identityCheck: slip.document_type === null
      ? undefined
      : {
          documentType: slip.document_type,
          issuingCountry: slip.issuing_country!,
          validUntil: slip.no_expiry === true ? 'none' : slip.valid_until!,
          photoMatches: true,
          nameMatches: slip.name_matches === true ? true : { reason: slip.name_reason ?? '' },
          birthDateMatches: slip.birth_date_reason === null ? slip.birth_date_matches ?? undefined : { reason: slip.birth_date_reason },
        },
  }
  return { request, slipId: slip.slipId, checkedAt: slip.checked_at ?? slip.issued_at }
}
