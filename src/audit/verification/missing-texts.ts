/** Classifies personal texts that events refer to but that are missing: erased for a known reason, or removed. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { EventKind } from '../events.js'

export interface MissingText {
  readonly event: string
  readonly sequence: number
  readonly name: string
}

/** Texts of events at or before these times are erased automatically. */
export interface TextRetentionCutoffs {
  readonly 'sign-ins': Date
  readonly 'file-names': Date
}

/** Failed sign-ins: what was typed is stored as a keyed hash, which is erased as a text. */
export const signInFailureKinds = ['sign-in-failed', 'holder-sign-in-failed'] as const satisfies readonly EventKind[]

/** Texts that contain or lead to an address and are erased with it. All other texts of a slip's events are details. */
export const addressTextNames: readonly string[] = ['recipient', 'address', 'trackingNumber']

/**
 * Finds the first text that is missing without a recorded reason. The erasure of a holder is proved by its event, which the
 * log signs; so is the erasure of the logins that earlier versions stored at failed sign-ins. Retention of a slip is proved
 * by the slip's rows.
 * @param missing in the order of the log
 */
export async function findRemovedText (db: Kysely<Database>, missing: readonly MissingText[], cutoffs: TextRetentionCutoffs | undefined): Promise<MissingText | undefined> {
  if (missing.length === 0) return undefined
  const noCutoff = new Date(0)
  const { rows } = await sql<{ position: number }>`
    select position
    from unnest(${missing.map(text => text.event)}::uuid[], ${missing.map(text => text.name)}::text[]) with ordinality as missing (event, name, position)
      join audit_events as event on event.id = missing.event
      left join slips on slips.number = event.slip
      left join deliveries on deliveries.slip_id = slips.id
    where not coalesce(
      exists (select from audit_events as erasure where erasure.account = coalesce(event.account, slips.account_id) and erasure.kind = 'holder-erased')
      or case
        when slips.id is not null and missing.name = any(${addressTextNames}::text[]) then deliveries.address_erased_at is not null
        when slips.id is not null then slips.texts_erased_at >= event.at
        when event.kind = any(${signInFailureKinds}::text[]) then event.at <= ${cutoffs?.['sign-ins'] ?? noCutoff} or (missing.name = 'login' and exists (
          select from audit_events as erasure where erasure.kind = 'typed-logins-erased' and erasure.sequence > event.sequence))
        when event.kind = 'accounts-imported' then event.at <= ${cutoffs?.['file-names'] ?? noCutoff}
      end, false)
    order by position limit 1`.execute(db)
  return rows[0] && missing[rows[0].position - 1]
}
