/**
 * How each language writes days, moments, numbers, lists and durations. A text names the form that it needs,
 * `{{end, day}}` or `{{at, moment}}`, and gets raw values; pages use the table forms directly. Pure.
 */
import { Temporal } from 'temporal-polyfill'
import { type Language, locales, mapLanguages, type TextValue } from './locales.js'

// Table forms, and other forms for use outside sentences.

/** Formats a moment for a table: 20.11.2026 15.57 in Finnish and Swedish, 20 Nov 2026 15:57 in English. */
export function formatDateTime (moment: Date, timeZone: string, language: Language): string {
  const time = formatTime(moment, timeZone)
  const written = locales[language].tableTime === 'H.mm' ? time : time.padStart(5, '0').replace('.', ':')
  return `${formatDate(toIsoDate(moment, timeZone), language)} ${written}`
}

/** Formats a day (`YYYY-MM-DD`) for a table: 20.11.2026, 20 Nov 2026. */
export function formatDate (day: string, language: Language): string {
  return formatDay(day, dayFormats[language].tableDay)
}

/** Formats a day without its year for a table or a chart: 20.11., 20 Nov. */
export function formatDayAndMonth (day: string, language: Language): string {
  return formatDay(day, dayFormats[language].tableDayAndMonth)
}

/** Formats a day for a form field, the same in every language: 20.11.2026. */
export function formatTypedDate (day: string): string {
  const [year, month, date] = day.split('-').map(Number)
  return `${date}.${month}.${year}`
}

/** Formats the time of day: 15.57, 8.05. */
export function formatTime (moment: Date, timeZone: string): string {
  const { hour, minute } = toZonedTime(moment, timeZone)
  return `${hour}.${String(minute).padStart(2, '0')}`
}

/** Formats a weekday in short: Mon, ma, mån. @param weekday 0 for Monday to 6 for Sunday */
export function formatWeekday (weekday: number, language: Language): string {
  return formatDay(dayOfWeekday(weekday), dayFormats[language].shortWeekday)
}

/** Formats a weekday as a heading: Monday, Maanantai, Måndag. @param weekday 0 for Monday to 6 for Sunday */
export function formatWeekdayName (weekday: number, language: Language): string {
  const name = formatDay(dayOfWeekday(weekday), dayFormats[language].weekday)
  return name.slice(0, 1).toLocaleUpperCase(language) + name.slice(1)
}

/** Formats a weekday and a day: Fri 4 December, pe 4.12., fre 4.12. */
export function formatShortDay (day: string, language: Language): string {
  return formatDay(day, dayFormats[language].shortDay)
}

/** Groups the digits of a number: 12 345 with a no-break space, 12,345 in English. */
export function formatNumber (number: number, language: Language): string {
  return numberFormats[language].number.format(number)
}

/** Formats a share of a whole with at most one decimal: 12,5 %. A dash when the whole is nothing. */
export function formatPercent (part: number, whole: number, language: Language): string {
  return whole === 0 ? '–' : numberFormats[language].percent.format(part / whole)
}

/** Formats a duration with its two largest units: 3 d 4 h, 5 h 20 min. Node 20 has no Intl.DurationFormat. */
export function formatDuration (seconds: number, language: Language): string {
  const { durationUnits: unit } = locales[language]
  const minutes = Math.round(seconds / 60)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  return days > 0 ? `${days} ${unit.days} ${hours} ${unit.hours}` : `${hours} ${unit.hours} ${minutes % 60} ${unit.minutes}`
}

/** Lists every word that a day can be written with, for the cache of text layouts. */
export function listCalendarWords (language: Language): string[] {
  const days = [0, 1, 2, 3, 4, 5, 6].map(dayOfWeekday)
  const months = Array.from({ length: 12 }, (_, month) => `2026-${String(month + 1).padStart(2, '0')}-01`)
  return [...days, ...months]
    .flatMap(day => [formatShortDay(day, language), sentenceFormats.onDay(day, { language }), sentenceFormats.untilDay(day, { language })])
    .flatMap(text => text.split(/\s+/))
}

