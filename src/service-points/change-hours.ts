/** Changes the opening hours of a service point. */
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { appendEvent, type Actor } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { Conflict, NotFound } from '../institution/errors.js'
import type { OpeningHours } from '../institution/opening-hours.js'
import { removePastHours } from './hours.js'
import { institutionDay } from './institution-day.js'
import { lockHours, updateHours } from './queries.js'

export interface HoursDeps {
  readonly db: Kysely<Database>
  readonly profile: { readonly timeZone: string }
  readonly now: () => Date
}

export interface HoursChange {
  readonly hours: OpeningHours
  /** The version of the hours that the administrator edited, from `hoursVersion`. */
  readonly version: string
}

/**
 * Replaces the opening hours, without seasons and exceptional days that are over.
 * @throws {NotFound}
 * @throws {Conflict} `hours-changed`: other hours were saved in the meantime
 */
export async function changeHours (deps: HoursDeps, by: Actor, servicePoint: string, { hours, version }: HoursChange): Promise<void> {
  const now = deps.now()
  const next = removePastHours(hours, institutionDay(now, deps.profile.timeZone))
  await deps.db.transaction().execute(async trx => {
    const current = await lockHours(trx, servicePoint)
    if (current === undefined) throw new NotFound('service-point')
    if (hoursVersion(current) === hoursVersion(next)) return
    if (hoursVersion(current) !== version) throw new Conflict('hours-changed')
    await updateHours(trx, servicePoint, next)
    await appendEvent(trx, { kind: 'hours-changed', at: now, actor: by, servicePoint, facts: { hours: next } })
  })
}

/** Computes the version of opening hours: equal for equal hours, in whatever order the database stores them. */
export function hoursVersion ({ week, seasons, exceptions }: OpeningHours): string {
  const times = (days: OpeningHours['week']) => days.map(day => [day?.opens, day?.closes])
  const ordered = [
    times(week),
    seasons.map(season => [season.from, season.to, times(season.week)]),
    Object.entries(exceptions).sort().map(([day, hours]) => [day, ...times([hours])]),
  ]
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url').slice(0, 16)
}
