/** Delivery records against the log: everything that an export of them reads and the log's events tell. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { readInSnapshot } from '../database/connection.js'
import type { Database } from '../database/schema.js'

export interface RecordsVerification {
  readonly slips: number
  /** Of the first slip that differs. */
  readonly fault: SlipDifference | undefined
}

/** Slips compared in one statement. */
const BATCH_SIZE = 2000

/**
 * Page by page of slip numbers, compared by the database. A step and its event are written in one transaction, so that
 * at one moment both are there, or neither: events that are not sealed yet raise no alarm.
 */
export async function verifyRecords (db: Kysely<Database>, progress: (slips: number) => void = () => {}): Promise<RecordsVerification> {
  return await readInSnapshot(db, async one => {
    for (let slips = 0, after = ''; ;) {
      const { count, last } = await readPageAfter(one, after)
      const numbers = { after, last: count === BATCH_SIZE ? last! : undefined }
      const [told, found] = [await findFirstDifference(one, numbers), await findFirstStaleRecord(one, numbers)]
      slips += count
      const fault = told === undefined || (found !== undefined && found.number < told.number) ? found : told
      if (fault !== undefined || numbers.last === undefined) return { slips, fault }
      progress(slips)
      after = numbers.last
    }
  })
}

async function readPageAfter (db: Kysely<Database>, after: string): Promise<{ count: number, last: string | null }> {
  const { rows } = await sql<{ count: number, last: string | null }>`
    select count(*) as count, max(number) as last from (select number from slips where number > ${after} order by number limit ${BATCH_SIZE}) as page`.execute(db)
  return rows[0]!
}

/**
 * The table that lists and counts are read from, against what it is made from. A refusal that was being written down
 * while its holder's slip was issued may have come too late for the record; so the last minute before does not count.
 */
async function findFirstStaleRecord (db: Kysely<Database>, numbers: SlipNumberRange): Promise<SlipDifference | undefined> {
  const { rows } = await sql<SlipDifference>`
    select coalesce(record.number, afresh.number) as number,
      case when record.slip_id is null then 'removed' when afresh.slip_id is null then 'added' else 'altered' end as kind,
      'delivery_records' as place
    from (select * from delivery_records where ${isInNumberRange('number', numbers)}) as record
      full join (select * from delivery_records_afresh where ${isInNumberRange('number', numbers)}) as afresh on afresh.slip_id = record.slip_id
    where (record.slip_id, record.issued_at, record.expires_at, record.handed_over_at, record.open, record.number)
        is distinct from (afresh.slip_id, afresh.issued_at, afresh.expires_at, afresh.handed_over_at, afresh.open, afresh.number)
      or (record.facets is distinct from afresh.facets and not (
        record.facets = array_remove(afresh.facets, 'refused')
        and not exists (select from audit_events where slip = afresh.number and kind = 'slip-refused')
        and not exists (select from audit_events join slips on slips.account_id = account where slips.id = afresh.slip_id and kind = 'slip-refused' and slip is null
          and at between slips.issued_at - interval '1 day' and slips.issued_at - interval '1 minute')))
    order by 1 limit 1`.execute(db)
  return rows[0]
}

// Slips and their steps beside the events that tell of them: the first that is not as it was told.

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

// The steps of slips as the log's events tell them, as SQL.

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