// Forms that a text can name.

/** The reader's language, and the institution's time zone, which only a `Date` needs. */
interface FormatContext {
  readonly language: Language
  readonly timeZone?: string | undefined
}

type Formatter = (value: TextValue | Date, context: FormatContext) => string

/** Days take a `Date` or `YYYY-MM-DD`, times and moments a `Date`, lists an array, `duration` seconds. */
const sentenceFormats = {
  /** 4.12.2026, 4 December 2026. */
  day: (value, context) => formatDay(toDay(value, context), dayFormats[context.language].sentenceDay),
  /** 4.12., 4 December. */
  dayAndMonth: (value, context) => formatDay(toDay(value, context), dayFormats[context.language].sentenceDayAndMonth),
  /** pe 4.12., Fri 4 December. */
  shortDay: (value, context) => formatShortDay(toDay(value, context), context.language),
  /** perjantaina 4. joulukuuta, fredag den 4 december, Friday 4 December. */
  onDay: (value, context) => formatNamedDay(toDay(value, context), 'on', context.language),
  /** perjantaihin 4. joulukuuta 2026, fredag den 4 december 2026, Friday 4 December 2026. */
  untilDay: (value, context) => formatNamedDay(toDay(value, context), 'until', context.language),
  /** 15.57. */
  time: (value, context) => formatTime(toDate(value), requireTimeZone(context)),
  /** 4.12.2026 klo 15.57, 4.12.2026 kl. 15.57, 4 Dec 2026 15:57. */
  moment: (value, context) => formatMoment(toDate(value), requireTimeZone(context), context.language),
  /** The table form of a moment: 4.12.2026 15.57, 4 Dec 2026 15:57. */
  dateTime: (value, context) => formatDateTime(toDate(value), requireTimeZone(context), context.language),
  /** The table form of a day: 4.12.2026, 4 Dec 2026. */
  date: (value, context) => formatDate(toDay(value, context), context.language),
  /** a, b ja c. */
  list: (value, { language }) => listFormats[language].conjunction.format(toArray(value)),
  /** a, b tai c. */
  orList: (value, { language }) => listFormats[language].disjunction.format(toArray(value)),
  /** five; more than ten in digits. */
  words: (value, { language }) => locales[language].numberWords[Number(value)] ?? formatNumber(Number(value), language),
  /** 3 d 4 h. */
  duration: (value, { language }) => formatDuration(Number(value), language),
} satisfies Record<string, Formatter>

/**
 * Formats a value for a text, as i18next's `interpolation.format`. Without a named form a number gets its digits
 * grouped, and a text in every language the reader's.
 * @throws TypeError for an unknown form or a value that the form cannot write
 */
export function formatValue (value: TextValue | Date | undefined, form: string | undefined, context: FormatContext): string | undefined {
  if (value == null) return undefined
  if (form !== undefined) {
    if (!Object.hasOwn(sentenceFormats, form)) throw new TypeError(`no formatter is called ${form}`)
    return sentenceFormats[form as keyof typeof sentenceFormats](value, context)
  }
  if (typeof value === 'string') return value
  if (typeof value === 'number') return formatNumber(value, context.language)
  if (value instanceof Date || Array.isArray(value)) throw new TypeError('a moment and a list need a named formatter')
  return (value as Record<Language, string>)[context.language]
}

/** Formats a weekday, in its case, with a day and the name of its month; the year only after "until". */
function formatNamedDay (day: string, wordCase: 'on' | 'until', language: Language): string {
  const { dayArticle, weekdayCases } = locales[language]
  const weekday = formatDay(day, dayFormats[language].weekday)
  const date = formatDay(day, dayFormats[language][wordCase === 'on' ? 'namedDayAndMonth' : 'namedDay'])
  const article = dayArticle === undefined ? '' : `${dayArticle}\u00a0`
  return `${weekdayCases?.[wordCase](weekday) ?? weekday} ${article}${date.replace(' ', '\u00a0')}`
}

