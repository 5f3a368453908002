/** What a change of a desk's hours would do to the envelopes that wait there, are on their way, or still leave for it. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'
import { canBeCollected } from '../service-points/pick-up.js'
import type { ServicePoint } from '../service-points/service-point.js'

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
