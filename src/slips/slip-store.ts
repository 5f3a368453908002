/** A slip under lock, for whoever is about to change it. */
import type { Selectable, Transaction } from 'kysely'
import { type Account, lockAccount } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { DeliveriesTable, SlipsTable } from '../database/row-types.js'
import type { Database } from '../database/schema.js'
import type { Channel, Language, SlipState } from '../institution/vocabulary.js'
import type { ServicePointRef, Session } from '../staff/session.js'
import type { StoredCode } from './code-hmac.js'
import { getNameReason, type IdentityCheck } from './rules/identity-check.js'
import type { Lifetime } from './rules/limits.js'
import { getInitialPlace, getInitialState, stateAt } from './rules/state-machine.js'
import type { IssueRequest } from './schemas.js'

type SlipColumns = Pick<Selectable<SlipsTable>, 'id' | 'number' | 'account_id' | 'channel' | 'expires_at' | 'ceiling_at' | 'ended_at' | 'issued_at'>
type DeliveryColumns = Pick<Selectable<DeliveriesTable>, 'porter_service_point_id' | 'country' | 'envelope_at'>

export type LockedSlip = SlipColumns & DeliveryColumns & {
  readonly account: Account
  /** What holds at the moment. */
  readonly state: SlipState
  /** What the row says. */
  readonly row_state: SlipState
}

/**
 * Locks the account's row, then the slip's: in one order everywhere, so that nobody waits for each other crosswise.
 * @returns undefined when there is no such slip
 */
export async function lockSlip (trx: Transaction<Database>, number: string, now: Date): Promise<LockedSlip | undefined> {
  const found = await trx.selectFrom('slips').select('account_id').where('number', '=', number).executeTakeFirst()
  const account = found && await lockAccount(trx, found.account_id)
  if (account === undefined) return undefined
  const slip = await trx.selectFrom('slips')
    .select(['id', 'number', 'account_id', 'channel', 'state as row_state', 'expires_at', 'ceiling_at', 'ended_at', 'issued_at'])
    .where('number', '=', number).forUpdate().executeTakeFirstOrThrow()
  const delivery = await trx.selectFrom('deliveries').select(['porter_service_point_id', 'country', 'envelope_at'])
    .where('slip_id', '=', slip.id).executeTakeFirstOrThrow()
  return { ...slip, ...delivery, account, state: stateAt({ state: slip.row_state, expires_at: slip.expires_at }, now) }
}

// Writes a new slip with all that belongs to it: delivery, identity check, first step, audit event.

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

// Writes down a look at a document: at a counter and at every handover.

/** @returns the check's id, for its step */
export async function insertIdentityCheck (
  trx: Transaction<Database>, slipId: string, check: IdentityCheck, { by, office, at }: { by: Session, office: ServicePointRef, at: Date }
): Promise<string> {
  const { id } = await trx.insertInto('identity_checks').values({
    slip_id: slipId,
    document_type: check.documentType,
    issuing_country: check.issuingCountry,
    valid_until: check.validUntil,
    photo_matches: check.photoMatches,
    name_matches: check.nameMatches === true,
    name_reason: getNameReason(check) ?? null,
    birth_date_matches: check.birthDateMatches === true ? true : null,
    checked_by: by.staff.id,
    checked_at: at,
    service_point_id: office.id,
  }).returning('id').executeTakeFirstOrThrow()
  return id
}

/** What an audit event keeps of a check as personal texts. */
export function toIdentityTexts (check: IdentityCheck | undefined): { document?: string | undefined, nameReason?: string | undefined } {
  if (check === undefined) return {}
  return {
    document: [check.documentType, check.issuingCountry, check.validUntil].join(' '),
    nameReason: getNameReason(check),
  }
}

// Several slips at once: their accounts under lock, before the first of them takes a step.

/**
 * Locks the accounts of these slips in one statement and in the order in which everybody locks them: whoever has
 * the same slips in hand waits here, not halfway.
 * @param desk only slips that go to this porter's desk
 * @returns the slip numbers of the channel, in that order
 */
export async function lockAccountsOfSlips (trx: Transaction<Database>, numbers: readonly string[], { channel, desk }: { readonly channel: Channel, readonly desk?: string }): Promise<string[]> {
  const slips = await trx.selectFrom('slips')
    .innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select('slips.number')
    .where('slips.number', 'in', numbers).where('slips.channel', '=', channel)
    .$if(desk !== undefined, query => query.where('deliveries.porter_service_point_id', '=', desk!))
    .orderBy('accounts.id').orderBy('slips.number')
    .forUpdate(['accounts']).execute()
  return slips.map(({ number }) => number)
}