function formatMoment (moment: Date, timeZone: string, language: Language): string {
  const { timePreposition } = locales[language]
  if (timePreposition === undefined) return formatDateTime(moment, timeZone, language)
  const day = formatDay(toIsoDate(moment, timeZone), dayFormats[language].sentenceDay)
  return `${day} ${timePreposition}\u00a0${formatTime(moment, timeZone)}`
}

function toDay (value: TextValue | Date, context: FormatContext): string {
  return value instanceof Date ? toIsoDate(value, requireTimeZone(context)) : String(value)
}

function toDate (value: TextValue | Date): Date {
  if (!(value instanceof Date)) throw new TypeError('a time needs a Date')
  return value
}

function toArray (value: TextValue | Date): readonly string[] {
  if (!Array.isArray(value)) throw new TypeError('a list needs an array')
  return value as readonly string[]
}

function requireTimeZone ({ timeZone }: FormatContext): string {
  if (timeZone === undefined) throw new TypeError('a moment needs a translator with a time zone')
  return timeZone
}

// Intl's formatters, created once: creating one takes longer than using it.

const dayFormats = mapLanguages(language => {
  const { tag, tableMonth, sentenceMonth } = locales[language]
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, { timeZone: 'UTC', ...options })
  return {
    tableDay: format({ day: 'numeric', month: tableMonth, year: 'numeric' }),
    tableDayAndMonth: format({ day: 'numeric', month: tableMonth }),
    sentenceDay: format({ day: 'numeric', month: sentenceMonth, year: 'numeric' }),
    sentenceDayAndMonth: format({ day: 'numeric', month: sentenceMonth }),
    namedDay: format({ day: 'numeric', month: 'long', year: 'numeric' }),
    namedDayAndMonth: format({ day: 'numeric', month: 'long' }),
    shortDay: format({ weekday: 'short', day: 'numeric', month: sentenceMonth }),
    shortWeekday: format({ weekday: 'short' }),
    weekday: format({ weekday: 'long' }),
  }
})

const numberFormats = mapLanguages(language => ({
  number: new Intl.NumberFormat(locales[language].tag),
  percent: new Intl.NumberFormat(locales[language].tag, { style: 'percent', maximumFractionDigits: 1 }),
}))

const listFormats = mapLanguages(language => ({
  conjunction: new Intl.ListFormat(locales[language].tag, { type: 'conjunction' }),
  disjunction: new Intl.ListFormat(locales[language].tag, { type: 'disjunction' }),
}))

/** @param day `YYYY-MM-DD` */
function formatDay (day: string, format: Intl.DateTimeFormat): string {
  return format.format(new Date(`${day}T00:00:00Z`))
}

/** Returns a day of that weekday: 2026-06-01 is a Monday. */
function dayOfWeekday (weekday: number): string {
  return `2026-06-0${weekday + 1}`
}

function toIsoDate (moment: Date, timeZone: string): string {
  return toZonedTime(moment, timeZone).toPlainDate().toString()
}

function toZonedTime (moment: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(timeZone)
}

// Times as people type them, and moments as the API writes them.

/** Parses a typed time of day, `8`, `8.00`, `08:00` or `0800`, as `HH:MM`; undefined when there is no such time. */
export function parseTime (typed: string): string | undefined {
  const [, hour, minute = '00'] = /^(\d{1,2})(?:[.:,]?(\d{2}))?$/.exec(typed.trim()) ?? []
  return Number(hour) < 24 && Number(minute) < 60 ? `${hour!.padStart(2, '0')}:${minute}` : undefined
}

/** Formats a moment as RFC 3339 with the zone's offset and whole seconds, for example `2026-11-21T15:57:00+02:00`. */
export function formatRfc3339 (moment: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).round({ smallestUnit: 'second', roundingMode: 'trunc' }).toString({ timeZone })
}
