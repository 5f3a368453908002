/** The hours that a filled-in form stands for, or what is wrong with its fields. Pure. */
import { toFieldErrors, type ParsedForm } from '../http/forms.js'
import type { FieldError } from '../http/problems.js'
import { parseDate, parseTime } from '../i18n/moments.js'
import { openingHoursSchema, type OpeningHours } from './hours-schema.js'
import { isBlankRow, type ExceptionRow, type HoursForm, type TimeFields } from './typed-hours.js'

/** As the lists follow each other on the page. */
const listOrder = ['week', 'exceptions', 'seasons']

/** @returns the errors of fields named as in the form, such as `seasons.0.week.3.closes` */
export function parseHoursForm ({ week, seasons, exceptions }: HoursForm): ParsedForm<OpeningHours> {
  const seasonRows = [...seasons.entries()].filter(([, season]) => !season.removed && !isBlankRow(season))
  const days = parseExceptionDays(exceptions)
  const parsed = openingHoursSchema.safeParse({
    week: week.map(parseTimeFields),
    seasons: seasonRows.map(([, { from, to, kind, week }]) => ({ from: parseDayField(from), to: parseDayField(to), week: week.map(one => kind === 'own' ? parseTimeFields(one) : null) })),
    exceptions: Object.fromEntries([...days.rows].map(([day, row]) => [day, parseTimeFields(exceptions[row]!)])),
  })
  const errors = [...parsed.success ? [] : toFieldErrors(parsed.error.issues).map(inForm), ...days.errors]
    .toSorted((a, b) => listOrder.indexOf(a.path.split('.')[0]!) - listOrder.indexOf(b.path.split('.')[0]!))
  return parsed.success && errors.length === 0 ? { ok: true, value: parsed.data } : { ok: false, errors }

  /** What the schema found, at the row of the form and in the form's words. */
  function inForm (error: FieldError): FieldError {
    const [list, key, ...rest] = error.path.split('.')
    const message = error.message === 'required' && /\.(opens|closes)$/.test(error.path) ? 'both-times-or-none' : error.message
    if (list === 'seasons' && key !== undefined) return { ...error, message, path: [list, seasonRows[Number(key)]![0], ...rest].join('.') }
    if (list === 'exceptions' && key !== undefined) return { ...error, message, path: [list, days.rows.get(key), ...rest].join('.') }
    return { ...error, message }
  }
}

/** The exceptional days and the rows that tell them; a day that cannot be read, or comes twice, is an error. */
function parseExceptionDays (exceptions: readonly ExceptionRow[]): { rows: Map<string, number>, errors: FieldError[] } {
  const rows = new Map<string, number>()
  const errors: FieldError[] = []
  for (const [row, exception] of exceptions.entries()) {
    if (isBlankRow(exception)) continue
    const path = `exceptions.${row}.day`
    const read = parseDate(exception.day)
    if (exception.day.trim() === '') errors.push({ path, message: 'required' })
    else if (read === undefined) errors.push({ path, message: 'no-such-day' })
    else if (rows.has(read)) errors.push({ path, message: 'day-twice' })
    else rows.set(read, row)
  }
  return { rows, errors }
}

/** What cannot be read is left to the schema to refuse. */
function parseDayField (typed: string): string | undefined {
  return typed.trim() === '' ? undefined : parseDate(typed) ?? typed
}

function parseTimeFields (typed: TimeFields): { opens: string | undefined, closes: string | undefined } | null {
  return isBlankRow({ opens: typed.opens, closes: typed.closes }) ? null : { opens: parseTimeField(typed.opens), closes: parseTimeField(typed.closes) }
}

function parseTimeField (typed: string): string | undefined {
  return typed.trim() === '' ? undefined : parseTime(typed) ?? typed
}
