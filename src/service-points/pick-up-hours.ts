/** When a porter slip can be collected, as its paper says it. Pure. */
import { getDayHours, hasSameHours, weekInForce, type DayHours, type OpeningCalendar } from './hours.js'
import { addDays, institutionDay, weekdayIndex } from './institution-day.js'

export interface PickUpHours {
  /** The ordinary week, Monday first; null is closed. */
  readonly week: readonly DayHours[]
  /** Days (`YYYY-MM-DD`, in order) of the time to collect that differ from that week. */
  readonly otherDays: readonly OtherDay[]
}

export interface OtherDay {
  readonly day: string
  readonly hours: DayHours
}

/** The week in force on the day of issue, and the days up to the last one to collect that differ from it. */
export function getPickUpHours (calendar: OpeningCalendar, issuedAt: Date, collectBy: Date): PickUpHours {
  const firstDay = institutionDay(issuedAt, calendar.zone)
  const lastDay = institutionDay(collectBy, calendar.zone)
  const week = weekInForce(calendar.hours, firstDay)
  const otherDays: OtherDay[] = []
  for (let day = firstDay; day <= lastDay; day = addDays(day, 1)) {
    const hours = getDayHours(calendar, day)
    if (!hasSameHours(hours, week[weekdayIndex(day)] ?? null)) otherDays.push({ day, hours })
  }
  return { week, otherDays }
}
