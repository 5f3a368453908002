/** Days and moments as each language of the house writes them, and as people type them. Pure. */
import { Temporal } from 'temporal-polyfill'
import type { Refusal } from '../institution/refusals.js'
import type { Language, Localised } from '../institution/vocabulary.js'
import { hasText, type TextKey, type Translate } from './translate.js'

/** For tables and facts: 20.11.2026 15.57 in Finnish and Swedish, 20 Nov 2026 15:57 in English. */
export function formatDateTime (moment: Date, zone: string, language: Language): string {
  const time = formatTime(moment, zone)
  return `${formatDate(toIsoDate(moment, zone), language)} ${language === 'en' ? time.padStart(5, '0').replace('.', ':') : time}`
}

/** A day (`YYYY-MM-DD`) as a table writes it: 20.11.2026, 20 Nov 2026. */
export function formatDate (day: string, language: Language): string {
  if (language === 'en') return formatEnglishDate(day, 'short')
  const { day: date, month, year } = Temporal.PlainDate.from(day)
  return `${date}.${month}.${year}`
}

/** The institution's day of a moment as a sentence writes it, in all three languages: 4.12.2026, 4.12.2026, 4 December 2026. */
export function formatLongDates (moment: Date, zone: string): Localised {
  const day = toIsoDate(moment, zone)
  return { fi: formatDate(day, 'fi'), sv: formatDate(day, 'sv'), en: formatEnglishDate(day, 'long') }
}

/** What a text may say of a day (`YYYY-MM-DD`): the weekday in its forms, the date and the month, the year. */
export function listDateValues (day: string, say: Translate) {
  const { dayOfWeek, day: date, month, year } = Temporal.PlainDate.from(day)
  return {
    on: say(`moments.on.d${dayOfWeek}` as TextKey),
    until: say(`moments.until.d${dayOfWeek}` as TextKey),
    weekday: formatWeekday(dayOfWeek - 1, say),
    day: date,
    month: say(`moments.month.m${month}` as TextKey),
    monthNumber: month,
    year,
  }
}

/** "Mon", "ma", "mån". @param weekday 0 for Monday to 6 for Sunday */
export function formatWeekday (weekday: number, say: Translate): string {
  return say(`moments.weekday.d${weekday + 1}` as TextKey)
}

/** "18.00", as it is written in Finland. */
export function formatTime (moment: Date, zone: string): string {
  const { hour, minute } = toZonedTime(moment, zone)
  return `${hour}.${String(minute).padStart(2, '0')}`
}

/** A day that somebody typed, `31.12.2030` or `2030-12-31`, as `YYYY-MM-DD`; undefined when there is no such day. */
export function parseDate (typed: string): string | undefined {
  const text = typed.trim()
  const [, date, month, year] = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text) ?? []
  const iso = year === undefined ? text : `${year}-${month!.padStart(2, '0')}-${date!.padStart(2, '0')}`
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return undefined
  try {
    return Temporal.PlainDate.from(iso, { overflow: 'reject' }).toString()
  } catch {
    return undefined
  }
}

/** A time of day that somebody typed, `8`, `8.00`, `08:00` or `0800`, as `HH:MM`; undefined when no clock shows it. */
export function parseTime (typed: string): string | undefined {
  const [, hour, minute = '00'] = /^(\d{1,2})(?:[.:,]?(\d{2}))?$/.exec(typed.trim()) ?? []
  return Number(hour) < 24 && Number(minute) < 60 ? `${hour!.padStart(2, '0')}:${minute}` : undefined
}

function formatEnglishDate (day: string, month: 'short' | 'long'): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month, year: 'numeric' }).format(new Date(`${day}T00:00:00Z`))
}

function toIsoDate (moment: Date, zone: string): string {
  return toZonedTime(moment, zone).toPlainDate().toString()
}

function toZonedTime (moment: Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone)
}

// A refusal as a sentence that a person can act on. Pure.

/** What happened, why, and what can be done next, in the reader's language. */
export function formatRefusal (t: Translate, refusal: Refusal): string {
  const key = `refusals.${refusal.code}${refusal.variant === undefined ? '' : `-${refusal.variant}`}`
  if (!hasText(key)) throw new TypeError(`no sentence for the refusal ${key}`)
  return t(key, refusal.values)
}

// Moments as the API writes them. Pure.

/** RFC 3339 with the zone's offset and whole seconds, for example `2026-11-21T15:57:00+02:00`. */
export function formatRfc3339 (moment: Date, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).round({ smallestUnit: 'second', roundingMode: 'trunc' }).toString({ timeZone: zone })
}
