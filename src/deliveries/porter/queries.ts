/** The envelopes of one porter's desk, as its pages and its counts read them. */
import type { Kysely } from 'kysely'
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

export interface DeskEnvelope extends Pick<Slip, 'number' | 'channel' | 'state' | 'envelope_at' | 'collect_by'> {
  readonly display_name: string
}

/** What lies at the desk or is on its way there, whatever its slip's state; the first to be collected first. */
export async function listDeskEnvelopes (db: Kysely<Database>, desk: string, now: Date): Promise<DeskEnvelope[]> {
  return await db.selectFrom('deliveries')
    .innerJoin('slips', 'slips.id', 'deliveries.slip_id')
    .innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .select(['slips.number', 'slips.channel', 'accounts.display_name', 'deliveries.envelope_at', 'deliveries.collect_by'])
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
  /** Only this member's. */
  readonly by?: string
}

/** How often a step has been taken at a desk since a moment. Slips older than any can live are not looked at. */
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

/** The latest counts of a desk, newest first. */
export async function listEnvelopeCounts (db: Kysely<Database>, desk: string, limit: number): Promise<EnvelopeCount[]> {
  return await db.selectFrom('envelope_counts')
    .innerJoin('staff', 'staff.id', 'envelope_counts.counted_by')
    .select(['counted_at', 'counted_by', 'staff.name', 'counted', 'expected', 'missing', 'unexpected'])
    .where('service_point_id', '=', desk)
    .orderBy('counted_at', 'desc').limit(limit)
    .execute()
}

// Which desk a porter keeps: the service point of the session, whatever other roles somebody has. Pure.

export function porterDeskId ({ servicePoint }: Pick<Session, 'servicePoint'>): string {
  return servicePoint?.id ?? ''
}

/** On the porter's pages even an agent who is a porter too sees the envelopes of the own desk only. */
export function visibilityOfDesk (session: Pick<Session, 'servicePoint'>): Visibility {
  return { porterDesk: porterDeskId(session) }
}

// What a change of a desk's hours would do to the envelopes that wait there, are on their way, or still leave for it.

export interface WaitingEnvelopeCount {
  /** Envelopes whose time to collect is not over. */
  readonly waiting: number
  /** Of these, how many nobody could collect with the desk's hours. */
  readonly lost: number
}

/** Counts for a desk with the hours that it has, or would have. */
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
