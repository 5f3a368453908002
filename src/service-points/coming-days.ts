/** The days to come at a service point, each with its hours and why they are what they are. Pure. */
import { resolveDayHours, findSeason, type ResolvedDayHours, type OpeningCalendar } from './hours.js'
import type { Season } from './hours-schema.js'
import { addDays, hoursInDay } from './institution-day.js'

export interface UpcomingDay extends ResolvedDayHours {
  readonly day: string
  /** The season that it lies in, whether or not it decides. */
  readonly season: Season | undefined
  /** The clocks change on this day. */
  readonly clockChange: 'forward' | 'back' | undefined
}

const UPCOMING_DAYS = 28

/** Four weeks from a day on. */
export function listUpcomingDays (calendar: OpeningCalendar, from: string): UpcomingDay[] {
  return Array.from({ length: UPCOMING_DAYS }, (_, ahead) => {
    const day = addDays(from, ahead)
    return { day, ...resolveDayHours(calendar, day), season: findSeason(calendar.hours, day), clockChange: clockChangeOn(day, calendar.zone) }
  })
}

function clockChangeOn (day: string, zone: string): UpcomingDay['clockChange'] {
  const hours = hoursInDay(day, zone)
  return hours < 24 ? 'forward' : hours > 24 ? 'back' : undefined
}
