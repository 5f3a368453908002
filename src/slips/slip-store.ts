/** Locks and inserts slips. */
import type { Transaction } from 'kysely'
import type { NameRule } from '../accounts/names/match-names.js'
import { type Account, lockAccount } from '../accounts/queries.js'
import type { Database } from '../database/schema.js'
import type { Channel, Language } from '../institution/vocabulary.js'
import type { ServicePointRef, Session } from '../staff/session.js'
import { digestStoredCode, type StoredCode } from './code-hmac.js'
import { recordTransition, staffActor } from './record-transition.js'
import { LATIN_NAME_DIFFERS } from './rules/holder-name.js'
import { getBirthDateReason, getNameReason, type IdentityCheck } from './rules/identity-check.js'
import type { Lifetime } from './rules/limits.js'
import type { UnusualPattern } from './rules/patterns.js'
import { getInitialPlace, getInitialState, stateAt } from './rules/state-machine.js'
import type { IssueRequest } from './schemas.js'
import type { Slip } from './slip.js'

export interface LockedSlip extends Slip {
  readonly account: Account
}

/**
 * Locks the account's row, then the slip's row. Every transaction locks in this order, to avoid deadlocks.
 * @returns undefined when there is no such slip
 */
export async function lockSlip (trx: Transaction<Database>, number: string, now: Date): Promise<LockedSlip | undefined> {
  const found = await trx.selectFrom('slips').select('account_id').where('number', '=', number).executeTakeFirst()
  const account = found && await lockAccount(trx, found.account_id)
  if (account === undefined) return undefined
  const slip = await trx.selectFrom('slips')
    .select(['id', 'number', 'account_id', 'channel', 'state as stored_state', 'language', 'request_reference', 'issued_at', 'issued_by', 'service_point_id', 'expires_at', 'ceiling_at', 'ended_at',
      'void_reason', 'latin_name', 'latin_name_reason', 'texts_erased_at'])
    .where('number', '=', number).forUpdate().executeTakeFirstOrThrow()
  const delivery = await trx.selectFrom('deliveries')
    .select(['porter_service_point_id', 'collect_by', 'recipient', 'lines', 'postcode', 'town', 'country', 'tracking_number', 'personal_handover', 'envelope_at', 'address_erased_at'])
    .where('slip_id', '=', slip.id).executeTakeFirstOrThrow()
  return { ...slip, ...delivery, account, state: stateAt(slip, now) }
}

export type OpenSlip = Pick<Slip, 'id' | 'number' | 'account_id' | 'channel' | 'state' | 'stored_state' | 'expires_at' | 'envelope_at'>

/**
 * Locks the slip of an account whose end is not recorded yet. Its `state` is `expired` when the end has passed.
 * The caller has locked the account.
 */
export async function lockOpenSlip (trx: Transaction<Database>, accountId: string, now: Date): Promise<OpenSlip | undefined> {
  const slip = await trx.selectFrom('slips').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select(['slips.id', 'slips.number', 'slips.account_id', 'slips.channel', 'slips.state as stored_state', 'slips.expires_at', 'deliveries.envelope_at'])
    .where('slips.account_id', '=', accountId).where('slips.ended_at', 'is', null)
    .forUpdate(['slips']).executeTakeFirst()
  return slip && { ...slip, state: stateAt(slip, now) }
}

// Inserting a slip.

/** A slip that the rules have accepted and that is not stored yet. */
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
  /** When the document was checked. After a paper jam, this is the time of the first check. */
  readonly checkedAt: Date
  readonly porter: { readonly servicePointId: string, readonly collectBy: Date } | undefined
  readonly letter: IssueRequest['letter']
  /** The name in Latin letters that the agent entered, and whether it is another than the transliteration. */
  readonly latinName: { readonly value: string, readonly reason: string, readonly differs: boolean } | undefined
  /** The rules by which the recipient is the holder, see `matchNames`. */
  readonly recipientRules: readonly NameRule[]
  /** The unusual patterns of this issue. */
  readonly patterns: readonly UnusualPattern[]
  /** The slip that this one replaces. */
  readonly replaces: Pick<Slip, 'id' | 'number'> | undefined
}

