/** When a service point is open, in the institution's own time. Pure. */
import type { HolidayCheck } from './holidays.js'
import { addDays, hoursInDay, institutionDay, weekdayIndex, zonedTimeToDate } from './institution-day.js'
import type { OpeningHours, Season } from '../institution/opening-hours.js'

/** The opening hours of one service point, with all that decides whether they hold on a day. */
export interface OpeningCalendar {
  readonly hours: OpeningHours
  readonly isHoliday: HolidayCheck
  /** IANA time zone of the institution. */
  readonly zone: string
}

/** Clock times of one kind of day, `HH:MM`; null is closed. */
export type DayHours = OpeningHours['week'][number]

export interface OpeningSpan {
  readonly opens: Date
  readonly closes: Date
}

/** How far ahead an opening is looked for: a point that is closed for a year is closed. */
const SEARCH_HORIZON_DAYS = 366

/** The hours of a day and what they come from. */
export interface ResolvedDayHours {
  readonly hours: DayHours
  readonly source: 'exception' | 'holiday' | 'season' | 'week'
}

/** The season that covers a day. */
export function findSeason ({ seasons }: OpeningHours, day: string): Season | undefined {
  return seasons.find(season => season.from <= day && day <= season.to)
}

/** The week in force on a day: that of the season which covers it, else the ordinary one. */
export function weekInForce (hours: OpeningHours, day: string): OpeningHours['week'] {
  return findSeason(hours, day)?.week ?? hours.week
}

/** What decides on a day: an exception beats a holiday, a holiday beats the week in force. */
export function resolveDayHours ({ hours, isHoliday }: OpeningCalendar, day: string): ResolvedDayHours {
  const exception = hours.exceptions[day]
  if (exception !== undefined) return { hours: exception, source: 'exception' }
  if (isHoliday(day)) return { hours: null, source: 'holiday' }
  return { hours: weekInForce(hours, day)[weekdayIndex(day)] ?? null, source: findSeason(hours, day) === undefined ? 'week' : 'season' }
}

/** The clock times of a day. */
export function getDayHours (calendar: OpeningCalendar, day: string): DayHours {
  return resolveDayHours(calendar, day).hours
}

/** The hours without the seasons and days that are over before a day; seasons in order. */
export function removePastHours (hours: OpeningHours, today: string): OpeningHours {
  return {
    week: hours.week,
    seasons: hours.seasons.filter(season => season.to >= today).toSorted((a, b) => a.from < b.from ? -1 : 1),
    exceptions: Object.fromEntries(Object.entries(hours.exceptions).filter(([day]) => day >= today)),
  }
}

/** True when two days open and close at the same times, or are both closed. */
export function hasSameHours (a: DayHours, b: DayHours): boolean {
  return a?.opens === b?.opens && a?.closes === b?.closes
}

/** The spans of a day (`YYYY-MM-DD`) in which the service point is open; none when it is closed. */
export function openingSpans (calendar: OpeningCalendar, day: string): OpeningSpan[] {
  const hours = getDayHours(calendar, day)
  if (hours === null) return []
  const span = { opens: zonedTimeToDate(day, hours.opens, calendar.zone), closes: zonedTimeToDate(day, hours.closes, calendar.zone) }
  // Hours that lie in the hour which the clocks leave out are none.
  return span.opens < span.closes ? [span] : []
}

/** The span that is open at the moment; at the closing time itself it is over. */
export function findOpenSpan (calendar: OpeningCalendar, moment: Date): OpeningSpan | undefined {
  return openingSpans(calendar, institutionDay(moment, calendar.zone))
    .find(span => span.opens <= moment && moment < span.closes)
}

/** The first span that opens after the moment, within a year. */
export function findNextOpening (calendar: OpeningCalendar, moment: Date): OpeningSpan | undefined {
  const today = institutionDay(moment, calendar.zone)
  for (let ahead = 0; ahead <= SEARCH_HORIZON_DAYS; ahead++) {
    const span = openingSpans(calendar, addDays(today, ahead)).find(one => one.opens > moment)
    if (span !== undefined) return span
  }
  return undefined
}

/** What is left of the opening hours between two moments, in order; spans are cut at both. */
export function openingSpansBetween (calendar: OpeningCalendar, from: Date, until: Date): OpeningSpan[] {
  const lastDay = institutionDay(until, calendar.zone)
  const spans: OpeningSpan[] = []
  for (let day = institutionDay(from, calendar.zone); day <= lastDay; day = addDays(day, 1)) {
    spans.push(...openingSpans(calendar, day))
  }
  return spans
    .map(span => ({ opens: span.opens < from ? from : span.opens, closes: span.closes > until ? until : span.closes }))
    .filter(span => span.opens < span.closes)
}

// The days to come at a service point, each with its hours and why they are what they are. Pure.

export interface UpcomingDay extends ResolvedDayHours {
  readonly day: string
  /** The season of the day, whether or not it decides. */
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
