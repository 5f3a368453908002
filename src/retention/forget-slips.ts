/**
 * Takes from slips what tells of a person. Number, state, times, offices, staff and the kind of document that was
 * looked at stay, so every count stays; so do the events, whose digests have lost text and salt.
 */
import { sql, type Transaction } from 'kysely'
import { addressTexts } from '../audit/verifying/missing-texts.js'
import type { Database } from '../database/schema.js'
import { returnReasons } from '../deliveries/return-reasons.js'
import { chosenReasons } from '../slips/void-reasons.js'

/** A slip by its id, and by the number that events know. */
export interface ForgottenSlip { readonly id: string, readonly number: string }

/** A note that is one of these words alone was typed by nobody. */
const houseWords: readonly string[] = [...chosenReasons, 'print-failed', 'superseded', ...returnReasons]
export const typedNote = sql<boolean>`slip_steps.note is not null and slip_steps.note <> all(${houseWords}::text[])`

/** Address and tracking number, which leads to the address at the carrier's. The country stays. */
export async function forgetAddresses (trx: Transaction<Database>, slips: readonly ForgottenSlip[], now: Date): Promise<void> {
  await trx.updateTable('deliveries')
    .set({ recipient: null, lines: null, postcode: null, town: null, tracking_number: null, address_erased_at: now })
    .where('slip_id', '=', anyOf(slips.map(slip => slip.id))).where('channel', '=', 'registered-letter').execute()
  await sql`delete from audit_texts where name = any(${addressTexts}::text[]) and event_id in (${eventsOf(slips)})`.execute(trx)
}

/** Reference, notes, reasons, and of documents all but their kind. */
export async function forgetDetails (trx: Transaction<Database>, slips: readonly ForgottenSlip[], now: Date): Promise<void> {
  const ids = slips.map(slip => slip.id)
  await trx.updateTable('slips').set({ request_reference: null, texts_erased_at: now }).where('id', '=', anyOf(ids)).execute()
  await trx.updateTable('identity_checks').set({ issuing_country: null, valid_until: null, name_reason: null, erased_at: now })
    .where('slip_id', '=', anyOf(ids)).execute()
  await trx.updateTable('slip_steps').set({ note: null, note_erased_at: now })
    .where('slip_id', '=', anyOf(ids)).where(typedNote).execute()
  await sql`delete from audit_texts where name <> all(${addressTexts}::text[]) and event_id in (${eventsOf(slips)})`.execute(trx)
}

function eventsOf (slips: readonly ForgottenSlip[]) {
  return sql`select id from audit_events where slip = any(${slips.map(slip => slip.number)}::text[])`
}

/** One parameter, however many ids there are. */
export function anyOf (ids: readonly string[]) {
  return sql<string>`any(${ids}::uuid[])`
}
