/**
 * Takes from slips what tells of a person. Number, state, times, offices, staff and the kind of document that was
 * looked at stay, so every count stays; so do the events, whose digests have lost text and salt.
 */
import { sql, type Transaction } from 'kysely'
import { addressTextNames } from '../audit/verifying/missing-texts.js'
import type { Database } from '../database/schema.js'
import { returnReasons } from '../deliveries/return-reasons.js'
import { selectableVoidReasons } from '../slips/void-reasons.js'

/** A slip by its id, and by the number that events know. */
export interface SlipRef { readonly id: string, readonly number: string }

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
