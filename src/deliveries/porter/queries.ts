/** Reads the envelopes and counts of a porter's desk. */
import type { Kysely } from 'kysely'
import type { NamedRow } from '../../accounts/erasure-markers.js'
import type { Database } from '../../database/schema.js'
import type { Profile } from '../../institution/profile.js'
import { addDays, institutionDay, zonedTimeToDate } from '../../service-points/institution-day.js'
import { canBeCollected } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import type { Visibility } from '../../slips/queries.js'
import type { CustodyStep } from '../../institution/vocabulary.js'
import type { Slip } from '../../slips/slip.js'
import { stateAtSql } from '../../slips/slip-filter.js'
import type { Session } from '../../staff/session.js'

export interface DeskEnvelope extends Pick<Slip, 'number' | 'channel' | 'state' | 'envelope_at' | 'collect_by'>, NamedRow {}

/** Lists envelopes at the desk or on their way there, in any state of the slip, sorted by the last time to collect. */
export async function listDeskEnvelopes (db: Kysely<Database>, desk: string, now: Date): Promise<DeskEnvelope[]> {
  return await db.selectFrom('deliveries')
    .innerJoin('slips', 'slips.id', 'deliveries.slip_id')
    .innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .select(['slips.number', 'slips.channel', 'accounts.display_name', 'accounts.latin_name as account_latin_name', 'slips.latin_name', 'deliveries.envelope_at', 'deliveries.collect_by'])
    .select(stateAtSql(now).as('state'))
    .where('deliveries.porter_service_point_id', '=', desk)
    .where('deliveries.envelope_at', 'in', ['desk', 'on-the-way'])
    .orderBy('deliveries.collect_by').orderBy('slips.number')
    .execute()
}

export interface StepCountQuery {
  readonly desk: string
  readonly step: CustodyStep
  readonly since: Date
  /** Counts only the steps of this staff member. */
  readonly by?: string
}

/** Counts how often a step was taken at a desk since a time. It ignores slips that are older than the longest lifetime. */
export async function countStepsAtDesk (
  db: Kysely<Database>, { desk, step, since, by }: StepCountQuery, { lifetimes, timeZone }: Pick<Profile, 'lifetimes' | 'timeZone'>
): Promise<number> {
  const oldest = zonedTimeToDate(addDays(institutionDay(since, timeZone), -lifetimes.ceilingDays - 1), '00:00', timeZone)
  const { count } = await db.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .innerJoin('slip_steps', 'slip_steps.slip_id', 'slips.id')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('slips.issued_at', '>=', oldest)
    .where('deliveries.porter_service_point_id', '=', desk)
    .where('slip_steps.step', '=', step).where('slip_steps.at', '>=', since)
    .$if(by !== undefined, query => query.where('slip_steps.staff_id', '=', by!))
    .executeTakeFirstOrThrow()
  return count
}

export interface EnvelopeCount {
  readonly counted_at: Date
  readonly counted_by: string
  readonly name: string
  readonly counted: number
  readonly expected: number
  readonly missing: string[]
  readonly unexpected: string[]
}

/** Lists the latest counts of a desk, newest first. */
export async function listEnvelopeCounts (db: Kysely<Database>, desk: string, limit: number): Promise<EnvelopeCount[]> {
  return await db.selectFrom('envelope_counts')
    .innerJoin('staff', 'staff.id', 'envelope_counts.counted_by')
    .select(['counted_at', 'counted_by', 'staff.name', 'counted', 'expected', 'missing', 'unexpected'])
    .where('service_point_id', '=', desk)
    .orderBy('counted_at', 'desc').limit(limit)
    .execute()
}

/** Returns the porter's desk: the service point of the session, whatever other roles the user has. */
export function porterDeskId ({ servicePoint }: Pick<Session, 'servicePoint'>): string {
  return servicePoint?.id ?? ''
}

/** Returns the visibility on the porter's pages. A porter who is also an agent sees only their own desk there. */
export function visibilityOfDesk (session: Pick<Session, 'servicePoint'>): Visibility {
  return { porterDesk: porterDeskId(session) }
}

// How a change of a desk's hours affects the envelopes that go to the desk.

export interface WaitingEnvelopeCount {
  /** The number of envelopes whose time to collect has not passed. */
  readonly waiting: number
  /** The number of these that could not be collected in the given hours. */
  readonly lost: number
}

/** Counts the envelopes for a desk with its current or planned hours. */
export async function countWaitingEnvelopes (
  db: Kysely<Database>, profile: Pick<Profile, 'timeZone' | 'country'>, desk: Pick<ServicePoint, 'id' | 'hours'>, now: Date
): Promise<WaitingEnvelopeCount> {
  const envelopes = await db.selectFrom('deliveries').innerJoin('slips', 'slips.id', 'deliveries.slip_id')
    .select(eb => eb.ref('deliveries.collect_by').$notNull().as('collect_by'))
    .where('deliveries.porter_service_point_id', '=', desk.id).where('deliveries.envelope_at', 'in', ['office', 'on-the-way', 'desk'])
    .where('slips.ended_at', 'is', null).where('slips.expires_at', '>', now).where('deliveries.collect_by', '>', now)
    .execute()
  const lost = envelopes.filter(envelope => !canBeCollected(desk, envelope.collect_by, now, profile))
  return { waiting: envelopes.length, lost: lost.length }
}
