/**
 * Takes from slips what tells of a person. Number, state, times, offices, staff and the kind of document that was
 * looked at stay, so every count stays; so do the events, whose digests have lost text and salt.
 */
import { sql, type Transaction } from 'kysely'
import { ERASED_NAME, toErasedUsername } from '../accounts/erasure-markers.js'
import { type Account, lockAccountByUsername } from '../accounts/queries.js'
import { upsertAccounts } from '../accounts/upsert-accounts.js'
import { addressTextNames } from '../audit/verification/missing-texts.js'
import type { Database } from '../database/schema.js'
import { returnReasons } from '../deliveries/schemas.js'
import { selectableVoidReasons } from '../institution/vocabulary.js'
import type { Slip } from '../slips/slip.js'

/** A slip by its id and by the number in its events. */
export type SlipRef = Pick<Slip, 'id' | 'number'>

/** A note that is one of these words alone was typed by nobody. */
const fixedNotes: readonly string[] = [...selectableVoidReasons, 'print-failed', 'superseded', ...returnReasons]
export const hasTypedNote = sql<boolean>`slip_steps.note is not null and slip_steps.note <> all(${fixedNotes}::text[])`

/** Address and tracking number, which leads to the address at the carrier's. The country stays. */
export async function eraseAddresses (trx: Transaction<Database>, slips: readonly SlipRef[], now: Date): Promise<void> {
  await trx.updateTable('deliveries')
    .set({ recipient: null, lines: null, postcode: null, town: null, tracking_number: null, address_erased_at: now })
    .where('slip_id', '=', anyUuid(slips.map(slip => slip.id))).where('channel', '=', 'registered-letter').execute()
  await sql`delete from audit_texts where name = any(${addressTextNames}::text[]) and event_id in (${selectEventIds(slips)})`.execute(trx)
}

/** Reference, notes, reasons, and of documents all but their kind. */
export async function eraseDetails (trx: Transaction<Database>, slips: readonly SlipRef[], now: Date): Promise<void> {
  const ids = slips.map(slip => slip.id)
  await trx.updateTable('slips').set({ request_reference: null, texts_erased_at: now }).where('id', '=', anyUuid(ids)).execute()
  await trx.updateTable('identity_checks').set({ issuing_country: null, valid_until: null, name_reason: null, erased_at: now })
    .where('slip_id', '=', anyUuid(ids)).execute()
  await trx.updateTable('slip_steps').set({ note: null, note_erased_at: now })
    .where('slip_id', '=', anyUuid(ids)).where(hasTypedNote).execute()
  await sql`delete from audit_texts where name <> all(${addressTextNames}::text[]) and event_id in (${selectEventIds(slips)})`.execute(trx)
}

function selectEventIds (slips: readonly SlipRef[]) {
  return sql`select id from audit_events where slip = any(${slips.map(slip => slip.number)}::text[])`
}

/** One parameter, however many ids there are. */
export function anyUuid (ids: readonly string[]) {
  return sql<string>`any(${ids}::uuid[])`
}

// Takes a person out of the database: account, words, password, and whatever was kept about any of the slips.

/** A shorter user name stands in too many other words to be looked for within what was typed. */
const MIN_SUBSTRING_LENGTH = 4

/**
 * The account keeps its random id and its affiliation, so that slips and events still belong together and every count
 * stays; its user name is free. Give the account's row under lock, without an open slip.
 * @returns how many slips it had
 */
export async function eraseAccount (trx: Transaction<Database>, account: Account, now: Date): Promise<number> {
  const slips = await trx.selectFrom('slips').select(['id', 'number']).where('account_id', '=', account.id).execute()
  await eraseAddresses(trx, slips, now)
  await eraseDetails(trx, slips, now)
  await sql`delete from audit_texts where event_id in (select id from audit_events where account = ${account.id})`.execute(trx)
  await deleteTypedLogins(trx, account)
  // A key of the API is a text of its client's choice; a count of wrong tries is of somebody's slip.
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
    preferred_language: 'fi',
    status: 'locked',
    gone_at: now,
    updated_at: now,
    erased_at: now,
  }).where('id', '=', account.id).execute()
  return slips.length
}

/** A holder may have tried the staff's sign-in: such a login names somebody and belongs to no account. */
async function deleteTypedLogins (trx: Transaction<Database>, { username, student_number: number, display_name: name }: Account): Promise<void> {
  const named = [username, number, name].filter(word => word !== null).map(word => word.toLowerCase())
  const within = named.filter(word => word.length >= MIN_SUBSTRING_LENGTH)
  await sql`delete from audit_texts using audit_events where audit_events.id = event_id and kind = 'sign-in-failed'
    and (lower(btrim(text)) = any(${named}::text[]) or exists (select from unnest(${within}::text[]) as word where position(word in lower(text)) > 0))`.execute(trx)
}

// The history forgets somebody whom the directory still has: the old id knows nobody, a fresh account has no history.

/** True while a source of accounts stands behind it: search must find the person, who may need a slip tomorrow. */
export function isInDirectory ({ status, gone_at: goneAt }: Account): boolean {
  return goneAt === null && status !== 'locked'
}

/**
 * Erases the account and makes a fresh one of the same person, with the same password where the built-in directory keeps
 * it. Nothing links the two. @returns how many slips the old one had
 */
export async function recreateAccount (trx: Transaction<Database>, account: Account, now: Date): Promise<number> {
  const password = await trx.selectFrom('account_passwords').select(['password_hash', 'set_at']).where('account_id', '=', account.id).executeTakeFirst()
  const slips = await eraseAccount(trx, account, now)
  await upsertAccounts(trx, [{
    username: account.username,
    displayName: account.display_name,
    affiliation: account.affiliation,
    status: account.status,
    preferredLanguage: account.preferred_language,
    studentNumber: account.student_number,
    birthDate: account.birth_date,
  }], now)
  const fresh = await lockAccountByUsername(trx, account.username)
  if (password !== undefined) await trx.insertInto('account_passwords').values({ account_id: fresh!.id, ...password }).execute()
  return slips
}
