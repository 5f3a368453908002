/** Compares the delivery records with the log: everything that an export reads and that events record. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { readInSnapshot } from '../database/connection.js'
import { readSchemaObjects } from '../database/schema-objects.js'
import type { Database } from '../database/schema.js'
import { type ColumnChecks, listCases } from './compare-rows.js'

export interface RecordsVerification {
  readonly slips: number
  /** The difference of the first slip that differs. */
  readonly fault: SlipDifference | undefined
}

/** Slips compared by one statement. */
const BATCH_SIZE = 2000

/**
 * Compares all slips with the log, in pages by slip number. A step and its event are written in one transaction, so a
 * snapshot has both or neither: events that are not sealed yet cause no false alarm.
 */
export async function verifyRecords (db: Kysely<Database>, progress: (slips: number) => void = () => {}): Promise<RecordsVerification> {
  const recordsQuery = await readRecordsQuery()
  return await readInSnapshot(db, async snapshot => {
    for (let slips = 0, after = ''; ;) {
      const { count, last } = await readPageAfter(snapshot, after)
      const numbers = { after, last: count === BATCH_SIZE ? last! : undefined }
      const [difference, staleRecord] = [await findFirstDifference(snapshot, numbers), await findFirstStaleRecord(snapshot, recordsQuery, numbers)]
      slips += count
      const fault = difference === undefined || (staleRecord !== undefined && staleRecord.number < difference.number) ? staleRecord : difference
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

/** The query of the view that `delivery_records` is built from, as the migrations have it: someone may have replaced the view. */
async function readRecordsQuery (): Promise<RawBuilder<unknown>> {
  const { views } = await readSchemaObjects()
  return sql.raw(views.get('delivery_records_afresh')!)
}

/**
 * Compares `delivery_records`, which lists and counts read, with the query that it is built from. A refusal that was
 * written while the holder's slip was issued may be missing from the record, so the last minute before does not count.
 */
async function findFirstStaleRecord (db: Kysely<Database>, recordsQuery: RawBuilder<unknown>, numbers: SlipNumberRange): Promise<SlipDifference | undefined> {
  const { rows } = await sql<SlipDifference>`
    select coalesce(record.number, expected.number) as number,
      case when record.slip_id is null then 'removed' when expected.slip_id is null then 'added' else 'altered' end as kind,
      'delivery_records' as place
    from (select * from delivery_records where ${isInNumberRange('number', numbers)}) as record
      full join (select * from (${recordsQuery}) as afresh where ${isInNumberRange('number', numbers)}) as expected on expected.slip_id = record.slip_id
    where (record.slip_id, record.issued_at, record.expires_at, record.handed_over_at, record.open, record.number)
        is distinct from (expected.slip_id, expected.issued_at, expected.expires_at, expected.handed_over_at, expected.open, expected.number)
      or (record.facets is distinct from expected.facets and not (
        record.facets = array_remove(expected.facets, 'refused')
        and not exists (select from audit_events where slip = expected.number and kind = 'slip-refused')
        and not exists (select from audit_events join slips on slips.account_id = account where slips.id = expected.slip_id and kind = 'slip-refused' and slip is null
          and at between slips.issued_at - interval '1 day' and slips.issued_at - interval '1 minute')))
    order by 1 limit 1`.execute(db)
  return rows[0]
}

/** How a slip differs from its events: a row was altered, was removed, or has no event. */
export interface SlipDifference {
  readonly number: string
  readonly kind: 'altered' | 'removed' | 'added'
  /** The table, with the number of the step in brackets, and the altered column if there is one. */
  readonly place: string
}

const slipChecks: ColumnChecks = {
  deliveries: sql`delivery.slip_id is null`,
  'slips.channel': sql`slips.channel is distinct from logged.channel`,
  'slips.code_hmac': sql`logged.code is distinct from case when slips.code_scheme = 2 then
    translate(rtrim(encode(sha256(convert_to(slips.code_scheme || ':' || slips.code_key_id || ':', 'UTF8') || slips.code_hmac), 'base64'), '='), '+/', '-_') end`,
  'slips.account_id': sql`slips.account_id is distinct from logged.account`,
  'slips.issued_by': sql`slips.issued_by::text is distinct from logged.staff`,
  'slips.service_point_id': sql`slips.service_point_id is distinct from logged.service_point`,
  'slips.issued_at': sql`slips.issued_at is distinct from logged.issued_at`,
  'slips.request_reference': sql`slips.request_reference is distinct from logged.reference`,
  'slips.latin_name': sql`slips.latin_name is distinct from logged.latin_name`,
  'slips.latin_name_reason': sql`slips.latin_name_reason is distinct from logged.latin_name_reason`,
  'slips.state': sql`slips.state is distinct from logged.state`,
  'slips.ended_at': sql`slips.ended_at is distinct from logged.ended_at`,
  'slips.expires_at': sql`slips.expires_at is distinct from coalesce(case slips.state when 'expired' then logged.ended_at end, logged.expires_at, slips.expires_at)`,
  'slips.ceiling_at': sql`slips.ceiling_at <> logged.ceiling_at`,
  'slips.language': sql`slips.language <> logged.language`,
  'slips.replaces': sql`logged.language is not null and replaced.number is distinct from logged.replaces`,
  'slips.void_reason': sql`slips.void_reason is distinct from logged.void_reason`,
  'deliveries.porter_service_point_id': sql`delivery.porter_service_point_id is distinct from logged.porter`,
  'deliveries.recipient': sql`delivery.recipient is distinct from logged.recipient`,
  'deliveries.lines': sql`array_to_string(delivery.lines, chr(10)) is distinct from substring(logged.address from '^(.*)\\n[^\\n]*\\n[^\\n]*$')`,
  'deliveries.postcode': sql`case when logged.address is null then delivery.postcode is not null else delivery.postcode is null or not starts_with(split_part(logged.address, chr(10), -2), delivery.postcode || ' ') end`,
  'deliveries.town': sql`delivery.postcode || ' ' || delivery.town is distinct from split_part(logged.address, chr(10), -2)`,
  'deliveries.country': sql`delivery.country <> split_part(logged.address, chr(10), -1)`,
  'deliveries.tracking_number': sql`delivery.tracking_number is distinct from logged.tracking`,
  'deliveries.personal_handover': sql`delivery.personal_handover::text is distinct from logged.handover`,
  'deliveries.collect_by': sql`logged.language is not null and delivery.collect_by is distinct from logged.collect_by`,
  'deliveries.channel': sql`delivery.channel <> slips.channel`,
  'deliveries.envelope_at': sql`delivery.envelope_at <> case logged.custody_step when 'dispatch' then 'on-the-way' when 'receive' then 'desk' when 'hand-over' then 'holder' when 'post' then 'post'
    when 'deliver' then 'holder' when 'return' then 'returned' else case slips.channel when 'counter' then 'holder' else 'office' end end`,
}

const stepChecks: ColumnChecks = {
  step: sql`stored.step is distinct from logged.step`,
  from_state: sql`stored.from_state is distinct from logged.from_state`,
  to_state: sql`stored.to_state is distinct from logged.to_state`,
  at: sql`stored.at is distinct from logged.at`,
  staff_id: sql`stored.staff is distinct from logged.staff`,
  token_id: sql`stored.token is distinct from logged.token`,
  service_point_id: sql`stored.service_point_id is distinct from logged.service_point`,
  // A note without letters or digits is not stored as a note, but its event has it.
  note: sql`stored.note is distinct from logged.note and (stored.note is not null or (stored.note_erased_at is null and logged.note ~ '[[:alnum:]]'))`,
  identity_check_id: sql`(checks.id is not null) <> coalesce(logged.facts -> 'digests' ? 'document', false) or checks.slip_id <> stored.slip_id`,
}

/** Columns of the identity check of a step. `document`: type, country and the last day or `none`; missing once it is erased. */
const identityChecks: ColumnChecks = {
  checked_by: sql`checks.checked_by::text <> logged.staff`,
  service_point_id: sql`checks.service_point_id <> logged.service_point`,
  document_type: sql`checks.document_type <> split_part(logged.texts ->> 'document', ' ', 1)`,
  issuing_country: sql`checks.issuing_country is distinct from split_part(logged.texts ->> 'document', ' ', 2)`,
  no_expiry: sql`checks.no_expiry <> coalesce(split_part(logged.texts ->> 'document', ' ', 3) = 'none', false)`,
  valid_until: sql`to_char(checks.valid_until, 'YYYY-MM-DD') is distinct from nullif(split_part(logged.texts ->> 'document', ' ', 3), 'none')`,
  photo_matches: sql`not checks.photo_matches`,
  name_matches: sql`checks.name_matches = (logged.facts -> 'digests' ? 'nameReason')`,
  name_reason: sql`checks.name_reason is distinct from logged.texts ->> 'nameReason'`,
  birth_date_matches: sql`logged.facts ? 'matches' and coalesce(checks.birth_date_matches, false) <> (logged.facts -> 'matches' ? 'birth-date')`,
  birth_date_reason: sql`checks.birth_date_reason is distinct from logged.texts ->> 'birthDateReason'`,
  checked_at: sql`logged.facts ? 'matches' and checks.checked_at <> coalesce((logged.facts ->> 'checkedAt')::timestamptz, logged.at)`,
}

const stepNumber = sql`coalesce(stored.step_number, logged.step_number)`
const stepLabel = sql`'slip_steps[' || ${stepNumber} || ']'`
const identityLabel = sql`'identity_checks[' || ${stepNumber} || '].'`

/** Finds the first difference among the slips of this range, by slip number and then by step. */
async function findFirstDifference (db: Kysely<Database>, numbers: SlipNumberRange): Promise<SlipDifference | undefined> {
  const { rows } = await sql<SlipDifference>`
    with steps as materialized (${loggedStepsQuery(numbers)}),
      logged as (
        select number, ${fromIssueEvent(sql`account::text`)}::uuid as account, ${fromIssueEvent(sql`staff`)} as staff, ${fromIssueEvent(sql`service_point`)} as service_point, ${fromIssueEvent(sql`at`)} as issued_at,
          ${fromIssueEvent(sql`facts ->> 'channel'`)} as channel, ${fromIssueEvent(sql`facts ->> 'code'`)} as code, ${fromIssueEvent(sql`facts ->> 'porter'`)} as porter, ${fromIssueEvent(sql`texts ->> 'requestReference'`)} as reference,
          ${fromIssueEvent(sql`texts ->> 'recipient'`)} as recipient, ${fromIssueEvent(sql`texts ->> 'latinName'`)} as latin_name, ${fromIssueEvent(sql`texts ->> 'latinNameReason'`)} as latin_name_reason, ${fromIssueEvent(sql`texts ->> 'address'`)} as address,
          ${fromIssueEvent(sql`facts ->> 'language'`)} as language, ${fromIssueEvent(sql`facts ->> 'ceilingAt'`)}::timestamptz as ceiling_at, ${fromIssueEvent(sql`facts ->> 'collectBy'`)}::timestamptz as collect_by, ${fromIssueEvent(sql`facts ->> 'replaces'`)} as replaces,
          (array_agg(facts ->> 'expiresAt' order by step_number desc) filter (where step in ('issue', 'hand-over')))[1]::timestamptz as expires_at,
          (array_agg(step order by step_number desc) filter (where kind = 'slip-step'))[1] as custody_step, (array_agg(to_state order by step_number desc))[1] as state,
          min(at) filter (where to_state in ('redeemed', 'returned', 'voided', 'expired', 'locked')) as ended_at,
          max(facts ->> 'reason') filter (where kind = 'slip-voided') as void_reason,
          max(texts ->> 'trackingNumber') filter (where step = 'post') as tracking, max(facts ->> 'personalHandover') filter (where step = 'post') as handover
        from steps group by number),
      stored as (
        select slips.number, slip_id, row_number() over (partition by slip_id order by slip_steps.id) as step_number, step, from_state, to_state, at,
          staff_id::text as staff, token_id::text as token, slip_steps.service_point_id, note, note_erased_at, identity_check_id
        from slips join slip_steps on slip_id = slips.id where ${isInNumberRange('slips.number', numbers)})
    select number, kind, place from (
      select coalesce(slips.number, logged.number) as number, 0 as step_number, ${differenceKind('slips')} as kind, ${differencePlace(slipChecks, 'slips', sql`'slips'`, sql`''`)} as place
      from (select * from slips where ${isInNumberRange('number', numbers)}) as slips full join logged on logged.number = slips.number
        left join deliveries as delivery on delivery.slip_id = slips.id left join slips as replaced on replaced.id = slips.replaces
      union all
      select coalesce(stored.number, logged.number), ${stepNumber}, ${differenceKind('stored')}, coalesce(${differencePlace(stepChecks, 'stored', stepLabel, sql`${stepLabel} || '.'`)},
        case when checks.id is not null then case ${listCases(identityChecks, identityLabel)} end end)
      from stored full join steps as logged on logged.number = stored.number and logged.step_number = stored.step_number
        left join identity_checks as checks on checks.id = stored.identity_check_id
      union all
      select slips.number, 32767, 'added', 'identity_checks' from slips join identity_checks on slip_id = slips.id
      where ${isInNumberRange('slips.number', numbers)} and not exists (select from slip_steps where slip_steps.slip_id = slips.id and identity_check_id = identity_checks.id)
    ) as differences where place is not null order by number, step_number limit 1`.execute(db)
  return rows[0]
}

function fromIssueEvent (value: RawBuilder<unknown>) {
  return sql`max(${value}) filter (where kind = 'slip-issued')`
}

function differenceKind (table: string) {
  return sql`case when ${sql.ref(table)}.number is null then 'removed' when logged.number is null then 'added' else 'altered' end`
}

/** Builds the SQL that names the differing table and column; null where nothing differs. */
function differencePlace (checks: ColumnChecks, table: string, label: RawBuilder<unknown>, columnPrefix: RawBuilder<unknown>) {
  return sql`case when ${sql.ref(table)}.number is null or logged.number is null then ${label} ${listCases(checks, columnPrefix)} end`
}

/** A range of slip numbers: greater than `after`, up to and including `last`, or to the end without `last`. */
export interface SlipNumberRange { readonly after: string, readonly last: string | undefined }

function isInNumberRange (column: string, { after, last }: SlipNumberRange): RawBuilder<boolean> {
  return last === undefined ? sql`${sql.ref(column)} > ${after}` : sql`${sql.ref(column)} > ${after} and ${sql.ref(column)} <= ${last}`
}

/** The step that each kind of event records, and the state it leads to; null where the facts of the event say it. */
const stepsByEventKind = sql`(values ('slip-issued', 'issue', null), ('slip-step', null, null), ('slip-voided', 'void', 'voided'), ('slip-expired', 'expire', 'expired'),
  ('slip-locked', 'lock', 'locked'), ('slip-redeemed', 'redeem', 'redeemed')) as mapping (kind, step, to_state)`

/**
 * Builds the query for the steps in the log: one row per step, numbered per slip. `note` is the expected note of the
 * step as long as the typed text has not been erased.
 */
function loggedStepsQuery (numbers: SlipNumberRange): RawBuilder<unknown> {
  return sql`
    select slip as number, row_number() over (partition by slip order by sequence) as step_number, kind, account, facts, texts,
      coalesce(mapping.step, facts ->> 'step') as step, facts ->> 'from' as from_state, coalesce(mapping.to_state, facts ->> 'to') as to_state,
      case kind when 'slip-expired' then (facts ->> 'expiredAt')::timestamptz else at end as at,
      substring(actor from '^staff:(.*)$') as staff, substring(actor from '^identity-system:(.*)$') as token, service_point,
      case when kind = 'slip-voided' and facts ->> 'reason' <> 'other' then concat_ws(': ', facts ->> 'reason', texts ->> 'words')
        else coalesce(texts ->> 'words', texts ->> 'note', facts ->> 'reason') end as note
    from audit_events join ${stepsByEventKind} using (kind)
      left join lateral (select jsonb_object_agg(name, text) as texts from audit_texts where event_id = audit_events.id) as event_texts on facts ? 'digests'
    where ${isInNumberRange('slip', numbers)}`
}
