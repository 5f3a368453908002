/** Writes a new slip with all that belongs to it: delivery, identity check, first step, audit event. */
import type { Transaction } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import type { Channel, Language } from '../institution/words.js'
import type { ServicePointRef, Session } from '../staff/session.js'
import type { StoredCode } from './code-hmac.js'
import type { IdentityCheck } from './identity-check.js'
import { toIdentityTexts, insertIdentityCheck } from './insert-identity-check.js'
import type { IssueRequest } from './issue-request.js'
import type { Lifetime } from './lifetimes.js'
import { getInitialPlace, getInitialState } from './life.js'

/** A slip that has been decided and not yet written. */
export interface SlipDraft extends Lifetime {
  readonly number: string
  readonly accountId: string
  readonly channel: Channel
  readonly code: StoredCode
  readonly language: Language
  readonly requestReference: string | undefined
  readonly issuedAt: Date
  readonly by: Session
  readonly office: ServicePointRef
  readonly identityCheck: IdentityCheck | undefined
  /** When the document was looked at: at the issue, or, after a paper jam, at the issue before. */
  readonly checkedAt: Date
  readonly porter: { readonly servicePointId: string, readonly collectBy: Date } | undefined
  readonly letter: IssueRequest['letter']
  /** The id of the slip that this one takes the place of. */
  readonly replaces: string | undefined
}

/** Writes the slip and what belongs to it in the caller's transaction. */
export async function insertSlip (trx: Transaction<Database>, draft: SlipDraft): Promise<void> {
  const { id } = await trx.insertInto('slips').values({
    number: draft.number,
    account_id: draft.accountId,
    channel: draft.channel,
    state: getInitialState(draft.channel),
    code_hmac: draft.code.hmac,
    code_key_id: draft.code.keyId,
    language: draft.language,
    request_reference: draft.requestReference ?? null,
    issued_at: draft.issuedAt,
    issued_by: draft.by.staff.id,
    service_point_id: draft.office.id,
    expires_at: draft.expiresAt,
    ceiling_at: draft.ceilingAt,
    replaces: draft.replaces ?? null,
  }).returning('id').executeTakeFirstOrThrow()
  await insertDelivery(trx, id, draft)
  const checkId = draft.identityCheck === undefined ? null : await insertIdentityCheck(trx, id, draft.identityCheck, { by: draft.by, office: draft.office, at: draft.checkedAt })
  await trx.insertInto('slip_steps').values({
    slip_id: id,
    step: 'issue',
    from_state: null,
    to_state: getInitialState(draft.channel),
    at: draft.issuedAt,
    staff_id: draft.by.staff.id,
    service_point_id: draft.office.id,
    identity_check_id: checkId,
  }).execute()
  await appendEvent(trx, toIssuedEvent(draft))
}

async function insertDelivery (trx: Transaction<Database>, slipId: string, { channel, porter, letter }: SlipDraft): Promise<void> {
  await trx.insertInto('deliveries').values({
    slip_id: slipId,
    channel,
    porter_service_point_id: porter?.servicePointId ?? null,
    collect_by: porter?.collectBy ?? null,
    recipient: letter?.recipient ?? null,
    lines: letter?.lines ?? null,
    postcode: letter?.postcode ?? null,
    town: letter?.town ?? null,
    country: letter?.country ?? null,
    envelope_at: getInitialPlace(channel),
  }).execute()
}

function toIssuedEvent (draft: SlipDraft) {
  const { identityCheck, letter } = draft
  const texts = {
    requestReference: draft.requestReference,
    recipient: letter?.recipient,
    address: letter && [...letter.lines, `${letter.postcode} ${letter.town}`, letter.country].join('\n'),
    ...toIdentityTexts(identityCheck),
  }
  return {
    kind: 'slip-issued' as const,
    at: draft.issuedAt,
    actor: `staff:${draft.by.staff.id}` as const,
    slip: draft.number,
    account: draft.accountId,
    servicePoint: draft.office.id,
    facts: {
      channel: draft.channel,
      to: getInitialState(draft.channel),
      identityChecked: identityCheck !== undefined,
      ...(draft.porter === undefined ? {} : { porter: draft.porter.servicePointId }),
    },
    texts: Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  }
}
