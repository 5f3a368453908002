/** Converts opening hours to the fields of their form, and a posted form to opening hours or errors. Pure. */
import { formatTypedDate, parseTime } from '../i18n/formatters.js'
import type { FieldError } from '../institution/base-error.js'
import { parseDate } from '../institution/dates.js'
import { type FormValues, type ParsedInput, readFormValues, toFieldErrors } from '../institution/input.js'
import { formatOpeningTime } from './format-hours.js'
import type { DayHours } from './hours.js'
import { MAX_EXCEPTIONS, MAX_SEASONS, type OpeningHours, openingHoursSchema, type Season } from '../institution/opening-hours.js'

export interface TimeFields {
  readonly opens: string
  readonly closes: string
}

export interface SeasonRow {
  readonly from: string
  readonly to: string
  /** `own`: the season has its own week. `closed`: it is closed all the time. */
  readonly kind: 'closed' | 'own'
  readonly removed: boolean
  readonly week: readonly TimeFields[]
}

export interface ExceptionRow extends TimeFields {
  readonly day: string
}

export interface HoursForm {
  readonly week: readonly TimeFields[]
  readonly seasons: readonly SeasonRow[]
  readonly exceptions: readonly ExceptionRow[]
}

/** One more than allowed, so that the error can say that there are too many. */
export const maxRows = { seasons: MAX_SEASONS + 1, exceptions: MAX_EXCEPTIONS + 1 } as const

const weekdays = [0, 1, 2, 3, 4, 5, 6] as const
const blankTimes: TimeFields = { opens: '', closes: '' }
/** An empty row for the next entry. */
export const blankException: ExceptionRow = { day: '', ...blankTimes }
export const blankSeason: SeasonRow = { from: '', to: '', kind: 'closed', removed: false, week: weekdays.map(() => blankTimes) }

/** More than any valid date or time needs. */
const MAX_FIELD_LENGTH = 100

/** Converts opening hours to the fields of the form. */
export function toHoursForm ({ week, seasons, exceptions }: OpeningHours): HoursForm {
  return {
    week: week.map(toTimeFields),
    seasons: seasons.map(toSeasonRow),
    exceptions: Object.entries(exceptions).sort().map(([day, hours]) => ({ day: formatTypedDate(day), ...toTimeFields(hours) })),
  }
}

/** Reads the texts of a posted form. Rows keep their order, up to `maxRows`. */
export function readHoursForm (body: unknown): HoursForm {
  const fields = readFormValues(body)
  const text = (name: string) => (fields[name] ?? '').slice(0, MAX_FIELD_LENGTH)
  const times = (name: string): TimeFields => ({ opens: text(`${name}.opens`), closes: text(`${name}.closes`) })
  const week = (name: string) => weekdays.map(weekday => times(`${name}.${weekday}`))
  return {
    week: week('week'),
    seasons: listRowNames(fields, 'seasons').map(name => ({
      from: text(`${name}.from`),
      to: text(`${name}.to`),
      kind: text(`${name}.kind`) === 'own' ? 'own' : 'closed',
      removed: text(`${name}.removed`) !== '',
      week: week(`${name}.week`),
    })),
    exceptions: listRowNames(fields, 'exceptions').map(name => ({ day: text(`${name}.day`), ...times(name) })),
  }
}

/** True for an empty row, which is ignored. */
export function isBlankRow (row: TimeFields | ExceptionRow | SeasonRow): boolean {
  return 'week' in row
    ? areAllBlank(row.from, row.to) && (row.kind === 'closed' || row.week.every(isBlankRow))
    : areAllBlank(row.opens, row.closes, 'day' in row ? row.day : '')
}

function areAllBlank (...texts: readonly string[]): boolean {
  return texts.every(text => text.trim() === '')
}

function toSeasonRow ({ from, to, week }: Season): SeasonRow {
  return { from: formatTypedDate(from), to: formatTypedDate(to), kind: week.every(day => day === null) ? 'closed' : 'own', removed: false, week: week.map(toTimeFields) }
}

function toTimeFields (hours: DayHours): TimeFields {
  return hours === null ? blankTimes : { opens: formatOpeningTime(hours.opens), closes: formatOpeningTime(hours.closes) }
}

