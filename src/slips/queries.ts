/** Reads slips with their holder, delivery and steps. They never include the code, which is stored only as a keyed hash. */
import { type Kysely, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import type { NamedRow } from '../accounts/erasure-markers.js'
import { decodeCursor, encodeCursor } from '../database/cursor.js'
import type { Database } from '../database/schema.js'
import { NotFound } from '../institution/errors.js'
import type { Affiliation, DocumentType, SlipState, StepName } from '../institution/vocabulary.js'
import { hasPermission } from '../staff/permissions.js'
import type { Session } from '../staff/session.js'
import { parseSlipNumber } from './codes.js'
import type { Slip } from './slip.js'
import { buildSlipCondition, type SlipFilter, stateAtSql } from './slip-filter.js'

/** Which slips a user may see: all of them, or those that go to one porter's desk. */
export type Visibility = { readonly all: true } | { readonly porterDesk: string }

export interface SlipStep {
  readonly step: StepName
  readonly from_state: SlipState | null
  readonly to_state: SlipState
  /** RFC 3339, as PostgreSQL formats it in JSON. */
  readonly at: string
  readonly login: string | null
  readonly staff_name: string | null
  /** The identity system that redeemed the code. */
  readonly system_name: string | null
  readonly service_point_id: string | null
  readonly note: string | null
  readonly note_erased: boolean
  readonly document_type: DocumentType | null
}

/** A slip with its holder, the agent who issued it, and its steps. */
export interface SlipDetails extends Omit<Slip, 'id' | 'issued_by' | 'ceiling_at' | 'ended_at' | 'void_reason' | 'latin_name' | 'stored_state'>, NamedRow {
  readonly username: string
  readonly affiliation: Affiliation
  readonly issued_by_id: string
  readonly issued_by: string
  readonly issued_by_name: string
  readonly steps: SlipStep[]
}

export interface SlipListPage {
  readonly items: SlipDetails[]
  readonly next: string | undefined
}

/** Finds a slip that the user may see. @param number as stored, `XXX-XXX-XXX` */
export async function findSlip (db: Kysely<Database>, number: string, visibility: Visibility, now: Date): Promise<SlipDetails | undefined> {
  const row = await selectSlips(db, visibility, now).where('slips.number', '=', number).executeTakeFirst()
  return row && toSlipDetails(row, visibility)
}

/**
 * Finds the slip of a number as a user typed it.
 * @throws {NotFound} also for an unreadable number, and for a slip that is not visible
 */
export async function requireSlip (db: Kysely<Database>, typed: string, visibility: Visibility, now: Date): Promise<SlipDetails> {
  const number = parseSlipNumber(typed)
  const slip = number === undefined ? undefined : await findSlip(db, number, visibility, now)
  if (slip === undefined) throw new NotFound('slip')
  return slip
}

const cursorKeySchema = z.tuple([z.iso.datetime(), z.string().length(11)])

export interface SlipListQuery extends SlipFilter {
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface SlipListOptions {
  readonly visibility: Visibility
  /** The time zone of the institution, for the days of the filter. */
  readonly zone: string
  readonly now: Date
}

/** Lists a page of slips, newest first. @throws {InvalidInput} for a cursor of another list */
export async function listSlips (db: Kysely<Database>, query: SlipListQuery, { visibility, zone, now }: SlipListOptions): Promise<SlipListPage> {
  const { limit, cursor, ...filter } = query
  const list = `slips?${JSON.stringify([filter, visibility])}`
  const after = cursor === undefined ? undefined : decodeCursor(list, cursor, cursorKeySchema)
  const rows = await selectSlips(db, visibility, now)
    .where(eb => buildSlipCondition(eb, filter, zone, now))
    .$if(after !== undefined, select => select.where(sql<boolean>`(slips.issued_at, slips.number) < (${new Date(after![0])}, ${after![1]})`))
    .orderBy('slips.issued_at', 'desc').orderBy('slips.number', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(row => toSlipDetails(row, visibility))
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(list, [last.issued_at.toISOString(), last.number]) : undefined }
}

/** Lists the slips with these ids, in the order of the ids. */
export async function listSlipsById (db: Kysely<Database>, ids: readonly string[], now: Date): Promise<SlipDetails[]> {
  if (ids.length === 0) return []
  const rows = await selectSlips(db, { all: true }, now).select('slips.id').where('slips.id', 'in', ids).execute()
  const byId = new Map(rows.map(({ id, ...row }) => [id, toSlipDetails(row, { all: true })]))
  return ids.flatMap(id => byId.get(id) ?? [])
}

/** Finds the open slip of an account. */
export async function findOpenSlip (db: Kysely<Database>, accountId: string, now: Date): Promise<Pick<Slip, 'number' | 'state'> | undefined> {
  return await db.selectFrom('slips').select(['number', 'state'])
    .where('account_id', '=', accountId).where('ended_at', 'is', null).where('expires_at', '>', now)
    .executeTakeFirst()
}

/** Finds the latest identity check of a slip. The number of the document is never stored. */
export async function findLatestIdentityCheck (db: Kysely<Database>, number: string) {
  return await db.selectFrom('identity_checks')
    .innerJoin('slips', 'slips.id', 'identity_checks.slip_id')
    .select(['document_type', 'issuing_country', 'valid_until', 'no_expiry', 'name_reason', 'birth_date_reason'])
    .where('slips.number', '=', number)
    .orderBy('checked_at', 'desc').executeTakeFirst()
}

/** Finds the number of the voided slip that this slip replaces. */
export async function findReplacedSlipNumber (db: Kysely<Database>, number: string): Promise<string | undefined> {
  const replaced = await db.selectFrom('slips as replaced')
    .innerJoin('slips', 'slips.replaces', 'replaced.id')
    .select('replaced.number')
    .where('slips.number', '=', number).where('replaced.state', '=', 'voided')
    .executeTakeFirst()
  return replaced?.number
}

function selectSlips (db: Kysely<Database>, visibility: Visibility, now: Date) {
  return db.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .innerJoin('staff', 'staff.id', 'slips.issued_by')
    .select(['slips.number', 'slips.channel', 'slips.language', 'slips.issued_at', 'slips.expires_at', 'slips.account_id', 'slips.service_point_id', 'slips.request_reference',
      'slips.latin_name', 'slips.latin_name_reason', 'accounts.latin_name as account_latin_name', 'slips.issued_by as issued_by_id', 'accounts.username', 'accounts.display_name', 'accounts.affiliation',
      'staff.login as issued_by', 'staff.name as issued_by_name',
      'deliveries.porter_service_point_id', 'deliveries.collect_by', 'deliveries.recipient', 'deliveries.lines', 'deliveries.postcode',
      'deliveries.town', 'deliveries.country', 'deliveries.tracking_number', 'deliveries.personal_handover', 'deliveries.envelope_at', 'deliveries.address_erased_at', 'slips.texts_erased_at'])
    .select(stateAtSql(now).as('state'))
    .select(eb => jsonArrayFrom(eb.selectFrom('slip_steps as step')
      .leftJoin('staff as by', 'by.id', 'step.staff_id')
      .leftJoin('api_tokens as system', 'system.id', 'step.token_id')
      .leftJoin('identity_checks as check', 'check.id', 'step.identity_check_id')
      .select(['step.step', 'step.from_state', 'step.to_state', 'step.at', 'by.login', 'by.name as staff_name', 'system.name as system_name',
        'step.service_point_id', 'step.note', 'check.document_type'])
      .select(inner => inner('step.note_erased_at', 'is not', null).$castTo<boolean>().as('note_erased'))
      .whereRef('step.slip_id', '=', 'slips.id')
      .orderBy('step.id')).as('steps'))
    .$if('porterDesk' in visibility, query => query.where('deliveries.porter_service_point_id', '=', 'porterDesk' in visibility ? visibility.porterDesk : ''))
}

type SelectedRow = Awaited<ReturnType<ReturnType<typeof selectSlips>['execute']>>[number]

function toSlipDetails (slip: SelectedRow, visibility: Visibility): SlipDetails {
  return 'porterDesk' in visibility ? redactForPorter(slip, visibility.porterDesk) : slip
}

/** Removes the request reference and the notes of other service points, which porters may not see. */
function redactForPorter (slip: SlipDetails, desk: string): SlipDetails {
  return { ...slip, request_reference: null, latin_name_reason: null, steps: slip.steps.map(step => step.service_point_id === desk ? step : { ...step, note: null }) }
}

/** Returns which slips a session may see. Porters see the slips that go to their own desk. Pure. */
export function visibleSlips ({ staff, servicePoint }: Session): Visibility {
  if (hasPermission(staff.roles, 'slips:read-all')) return { all: true }
  return { porterDesk: servicePoint?.id ?? '' }
}
