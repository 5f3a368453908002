/** An administrator changes the opening hours of a service point. */
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
  /** The version of the hours that the administrator had before them. */
  readonly version: string
}

/**
 * Puts new hours in the place of those that the administrator saw; what is over is left out.
 * @throws {NotFound}
 * @throws {Conflict} `hours-changed`: other hours were saved in the meantime
 */
export async function changeHours (deps: HoursDeps, by: Actor, servicePoint: string, { hours, version }: HoursChange): Promise<void> {
  const now = deps.now()
  const next = removePastHours(hours, institutionDay(now, deps.profile.timeZone))
  await deps.db.transaction().execute(async trx => {
    const present = await lockHours(trx, servicePoint)
    if (present === undefined) throw new NotFound('service-point')
    if (hoursVersion(present) === hoursVersion(next)) return
    if (hoursVersion(present) !== version) throw new Conflict('hours-changed')
    await updateHours(trx, servicePoint, next)
    await appendEvent(trx, { kind: 'hours-changed', at: now, actor: by, servicePoint, facts: { hours: next } })
  })
}

/** Equal for equal hours, whatever order the database stores them in. */
export function hoursVersion ({ week, seasons, exceptions }: OpeningHours): string {
  const times = (days: OpeningHours['week']) => days.map(day => [day?.opens, day?.closes])
  const ordered = [
    times(week),
    seasons.map(season => [season.from, season.to, times(season.week)]),
    Object.entries(exceptions).sort().map(([day, hours]) => [day, ...times([hours])]),
  ]
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url').slice(0, 16)
}
