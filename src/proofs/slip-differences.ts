/** Slips and their steps beside the events that tell of them: the first that is not as it was told. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Database } from '../database/schema.js'
import { loggedStepsQuery, isInNumberRange, type SlipNumberRange } from './told-steps.js'

/** What differs of a slip: a row that was altered, is gone, or that nothing tells of. */
export interface SlipDifference {
  readonly number: string
  readonly kind: 'altered' | 'removed' | 'added'
  /** The table, with the step's number in brackets, and the column where one is altered. */
  readonly place: string
}

/** Columns, with what is wrong with each: the first of them is named. */
type ColumnChecks = Readonly<Record<string, RawBuilder<unknown>>>

const slipChecks: ColumnChecks = {
  deliveries: sql`delivery.slip_id is null`,
  'slips.channel': sql`slips.channel is distinct from told.channel`,
  'slips.account_id': sql`slips.account_id is distinct from told.account`,
  'slips.issued_by': sql`slips.issued_by::text is distinct from told.staff`,
  'slips.service_point_id': sql`slips.service_point_id is distinct from told.service_point`,
  'slips.issued_at': sql`slips.issued_at is distinct from told.issued_at`,
  'slips.request_reference': sql`slips.request_reference is distinct from told.reference`,
  'slips.state': sql`slips.state is distinct from told.state`,
  'slips.ended_at': sql`slips.ended_at is distinct from told.ended_at`,
  'slips.expires_at': sql`slips.state = 'expired' and slips.expires_at is distinct from told.ended_at`,
  'slips.void_reason': sql`slips.void_reason is distinct from told.void_reason`,
  'deliveries.porter_service_point_id': sql`delivery.porter_service_point_id is distinct from told.porter`,
  'deliveries.recipient': sql`delivery.recipient is distinct from told.recipient`,
  'deliveries.lines': sql`array_to_string(delivery.lines || (delivery.postcode || ' ' || delivery.town) || delivery.country, chr(10)) <> told.address`,
  'deliveries.tracking_number': sql`delivery.tracking_number is distinct from told.tracking`,
  'deliveries.personal_handover': sql`delivery.personal_handover::text is distinct from told.handover`,
}

const stepChecks: ColumnChecks = {
  step: sql`kept.step is distinct from told.step`,
  from_state: sql`kept.from_state is distinct from told.from_state`,
  to_state: sql`kept.to_state is distinct from told.to_state`,
  at: sql`kept.at is distinct from told.at`,
  staff_id: sql`kept.staff is distinct from told.staff`,
  token_id: sql`kept.token is distinct from told.token`,
  service_point_id: sql`kept.service_point_id is distinct from told.service_point`,
  // What says nothing is no note, though its event has it.
  note: sql`kept.note is distinct from told.note and (kept.note is not null or (kept.note_erased_at is null and told.note ~ '[[:alnum:]]'))`,
  identity_check_id: sql`(looked.id is not null) <> coalesce(told.facts -> 'digests' ? 'document', false)
    or looked.checked_by::text <> told.staff or looked.service_point_id <> told.service_point
    or looked.document_type || ' ' || looked.issuing_country || ' ' || to_char(looked.valid_until, 'YYYY-MM-DD') <> told.texts ->> 'document'
    or looked.name_reason is distinct from told.texts ->> 'nameReason'`,
}

const stepLabel = sql`'slip_steps[' || coalesce(kept.nth, told.nth) || ']'`

/** The first difference among slips of these numbers, by number and then in the order of its steps. */
export async function findFirstDifference (db: Kysely<Database>, numbers: SlipNumberRange): Promise<SlipDifference | undefined> {
  const { rows } = await sql<SlipDifference>`
    with steps as materialized (${loggedStepsQuery(numbers)}),
      told as (
        select number, ${fromIssueEvent(sql`account::text`)}::uuid as account, ${fromIssueEvent(sql`staff`)} as staff, ${fromIssueEvent(sql`service_point`)} as service_point, ${fromIssueEvent(sql`at`)} as issued_at,
          ${fromIssueEvent(sql`facts ->> 'channel'`)} as channel, ${fromIssueEvent(sql`facts ->> 'porter'`)} as porter, ${fromIssueEvent(sql`texts ->> 'requestReference'`)} as reference,
          ${fromIssueEvent(sql`texts ->> 'recipient'`)} as recipient, ${fromIssueEvent(sql`texts ->> 'address'`)} as address, (array_agg(to_state order by nth desc))[1] as state,
          min(at) filter (where to_state in ('redeemed', 'returned', 'voided', 'expired', 'locked')) as ended_at,
          max(facts ->> 'reason') filter (where kind = 'slip-voided') as void_reason,
          max(texts ->> 'trackingNumber') filter (where step = 'post') as tracking, max(facts ->> 'personalHandover') filter (where step = 'post') as handover
        from steps group by number),
      kept as (
        select slips.number, row_number() over (partition by slip_id order by slip_steps.id) as nth, step, from_state, to_state, at,
          staff_id::text as staff, token_id::text as token, slip_steps.service_point_id, note, note_erased_at, identity_check_id
        from slips join slip_steps on slip_id = slips.id where ${isInNumberRange('slips.number', numbers)})
    select number, kind, place from (
      select coalesce(slips.number, told.number) as number, 0 as nth, ${differenceKind('slips')} as kind, ${differencePlace(slipChecks, 'slips', sql`'slips'`, sql`''`)} as place
      from (select * from slips where ${isInNumberRange('number', numbers)}) as slips full join told on told.number = slips.number
        left join deliveries as delivery on delivery.slip_id = slips.id
      union all
      select coalesce(kept.number, told.number), coalesce(kept.nth, told.nth), ${differenceKind('kept')}, ${differencePlace(stepChecks, 'kept', stepLabel, sql`${stepLabel} || '.'`)}
      from kept full join steps as told on told.number = kept.number and told.nth = kept.nth
        left join identity_checks as looked on looked.id = kept.identity_check_id
    ) as differences where place is not null order by number, nth limit 1`.execute(db)
  return rows[0]
}

function fromIssueEvent (value: RawBuilder<unknown>) {
  return sql`max(${value}) filter (where kind = 'slip-issued')`
}

function differenceKind (kept: string) {
  return sql`case when ${sql.ref(kept)}.number is null then 'removed' when told.number is null then 'added' else 'altered' end`
}

/** Null where nothing differs. */
function differencePlace (checks: ColumnChecks, kept: string, table: RawBuilder<unknown>, before: RawBuilder<unknown>) {
  const each = Object.entries(checks).map(([column, differs]) => sql`when ${differs} then ${before} || ${sql.lit(column)}`)
  return sql`case when ${sql.ref(kept)}.number is null or told.number is null then ${table} ${sql.join(each, sql` `)} end`
}
