/**
 * Erases personal data from slips and accounts. Number, state, times, offices, staff and the kind of identity document
 * remain, so every count stays the same. Events remain too: their digests have no text and salt any more.
 */
import { sql, type Transaction } from 'kysely'
import { bindAccounts, eraseAccountSalts } from '../accounts/bind-accounts.js'
import { ERASED_NAME, toErasedUsername } from '../accounts/erasure-markers.js'
import { type Account, lockAccountByUsername } from '../accounts/queries.js'
import { type AccountDraft, upsertAccounts } from '../accounts/upsert-accounts.js'
import { addressTextNames } from '../audit/verification/missing-texts.js'
import type { Database } from '../database/schema.js'
import { returnReasons } from '../deliveries/schemas.js'
import { voidReasonCodes } from '../institution/vocabulary.js'
import { LATIN_NAME_DIFFERS } from '../slips/rules/holder-name.js'
import type { Slip } from '../slips/slip.js'

/** A slip by its id, and by its number, which its events refer to. */
export type SlipRef = Pick<Slip, 'id' | 'number'>

/** Notes that the application writes: no user typed them. */
const fixedNotes: readonly string[] = [...voidReasonCodes, ...returnReasons, LATIN_NAME_DIFFERS]
export const hasTypedNote = sql<boolean>`slip_steps.note is not null and slip_steps.note <> all(${fixedNotes}::text[])`

/** Erases addresses and tracking numbers, with which the carrier can find the address. The country remains. */
export async function eraseAddresses (trx: Transaction<Database>, slips: readonly SlipRef[], now: Date): Promise<void> {
  await trx.updateTable('deliveries')
    .set({ recipient: null, lines: null, postcode: null, town: null, tracking_number: null, address_erased_at: now })
    .where('slip_id', '=', anyUuid(slips.map(slip => slip.id))).where('channel', '=', 'registered-letter').execute()
  await sql`delete from audit_texts where name = any(${addressTextNames}::text[]) and event_id in (${selectEventIds(slips)})`.execute(trx)
}

/** Erases references, notes and reasons, and everything about identity documents except their kind. */
export async function eraseDetails (trx: Transaction<Database>, slips: readonly SlipRef[], now: Date): Promise<void> {
  const ids = slips.map(slip => slip.id)
  await trx.updateTable('slips').set({ request_reference: null, latin_name: null, latin_name_reason: null, texts_erased_at: now }).where('id', '=', anyUuid(ids)).execute()
  await trx.updateTable('identity_checks').set({ issuing_country: null, valid_until: null, no_expiry: false, name_reason: null, birth_date_reason: null, erased_at: now })
    .where('slip_id', '=', anyUuid(ids)).execute()
  await trx.updateTable('slip_steps').set({ note: null, note_erased_at: now })
    .where('slip_id', '=', anyUuid(ids)).where(hasTypedNote).execute()
  await sql`delete from audit_texts where name <> all(${addressTextNames}::text[]) and event_id in (${selectEventIds(slips)})`.execute(trx)
}

function selectEventIds (slips: readonly SlipRef[]) {
  return sql`select id from audit_events where slip = any(${slips.map(slip => slip.number)}::text[])`
}

/** Compares with any of the ids, using a single SQL parameter. */
export function anyUuid (ids: readonly string[]) {
  return sql<string>`any(${ids}::uuid[])`
}

/**
 * Erases an account: personal data, search terms, password, and everything personal about its slips. The random id and
 * the affiliation remain, so that slips and events stay connected and every count stays the same. The user name becomes
 * free. The row must be locked, and the account must have no open slip.
 * @returns the number of its slips
 */
export async function eraseAccount (trx: Transaction<Database>, account: Account, now: Date): Promise<number> {
  const slips = await trx.selectFrom('slips').select(['id', 'number']).where('account_id', '=', account.id).execute()
  await eraseAddresses(trx, slips, now)
  await eraseDetails(trx, slips, now)
  await sql`delete from audit_texts where event_id in (select id from audit_events where account = ${account.id})`.execute(trx)
  // An API client chooses its keys freely, so they may be personal; a count of wrong attempts belongs to a slip.
  await trx.deleteFrom('idempotency_keys').where('slip_number', '=', sql<string>`any(${slips.map(slip => slip.number)}::text[])`).execute()
  await trx.deleteFrom('code_tries').where('key', '=', anyUuid(slips.map(slip => slip.id))).execute()
  for (const table of ['account_words', 'account_word_pairs', 'account_passwords', 'directory_seen'] as const) {
    await trx.deleteFrom(table).where('account_id', '=', account.id).execute()
  }
  await trx.updateTable('accounts').set({
    username: toErasedUsername(account.id),
    display_name: ERASED_NAME,
    folded_name: '',
    student_number: null,
    birth_date: null,
    latin_name: null,
    last_name: null,
    name_keys: [],
    preferred_language: 'fi',
    status: 'locked',
    gone_at: now,
    updated_at: now,
    erased_at: now,
  }).where('id', '=', account.id).execute()
  await eraseAccountSalts(trx, account.id)
  await bindAccounts(trx, [account.id], now)
  return slips.length
}

/** Returns whether the person is still in the directory: search must find them, because they may need a slip later. */
export function isInDirectory ({ status, gone_at: goneAt }: Account): boolean {
  return goneAt === null && status !== 'locked'
}

/** What a new account for an erased person is made of. */
export interface Successor {
  readonly draft: AccountDraft
  /** Undefined if the built-in directory stores no password. */
  readonly password: { readonly password_hash: string, readonly set_at: Date } | undefined
}

/** Reads the successor of an account that is about to be erased. */
export async function readSuccessor (trx: Transaction<Database>, account: Account): Promise<Successor> {
  const password = await trx.selectFrom('account_passwords').select(['password_hash', 'set_at']).where('account_id', '=', account.id).executeTakeFirst()
  const draft: AccountDraft = {
    username: account.username,
    displayName: account.display_name,
    affiliation: account.affiliation,
    status: account.status,
    preferredLanguage: account.preferred_language,
    studentNumber: account.student_number,
    birthDate: account.birth_date,
    latinName: account.latin_name,
    lastName: account.last_name,
  }
  return { draft, password }
}

/**
 * Creates new accounts for people whose accounts were just erased, with the same passwords. Nothing links the two: all of
 * them are bound by one event, and not in the order in which they were erased.
 */
export async function createSuccessors (trx: Transaction<Database>, successors: readonly Successor[], now: Date): Promise<void> {
  const ordered = successors.toSorted((a, b) => a.draft.username < b.draft.username ? -1 : 1)
  await upsertAccounts(trx, ordered.map(({ draft }) => draft), now)
  for (const { draft, password } of ordered) {
    if (password === undefined) continue
    const created = await lockAccountByUsername(trx, draft.username)
    await trx.insertInto('account_passwords').values({ account_id: created!.id, ...password }).execute()
  }
}