const rowFieldPattern = /^(seasons|exceptions)\.(\d{1,4})\./

/** Lists the first rows of a list that have a field in the form, in order: `seasons.0`, `seasons.2`. */
function listRowNames (fields: FormValues, list: keyof typeof maxRows): string[] {
  const numbers = Object.keys(fields).map(name => rowFieldPattern.exec(name)).flatMap(found => found?.[1] === list ? Number(found[2]) : [])
  return [...new Set(numbers)].sort((a, b) => a - b).slice(0, maxRows[list]).map(number => `${list}.${number}`)
}

// Parsing a posted form.

/** The lists in the order of the page. */
const listOrder = ['week', 'exceptions', 'seasons']

/**
 * Parses the form. The errors have the field names of the form, such as `seasons.0.week.3.closes`.
 * @param today `YYYY-MM-DD`, for years of two digits
 */
export function parseHoursForm ({ week, seasons, exceptions }: HoursForm, today: string): ParsedInput<OpeningHours> {
  const seasonRows = [...seasons.entries()].filter(([, season]) => !season.removed && !isBlankRow(season))
  const days = parseExceptionDays(exceptions, today)
  const parsed = openingHoursSchema.safeParse({
    week: week.map(parseTimeFields),
    seasons: seasonRows.map(([, { from, to, kind, week }]) => ({ from: parseDayField(from, today), to: parseDayField(to, today), week: week.map(one => kind === 'own' ? parseTimeFields(one) : null) })),
    exceptions: Object.fromEntries([...days.rows].map(([day, row]) => [day, parseTimeFields(exceptions[row]!)])),
  })
  const errors = [...parsed.success ? [] : toFieldErrors(parsed.error.issues).map(toFormError), ...days.errors]
    .toSorted((a, b) => listOrder.indexOf(a.path.split('.')[0]!) - listOrder.indexOf(b.path.split('.')[0]!))
  return parsed.success && errors.length === 0 ? { ok: true, value: parsed.data } : { ok: false, errors }

  /** Converts an error of the schema: to the row of the form, and to the form's own message. */
  function toFormError (error: FieldError): FieldError {
    const [list, key, ...rest] = error.path.split('.')
    const message = error.message === 'required' && /\.(opens|closes)$/.test(error.path) ? 'both-times-or-none' : error.message
    if (list === 'seasons' && key !== undefined) return { ...error, message, path: [list, seasonRows[Number(key)]![0], ...rest].join('.') }
    if (list === 'exceptions' && key !== undefined) return { ...error, message, path: [list, days.rows.get(key), ...rest].join('.') }
    return { ...error, message }
  }
}

/** Parses the exceptional days. @returns the row of each day, and an error for each invalid or repeated day */
function parseExceptionDays (exceptions: readonly ExceptionRow[], today: string): { rows: Map<string, number>, errors: FieldError[] } {
  const rows = new Map<string, number>()
  const errors: FieldError[] = []
  for (const [row, exception] of exceptions.entries()) {
    if (isBlankRow(exception)) continue
    const path = `exceptions.${row}.day`
    const day = parseDate(exception.day, { kind: 'other', today })
    if (exception.day.trim() === '') errors.push({ path, message: 'required' })
    else if (day === undefined) errors.push({ path, message: 'no-such-day' })
    else if (rows.has(day)) errors.push({ path, message: 'day-twice' })
    else rows.set(day, row)
  }
  return { rows, errors }
}

/** Parses a day. Invalid text is returned unchanged, for the schema to refuse. */
function parseDayField (typed: string, today: string): string | undefined {
  return typed.trim() === '' ? undefined : parseDate(typed, { kind: 'other', today }) ?? typed
}

function parseTimeFields (typed: TimeFields): { opens: string | undefined, closes: string | undefined } | null {
  return isBlankRow({ opens: typed.opens, closes: typed.closes }) ? null : { opens: parseTimeField(typed.opens), closes: parseTimeField(typed.closes) }
}

function parseTimeField (typed: string): string | undefined {
  return typed.trim() === '' ? undefined : parseTime(typed) ?? typed
}
