/** The days to come at a service point, each with its hours and why they are what they are. Pure. */
import { dayRuling, seasonOn, type DayRuling, type OpeningCalendar } from './hours.js'
import type { Season } from './hours-schema.js'
import { addDays, hoursInDay } from './institution-day.js'

export interface ComingDay extends DayRuling {
  readonly day: string
  /** The season that it lies in, whether or not it decides. */
  readonly season: Season | undefined
  /** The clocks change on this day. */
  readonly clocks: 'forward' | 'back' | undefined
}

const fourWeeks = 28

/** Four weeks from a day on. */
export function comingDays (calendar: OpeningCalendar, from: string): ComingDay[] {
  return Array.from({ length: fourWeeks }, (_, ahead) => {
    const day = addDays(from, ahead)
    return { day, ...dayRuling(calendar, day), season: seasonOn(calendar.hours, day), clocks: clocksOn(day, calendar.zone) }
  })
}

function clocksOn (day: string, zone: string): ComingDay['clocks'] {
  const hours = hoursInDay(day, zone)
  return hours < 24 ? 'forward' : hours > 24 ? 'back' : undefined
}
