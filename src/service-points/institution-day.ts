/** Calculates days in the institution's time zone, never in UTC: a slip issued at 23:50 must not lose its last day. Pure. */
import { Temporal } from 'temporal-polyfill'

/** Returns the calendar day of a time in the institution's time zone, `YYYY-MM-DD`. */
export function institutionDay (moment: Date, zone: string): string {
  return toZonedDateTime(moment, zone).toPlainDate().toString()
}

/**
 * Returns 23:59:59 of the institution's day that is `days` calendar days after the day of `moment`, also across a clock
 * change (docs/facts.md, "Lifetimes").
 */
export function endOfInstitutionDay (moment: Date, days: number, zone: string): Date {
  const lastDay = toZonedDateTime(moment, zone).toPlainDate().add({ days })
  return toDate(lastDay.toZonedDateTime({ timeZone: zone, plainTime: '23:59:59' }))
}

/** Converts a local day (`YYYY-MM-DD`) and time (`HH:MM`) of the institution to a date. */
export function zonedTimeToDate (day: string, time: string, zone: string): Date {
  return toDate(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone, plainTime: time }))
}

/** Adds days to a day, both `YYYY-MM-DD`; a negative number subtracts. */
export function addDays (day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString()
}

/** Returns how many days `to` is after `from`, both `YYYY-MM-DD`. */
export function daysBetween (from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to).days
}

/** Returns the weekday of a day: 0 for Monday to 6 for Sunday. */
export function weekdayIndex (day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek - 1
}

/** Returns how many hours a day has in a time zone: 24, or 23 or 25 when the clocks change. */
export function hoursInDay (day: string, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).hoursInDay
}

function toZonedDateTime (moment: Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone)
}

function toDate (moment: Temporal.ZonedDateTime): Date {
  return new Date(moment.epochMilliseconds)
}
