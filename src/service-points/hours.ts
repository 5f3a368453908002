/** Calculates when a service point is open, in the institution's time zone. Pure. */
import type { HolidayCheck } from './holidays.js'
import { addDays, hoursInDay, institutionDay, weekdayIndex, zonedTimeToDate } from './institution-day.js'
import type { OpeningHours, Season } from '../institution/opening-hours.js'

/** The opening hours of one service point, with the holidays and the time zone. */
export interface OpeningCalendar {
  readonly hours: OpeningHours
  readonly isHoliday: HolidayCheck
  /** IANA time zone of the institution. */
  readonly zone: string
}

/** The opening and closing time of a day, `HH:MM`; null is closed. */
export type DayHours = OpeningHours['week'][number]

export interface OpeningSpan {
  readonly opens: Date
  readonly closes: Date
}

/** How far ahead to search for an opening. A service point closed for longer counts as permanently closed. */
const SEARCH_HORIZON_DAYS = 366

/** The hours of a day, and the rule that they come from. */
export interface ResolvedDayHours {
  readonly hours: DayHours
  readonly source: 'exception' | 'holiday' | 'season' | 'week'
}

/** Finds the season that includes a day. */
function findSeason ({ seasons }: OpeningHours, day: string): Season | undefined {
  return seasons.find(season => season.from <= day && day <= season.to)
}

/** Returns the week that applies on a day: that of its season, or else the ordinary one. */
export function getWeekOn (hours: OpeningHours, day: string): OpeningHours['week'] {
  return findSeason(hours, day)?.week ?? hours.week
}

/** Resolves the hours of a day. An exception overrides a holiday, and a holiday overrides the week. */
function resolveDayHours ({ hours, isHoliday }: OpeningCalendar, day: string): ResolvedDayHours {
  const exception = hours.exceptions[day]
  if (exception !== undefined) return { hours: exception, source: 'exception' }
  if (isHoliday(day)) return { hours: null, source: 'holiday' }
  return { hours: getWeekOn(hours, day)[weekdayIndex(day)] ?? null, source: findSeason(hours, day) === undefined ? 'week' : 'season' }
}

/** Returns the opening and closing time of a day. */
export function getDayHours (calendar: OpeningCalendar, day: string): DayHours {
  return resolveDayHours(calendar, day).hours
}

/** Removes the seasons and exceptional days before `today`, and sorts the seasons. */
export function removePastHours (hours: OpeningHours, today: string): OpeningHours {
  return {
    week: hours.week,
    seasons: hours.seasons.filter(season => season.to >= today).toSorted((a, b) => a.from < b.from ? -1 : 1),
    exceptions: Object.fromEntries(Object.entries(hours.exceptions).filter(([day]) => day >= today)),
  }
}

/** Returns whether two days open and close at the same times, or are both closed. */
export function hasSameHours (a: DayHours, b: DayHours): boolean {
  return a?.opens === b?.opens && a?.closes === b?.closes
}

/** Returns the spans of a day (`YYYY-MM-DD`) in which the service point is open; empty when it is closed. */
export function listOpeningSpans (calendar: OpeningCalendar, day: string): OpeningSpan[] {
  const hours = getDayHours(calendar, day)
  if (hours === null) return []
  const span = { opens: zonedTimeToDate(day, hours.opens, calendar.zone), closes: zonedTimeToDate(day, hours.closes, calendar.zone) }
  // Hours within the hour that the clocks skip do not exist.
  return span.opens < span.closes ? [span] : []
}

/** Finds the span that is open at a time. At its closing time, a span is over. */
export function findOpenSpan (calendar: OpeningCalendar, moment: Date): OpeningSpan | undefined {
  return listOpeningSpans(calendar, institutionDay(moment, calendar.zone))
    .find(span => span.opens <= moment && moment < span.closes)
}

/** Finds the first span that opens after a time, within a year. */
export function findNextOpening (calendar: OpeningCalendar, moment: Date): OpeningSpan | undefined {
  const today = institutionDay(moment, calendar.zone)
  for (let ahead = 0; ahead <= SEARCH_HORIZON_DAYS; ahead++) {
    const span = listOpeningSpans(calendar, addDays(today, ahead)).find(one => one.opens > moment)
    if (span !== undefined) return span
  }
  return undefined
}

/** Returns the opening spans between two times, in order, cut at both ends. */
export function openingSpansBetween (calendar: OpeningCalendar, from: Date, until: Date): OpeningSpan[] {
  const lastDay = institutionDay(until, calendar.zone)
  const spans: OpeningSpan[] = []
  for (let day = institutionDay(from, calendar.zone); day <= lastDay; day = addDays(day, 1)) {
    spans.push(...listOpeningSpans(calendar, day))
  }
  return spans
    .map(span => ({ opens: span.opens < from ? from : span.opens, closes: span.closes > until ? until : span.closes }))
    .filter(span => span.opens < span.closes)
}

// The next days, each with its hours and the rule that they come from.

export interface UpcomingDay extends ResolvedDayHours {
  readonly day: string
  /** The season of the day, even if an exception or a holiday overrides it. */
  readonly season: Season | undefined
  /** How the clocks change on this day, if they do. */
  readonly clockChange: 'forward' | 'back' | undefined
}

const UPCOMING_DAYS = 28

/** Lists four weeks, starting with a day. */
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
