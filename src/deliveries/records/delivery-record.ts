/** Reads delivery records for exports: one row per slip, with all its steps. */
import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../database/schema.js'
import { affiliations, channels, slipStates } from '../../institution/vocabulary.js'
import { stepSchema, type SlipItem } from '../../slips/schemas.js'
import { stateAtSql } from '../../slips/slip-filter.js'
import { hasFacets, facetCondition, periodCondition, type ResolvedFilter } from './record-filter.js'

/** The columns of an export, in their documented order. */
export const recordColumns = [
  'slipNumber', 'username', 'displayName', 'affiliation', 'channel', 'state', 'issuedAt', 'issuedBy', 'servicePoint',
  'requestReference', 'trackingNumber', 'steps',
] as const

export const deliveryRecordSchema = z.object({
  slipNumber: z.string(),
  username: z.string(),
  displayName: z.string(),
  affiliation: z.enum(affiliations),
  channel: z.enum(channels),
  state: z.enum(slipStates),
  issuedAt: z.iso.datetime({ offset: true }),
  issuedBy: z.string().describe('The login of the agent'),
  servicePoint: z.string().describe('The service point that issued the slip'),
  requestReference: z.string().nullable(),
  trackingNumber: z.string().nullable(),
  steps: z.array(stepSchema),
}).meta({ id: 'DeliveryRecord' })

export type DeliveryRecord = z.infer<typeof deliveryRecordSchema>
type Step = SlipItem['steps'][number]
/** A step as an array in the order of `toStep`. Writing and parsing it takes half as long as for an object. */
type StepTuple = readonly [Step['step'], Step['from'], Step['to'], string, string | null, string | null, Step['identityCheck'] | null, string | null]
/** A record with its steps in one cell, each with step, time, person and place: `issue 2026-11-21T15:57:00+02:00 agent helpdesk-myllypuro | void …`. */
export type FlatRecord = Omit<DeliveryRecord, 'steps'> & { readonly steps: string }
/** How the query returns the steps of a record. */
export type StepsFormat = 'values' | 'cell'
export type RecordRow = Omit<DeliveryRecord, 'steps'> & { readonly key: string, readonly steps: readonly StepTuple[] | string }

/** Sets up a transaction for reading records, with times in the institution's time zone. */
export async function configureTransaction (trx: Kysely<Database>, zone: string): Promise<void> {
  // Without JIT: for one page, compiling the plan takes longer than running it.
  await sql`select set_config('timezone', ${zone}, true), set_config('jit', 'off', true)`.execute(trx)
}

/** Counts all records of the filter. */
export async function countAllRecords (trx: Kysely<Database>, filter: ResolvedFilter, zone: string, now: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from delivery_records as record
    where ${periodCondition(filter, zone)} and ${facetCondition(filter, now)}`.execute(trx)
  return rows[0]!.count
}

export interface RecordSelection {
  /** The last row of the previous page. */
  readonly after: RecordRow | undefined
  /** Undefined for all records. */
  readonly limit: number | undefined
  readonly zone: string
  readonly now: Date
  readonly steps: StepsFormat
}

/** Builds the query for records, newest first. Times are in the time zone of the database session. */
export function selectRecords (filter: ResolvedFilter, { after, limit, zone, now, steps }: RecordSelection): RawBuilder<RecordRow> {
  // If the filter has only a period, the table of slips is enough.
  const over = hasFacets(filter) ? 'record' : 'slips'
  const [issuedAt, number] = [sql.ref(`${over}.issued_at`), sql.ref(`${over}.number`)]
  const further = after === undefined ? sql<SqlBool>`true` : sql<SqlBool>`(${issuedAt}, ${number}) < (${after.key}::timestamptz, ${after.slipNumber})`
  return sql<RecordRow>`select slips.number as "slipNumber", accounts.username, accounts.display_name as "displayName", accounts.affiliation, slips.channel,
      ${stateAtSql(now)} as state, ${timestampSql('slips.issued_at')} as "issuedAt", staff.login as "issuedBy", slips.service_point_id as "servicePoint",
      slips.request_reference as "requestReference",
      case when slips.channel = 'registered-letter' then (select tracking_number from deliveries where slip_id = slips.id) end as "trackingNumber",
      (select ${steps === 'cell' ? stepsCellSql : stepTuplesSql}
        from slip_steps as step left join staff as by on by.id = step.staff_id left join identity_checks as checks on checks.id = step.identity_check_id
        where step.slip_id = slips.id) as steps,
      slips.issued_at::text as key
    from ${over === 'slips' ? sql`slips` : sql`delivery_records as record join slips on slips.id = record.slip_id`}
      join accounts on accounts.id = slips.account_id
      join staff on staff.id = slips.issued_by
    where ${periodCondition(filter, zone, over)} and ${over === 'slips' ? sql`true` : facetCondition(filter, now)} and ${further}
    order by ${issuedAt} desc, ${number} desc ${limit === undefined ? sql`` : sql`limit ${limit}`}`
}

/** RFC 3339 with whole seconds, in the format of `formatRfc3339`. */
function timestampSql (column: string): RawBuilder<string> {
  return sql<string>`to_char(${sql.ref(column)}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')`
}

/** Who took a step, as in `toStepItem`: the login or the identity system, and null for the holder and the clock. */
const actorSql = sql`coalesce(by.login, case when step.token_id is not null then 'identity-system:' || (select name from api_tokens where id = step.token_id) end)`
/** Removes the separators of steps from a text, so that no one can forge steps in a cell. */
const noteCellSql = sql`translate(step.note, '|()', '¦[]')`
const stepTuplesSql = sql`json_agg(json_build_array(step.step, step.from_state, step.to_state, ${timestampSql('step.at')}, ${actorSql}, step.service_point_id, checks.document_type, step.note) order by step.id)`
/** Concatenated in the database, which takes half as long as doing it here. */
const stepsCellSql = sql`string_agg(concat_ws(' ', step.step, ${timestampSql('step.at')}, coalesce(${actorSql}, case when step.step in ('expire', 'lock') then 'clock' else 'holder' end), step.service_point_id, checks.document_type, '(' || ${noteCellSql} || ')'), ' | ' order by step.id)`

/** Converts rows that have their steps as values. */
export function toRecords (rows: readonly RecordRow[]): DeliveryRecord[] {
  return rows.map(({ key: _key, steps, ...row }) => ({ ...row, steps: (steps as readonly StepTuple[]).map(toStep) }))
}

function toStep ([step, from, to, at, by, servicePoint, identityCheck, note]: StepTuple): Step {
  return {
    step,
    from,
    to,
    at,
    by,
    ...(servicePoint === null ? {} : { servicePoint }),
    ...(identityCheck === null ? {} : { identityCheck }),
    ...(note === null ? {} : { note }),
  }
}
