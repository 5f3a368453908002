/** The request that a slip was issued for, read back to issue it again after a paper jam. */
import type { Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import { Problem } from '../http/problems.js'
import type { Session } from '../staff/session.js'
import type { IssueRequest } from './issue-request.js'
import { getInitialState } from './life.js'

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
