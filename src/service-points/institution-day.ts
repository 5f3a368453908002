/** Days of the institution's own calendar, never UTC: a slip issued at 23:50 must not lose its last day. Pure. */
import { Temporal } from 'temporal-polyfill'

/** The calendar day of a moment in the institution's time zone, `YYYY-MM-DD`. */
export function institutionDay (moment: Date, zone: string): string {
  return toZonedDateTime(moment, zone).toPlainDate().toString()
}

/**
 * 23:59:59 of the institution's day that is `days` calendar days after the day of `moment`, whatever the
 * clock changes in between (facts.md, "Lifetimes").
 */
export function endOfInstitutionDay (moment: Date, days: number, zone: string): Date {
  const lastDay = toZonedDateTime(moment, zone).toPlainDate().add({ days })
  return toDate(lastDay.toZonedDateTime({ timeZone: zone, plainTime: '23:59:59' }))
}

/** The moment at which a clock in the institution shows `time` (`HH:MM`) on `day` (`YYYY-MM-DD`). */
export function zonedTimeToDate (day: string, time: string, zone: string): Date {
  return toDate(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone, plainTime: time }))
}

/** The day `days` after (or, below zero, before) a day; both `YYYY-MM-DD`. */
export function addDays (day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString()
}

/** How many days later `to` is than `from`; both `YYYY-MM-DD`. */
export function daysBetween (from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to).days
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayIndex (day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek - 1
}

/** How long a day lasts there: 24 hours, 23 or 25 when the clocks change. */
export function hoursInDay (day: string, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).hoursInDay
}

function toZonedDateTime (moment: Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone)
}

function toDate (moment: Temporal.ZonedDateTime): Date {
  return new Date(moment.epochMilliseconds)
}
