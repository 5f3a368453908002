/**
 * Parses dates as people type them and as documents and files write them. Tolerant about the style, strict about the
 * result: an incomplete or ambiguous date is no date. Why no library: docs/decisions/0020-dates.md. Pure.
 */
import { Temporal } from 'temporal-polyfill'

/** What a date is: a date of birth is never in the future. */
export type DateKind = 'birth' | 'expiry' | 'other'

interface DateContext {
  readonly kind: DateKind
  /** The institution's day, `YYYY-MM-DD`. */
  readonly today: string
}

/** In characters; longer text is no date. */
const MAX_DATE_LENGTH = 40
const MIN_YEAR = 1900
/** A two-digit year of an expiry or other date is at most this many years ago. */
const YEARS_BACK = 20
/** The last year of an expiry or other date. Identity cards for older people can be valid for 50 years. */
const YEARS_AHEAD = 60

/**
 * Parses a date, for example `31.12.2030`, `31 12 30`, `31122030`, `2030-12-31`, `31 DEC/DÉC 2030`, `1. toukokuuta 2031`.
 * Numbers are day first; only a year of four digits can come first. Two-digit years: a birth is in the past, other dates
 * are between 20 years ago and 60 years ahead. Six digits may be copied from the machine-readable zone of a passport, which
 * is year first: they are read only where both orders do not give two different dates.
 * @returns `YYYY-MM-DD`; undefined for anything else: an impossible, partial or month-first date, a year out of range
 */
export function parseDate (text: string, context: DateContext): string | undefined {
  if ([...text].length > MAX_DATE_LENGTH) return undefined
  const written = normalizeDateText(text)
  const parts = findParts(written) ?? findParts(removeTime(written))
  if (parts === undefined) return undefined
  const day = resolveYear(parts, context)
  const [, first, month, last] = /^(\d{2})(\d{2})(\d{2})$/.exec(written) ?? []
  const yearFirst = first === undefined ? undefined : resolveYear({ year: first, month: month!, day: last! }, context)
  return yearFirst === undefined || yearFirst === day ? day : undefined
}

/** Finds the date whose year fits the context: the latest century for a year of two digits. */
function resolveYear (parts: DateParts, context: DateContext): string | undefined {
  const year = Number(parts.year)
  const years = parts.year.length === 4 ? [year] : [1900 + year, 2000 + year, 2100 + year]
  return years.map(full => toIsoDate(full, Number(parts.month), Number(parts.day)))
    .findLast(day => day !== undefined && isInRange(day, parts.year.length, context))
}

function isInRange (day: string, yearDigits: number, { kind, today }: DateContext): boolean {
  const [year, thisYear] = [Number(day.slice(0, 4)), Number(today.slice(0, 4))]
  if (year < MIN_YEAR) return false
  if (kind === 'birth') return day <= today
  return year <= thisYear + YEARS_AHEAD && (yearDigits === 4 || year >= thisYear - YEARS_BACK)
}

function toIsoDate (year: number, month: number, day: number): string | undefined {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' }).toString()
  } catch {
    return undefined
  }
}

// The order of day, month and year.

interface DateParts { readonly day: string, readonly month: string | number, readonly year: string }

const separator = String.raw`(?:\s*[./,-]\s*|\s+)`
const gap = String.raw`[\s./,-]*`
const ordinal = '(?:st|nd|rd|th|:[ae])?'
/** A month in one to three languages: `may`, `may/mai`, `mai / mei / may`. */
const monthWords = String.raw`(?<words>\p{L}+(?:\.?\s*[/-]\s*\p{L}+){0,2})\.?`

/**
 * Eight digits have one reading, since no month is 19 or above: in 20301231 that rules out day first, and in 31122030
 * year first.
 */
