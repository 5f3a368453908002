/** Classifies personal texts that events refer to but that are missing: erased for a known reason, or removed. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'

export interface MissingText {
  readonly event: string
  readonly sequence: number
  readonly name: string
}

/** Texts that were typed at or before these times are erased automatically. */
export interface TextRetentionCutoffs {
  readonly 'sign-ins': Date
  readonly 'file-names': Date
}

export interface MissingTextsResult {
  /** The number of typed logins that are missing before their term, and that the erasure of a holder may have removed. */
  readonly presumed: number
  /** The first text that is missing without a recorded reason. */
  readonly removed: MissingText | undefined
}

/** Texts that contain or lead to an address and are erased with it. All other texts of a slip's events are details. */
export const addressTextNames: readonly string[] = ['recipient', 'address', 'trackingNumber']

/**
 * Classifies the missing texts. The erasure of a holder is proved by its event, which the log signs; retention of a slip by
 * the slip's rows. A login typed at a failed sign-in belongs to no account: the erasure of a holder removes those that name
 * the holder, and afterwards it is unknown which they were.
 * @param missing in the order of the log
 */
export async function classifyMissingTexts (db: Kysely<Database>, missing: readonly MissingText[], cutoffs: TextRetentionCutoffs | undefined): Promise<MissingTextsResult> {
  if (missing.length === 0) return { presumed: 0, removed: undefined }
  const noCutoff = new Date(0)
  const { rows } = await sql<{ position: number, presumed: boolean }>`
    select position, coalesce(kind = 'sign-in-failed' and exists (select from audit_events as erasure where erasure.kind = 'holder-erased' and erasure.sequence > event.sequence), false) as presumed
    from unnest(${missing.map(text => text.event)}::uuid[], ${missing.map(text => text.name)}::text[]) with ordinality as missing (event, name, position)
      join audit_events as event on event.id = missing.event
      left join slips on slips.number = event.slip
      left join deliveries on deliveries.slip_id = slips.id
    where not coalesce(
      exists (select from audit_events as erasure where erasure.account = coalesce(event.account, slips.account_id) and erasure.kind = 'holder-erased')
      or case
        when slips.id is not null and missing.name = any(${addressTextNames}::text[]) then deliveries.address_erased_at is not null
        when slips.id is not null then slips.texts_erased_at >= event.at
        when event.kind = 'sign-in-failed' then event.at <= ${cutoffs?.['sign-ins'] ?? noCutoff}
        when event.kind = 'accounts-imported' then event.at <= ${cutoffs?.['file-names'] ?? noCutoff}
      end, false)
    order by position`.execute(db)
  const first = rows.find(row => !row.presumed)
  return { presumed: rows.filter(row => row.presumed).length, removed: first && missing[first.position - 1] }
}
