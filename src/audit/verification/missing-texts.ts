/** Personal texts that are bound and not there: forgotten, as the law may ask, or taken away. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'

export interface MissingText {
  readonly event: string
  readonly sequence: number
  readonly name: string
}

/** Whatever was typed at this moment or before it goes by itself. */
export interface TextRetentionCutoffs {
  readonly 'sign-ins': Date
  readonly 'file-names': Date
}

export interface MissingTextsResult {
  /** Logins that went before their term, when erasing somebody may have taken them. */
  readonly presumed: number
  /** The first of which nothing says that it was forgotten. */
  readonly removed: MissingText | undefined
}

/** Texts of events that lead to an address, and are forgotten with it; every other text of a slip's events is a detail. */
export const addressTextNames: readonly string[] = ['recipient', 'address', 'trackingNumber']

/**
 * An erasure counts by its event, which the log signs; a slip's term by its rows. What was typed at a failed sign-in
 * belongs to no account: erasing one takes those that name it, and afterwards nothing can tell which they were.
 * @param missing in the order of the log
 */
export async function classifyMissingTexts (db: Kysely<Database>, missing: readonly MissingText[], terms: TextRetentionCutoffs | undefined): Promise<MissingTextsResult> {
  if (missing.length === 0) return { presumed: 0, removed: undefined }
  const never = new Date(0)
  const { rows } = await sql<{ nth: number, presumed: boolean }>`
    select nth, coalesce(kind = 'sign-in-failed' and exists (select from audit_events as erasure where erasure.kind = 'holder-erased' and erasure.sequence > event.sequence), false) as presumed
    from unnest(${missing.map(one => one.event)}::uuid[], ${missing.map(one => one.name)}::text[]) with ordinality as missing (event, name, nth)
      join audit_events as event on event.id = missing.event
      left join slips on slips.number = event.slip
      left join deliveries on deliveries.slip_id = slips.id
    where not coalesce(
      exists (select from audit_events as erasure where erasure.account = coalesce(event.account, slips.account_id) and erasure.kind = 'holder-erased')
      or case
        when slips.id is not null and missing.name = any(${addressTextNames}::text[]) then deliveries.address_erased_at is not null
        when slips.id is not null then slips.texts_erased_at >= event.at
        when event.kind = 'sign-in-failed' then event.at <= ${terms?.['sign-ins'] ?? never}
        when event.kind = 'accounts-imported' then event.at <= ${terms?.['file-names'] ?? never}
      end, false)
    order by nth`.execute(db)
  const first = rows.find(row => !row.presumed)
  return { presumed: rows.filter(row => row.presumed).length, removed: first && missing[first.nth - 1] }
}