const orders = [
  String.raw`(?<day>\d{1,2})${separator}(?<month>\d{1,2})${separator}(?<year>\d{4}|\d{2})`,
  String.raw`(?<year>\d{4})${separator}(?<month>\d{1,2})${separator}(?<day>\d{1,2})`,
  String.raw`(?<day>\d{2})(?<month>\d{2})(?<year>(?:19|2\d)\d{2}|\d{2})`,
  String.raw`(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})`,
  String.raw`(?:den\s+)?(?<day>\d{1,2})${ordinal}${gap}${monthWords}${gap}(?<year>\d{4}|\d{2})`,
  String.raw`${monthWords}${gap}(?<day>\d{1,2})${ordinal}${separator}(?<year>\d{4})`,
  String.raw`(?<year>\d{4})${gap}${monthWords}${gap}(?<day>\d{1,2})`,
].map(order => new RegExp(`^${order}$`, 'u'))

function findParts (written: string): DateParts | undefined {
  const groups = orders.map(order => order.exec(written)?.groups).find(found => found !== undefined)
  if (groups === undefined) return undefined
  const month = groups['month'] ?? findMonth(groups['words']!)
  return month === undefined ? undefined : { day: groups['day']!, month, year: groups['year']! }
}

/** A time ends the text of a spreadsheet or database. With a zone it is midnight only: another time may be another day. */
const timePattern = /(?:t|,?\s+)(?:klo\s+|kl\.?\s+)?(?<hour>\d{1,2})[.:](?<minute>\d{2})(?:[.:](?<second>\d{2})(?:[.,]0+)?)?(?<zone>\s*(?:z|utc|[+-]\d{2}:?\d{2}))?$/u

function removeTime (written: string): string {
  const { hour, minute, second = '00', zone } = timePattern.exec(written)?.groups ?? {}
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return ''
  return zone !== undefined && Number(`${hour}${minute}${second}`) > 0 ? '' : written.replace(timePattern, '')
}

// Characters and month names.

/** Writes digits of every script as 0–9 and every dash and slash alike; drops direction marks and a full stop at the end. */
function normalizeDateText (text: string): string {
  return text.normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Nd}/gu, toAsciiDigit)
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[\u2044\u2215]/g, '/')
    .trim()
    .replace(/\s*[.。]$/, '')
    .toLowerCase()
}

/** Unicode encodes the ten digits of a script in order, from a code point that ends in 0 or 6 (hexadecimal). */
function toAsciiDigit (digit: string): string {
  const codePoint = digit.codePointAt(0)!
  const last = codePoint % 16
  return String(/\p{Nd}/u.test(String.fromCodePoint(codePoint - last)) ? last : last - 6)
}

/** English, the languages of the Nordic countries, and those that European documents print beside English. */
const monthLanguages = ['en-GB', 'en-US', 'fi', 'sv', 'nb', 'da', 'is', 'de', 'fr', 'nl', 'es', 'it', 'et']
const monthForms: readonly Intl.DateTimeFormatOptions[] = [{ month: 'long' }, { month: 'short' }, { day: 'numeric', month: 'long' }, { day: 'numeric', month: 'short' }]
const monthsByName = collectMonthNames()

/** Finds a month (1–12) by its names, separated by `/` or `-`: one is known, and those that are known agree. */
function findMonth (words: string): number | undefined {
  const months = words.split(/[^\p{L}]+/u).map(foldMonthName).flatMap(name => monthsByName.get(name) ?? findMonthByStart(name) ?? [])
  return new Set(months).size === 1 ? months[0] : undefined
}

/** Finds the one month that begins so in every language that has such a name: `tammi`, `lok`. */
function findMonthByStart (start: string): number | undefined {
  if (start.length < 3) return undefined
  const months = new Set([...monthsByName].filter(([name]) => name.startsWith(start)).map(([, month]) => month))
  return months.size === 1 ? [...months][0] : undefined
}

/** A name that means different months in two languages is left out. */
function collectMonthNames (): ReadonlyMap<string, number> {
  const found = monthLanguages.flatMap(language => monthForms.flatMap(form => {
    const format = new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...form })
    return Array.from({ length: 12 }, (_, index) => {
      const part = format.formatToParts(new Date(Date.UTC(2026, index, 1))).find(({ type }) => type === 'month')!
      return [foldMonthName(part.value), index + 1] as const
    })
  }))
  return new Map(found.filter(([name, month]) => found.every(([other, otherMonth]) => other !== name || otherMonth === month)))
}

function foldMonthName (name: string): string {
  return name.normalize('NFD').replace(/[^\p{L}]/gu, '').toLowerCase()
}