/** Inserts the slip, its delivery, identity check, first step and audit event in the caller's transaction. */
export async function insertSlip (trx: Transaction<Database>, draft: SlipDraft): Promise<void> {
  const state = getInitialState(draft.channel)
  const { id } = await trx.insertInto('slips').values({
    number: draft.number,
    account_id: draft.accountId,
    channel: draft.channel,
    state,
    code_hmac: draft.code.hmac,
    code_key_id: draft.code.keyId,
    code_scheme: draft.code.scheme,
    language: draft.language,
    request_reference: draft.requestReference ?? null,
    issued_at: draft.issuedAt,
    issued_by: draft.by.staff.id,
    service_point_id: draft.office.id,
    expires_at: draft.expiresAt,
    ceiling_at: draft.ceilingAt,
    replaces: draft.replaces?.id ?? null,
    latin_name: draft.latinName?.value ?? null,
    latin_name_reason: draft.latinName?.reason ?? null,
  }).returning('id').executeTakeFirstOrThrow()
  await insertDelivery(trx, id, draft)
  const identityCheckId = draft.identityCheck && await insertIdentityCheck(trx, id, draft.identityCheck, { by: draft.by, office: draft.office, at: draft.checkedAt })
  const slip = { id, number: draft.number, account_id: draft.accountId, channel: draft.channel, state, stored_state: state, envelope_at: getInitialPlace(draft.channel) }
  await recordTransition(trx, slip, 'issue', { actor: staffActor(draft.by), at: draft.issuedAt, identityCheckId, note: draft.latinName?.differs === true ? LATIN_NAME_DIFFERS : undefined, facts: toIssueFacts(draft), texts: toIssueTexts(draft) })
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

function toIssueFacts ({ channel, code, language, expiresAt, ceilingAt, issuedAt, identityCheck, checkedAt, porter, replaces, latinName, recipientRules, patterns }: SlipDraft) {
  return {
    channel,
    code: digestStoredCode(code),
    language,
    expiresAt: expiresAt.toISOString(),
    ceilingAt: ceilingAt.toISOString(),
    ...toIdentityFacts(identityCheck),
    ...(identityCheck === undefined || checkedAt.getTime() === issuedAt.getTime() ? {} : { checkedAt: checkedAt.toISOString() }),
    ...(porter === undefined ? {} : { porter: porter.servicePointId, collectBy: porter.collectBy.toISOString() }),
    ...(replaces === undefined ? {} : { replaces: replaces.number }),
    ...(recipientRules.length === 0 ? {} : { nameRules: recipientRules }),
    ...(patterns.length === 0 ? {} : { patterns }),
    ...(latinName?.differs === true ? { reason: LATIN_NAME_DIFFERS } : {}),
  }
}

function toIssueTexts ({ requestReference, identityCheck, letter, latinName }: SlipDraft): Record<string, string> {
  const texts = {
    requestReference,
    recipient: letter?.recipient,
    address: letter && [...letter.lines, `${letter.postcode} ${letter.town}`, letter.country].join('\n'),
    ...toIdentityTexts(identityCheck),
    latinName: latinName?.value,
    latinNameReason: latinName?.reason,
  }
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

// Identity checks: at a counter and at every handover.

/** Inserts an identity check. @returns the id of the check, for its step */
export async function insertIdentityCheck (
  trx: Transaction<Database>, slipId: string, check: IdentityCheck, { by, office, at }: { by: Session, office: ServicePointRef, at: Date }
): Promise<string> {
  const { id } = await trx.insertInto('identity_checks').values({
    slip_id: slipId,
    document_type: check.documentType,
    issuing_country: check.issuingCountry,
    valid_until: check.validUntil === 'none' ? null : check.validUntil,
    no_expiry: check.validUntil === 'none',
    photo_matches: check.photoMatches,
    name_matches: check.nameMatches === true,
    name_reason: getNameReason(check) ?? null,
    birth_date_matches: check.birthDateMatches === true ? true : null,
    birth_date_reason: getBirthDateReason(check) ?? null,
    checked_by: by.staff.id,
    checked_at: at,
    service_point_id: office.id,
  }).returning('id').executeTakeFirstOrThrow()
  return id
}

/** Returns the facts of an identity check for its audit event: whether there was one, and what the person ticked. */
export function toIdentityFacts (check: IdentityCheck | undefined) {
  if (check === undefined) return { identityChecked: false }
  const { photoMatches, nameMatches, birthDateMatches } = check
  return {
    identityChecked: true,
    matches: [...photoMatches ? ['photo'] : [], ...nameMatches === true ? ['name'] : [], ...birthDateMatches === true ? ['birth-date'] : []],
  }
}

/** Returns the personal texts of an identity check for its audit event. */
export function toIdentityTexts (check: IdentityCheck | undefined): Partial<Record<'document' | 'nameReason' | 'birthDateReason', string | undefined>> {
  if (check === undefined) return {}
  return {
    document: [check.documentType, check.issuingCountry, check.validUntil].join(' '),
    nameReason: getNameReason(check),
    birthDateReason: getBirthDateReason(check),
  }
}

// Locking several slips.

/**
 * Locks the accounts of these slips in one statement, ordered by id, before the first slip takes a step. Another
 * transaction with the same slips then waits here. If it waited later, there could be a deadlock.
 * @param desk only slips that go to this porter's desk
 * @returns the slip numbers of the channel, in the order of the locks
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
