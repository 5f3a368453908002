/** The steps of slips as the log's events tell them, as SQL. */
import { sql, type RawBuilder } from 'kysely'

/** Slips whose number comes after `after`, up to and with `last`; without one up to the end. */
export interface SlipNumberRange { readonly after: string, readonly last: string | undefined }

export function isInNumberRange (column: string, { after, last }: SlipNumberRange): RawBuilder<boolean> {
  return last === undefined ? sql`${sql.ref(column)} > ${after}` : sql`${sql.ref(column)} > ${after} and ${sql.ref(column)} <= ${last}`
}

/** Which step an event of a kind tells, and where it leads; null where its facts say so. */
const stepsByEventKind = sql`(values ('slip-issued', 'issue', null), ('slip-step', null, null), ('slip-voided', 'void', 'voided'), ('slip-expired', 'expire', 'expired'),
  ('slip-locked', 'lock', 'locked'), ('slip-redeemed', 'redeem', 'redeemed')) as teller (kind, step, to_state)`

/**
 * One row a step, numbered slip by slip as they were taken. `note` is what the step's row says of it as long as the
 * typed part of it has not been forgotten.
 */
export function loggedStepsQuery (numbers: SlipNumberRange): RawBuilder<unknown> {
  return sql`
    select slip as number, row_number() over (partition by slip order by sequence) as nth, kind, account, facts, texts,
      coalesce(teller.step, facts ->> 'step') as step, facts ->> 'from' as from_state, coalesce(teller.to_state, facts ->> 'to') as to_state,
      case kind when 'slip-expired' then (facts ->> 'expiredAt')::timestamptz else at end as at,
      substring(actor from '^staff:(.*)$') as staff, substring(actor from '^identity-system:(.*)$') as token, service_point,
      case when kind = 'slip-voided' and facts ->> 'reason' <> 'other' then concat_ws(': ', facts ->> 'reason', texts ->> 'words')
        else coalesce(texts ->> 'words', texts ->> 'note', facts ->> 'reason') end as note
    from audit_events join ${stepsByEventKind} using (kind)
      left join lateral (select jsonb_object_agg(name, text) as texts from audit_texts where event_id = audit_events.id) as kept on facts ? 'digests'
    where ${isInNumberRange('slip', numbers)}`
}
