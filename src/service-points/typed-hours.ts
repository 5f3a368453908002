/** Opening hours as they stand in the form's fields: every one a text, whatever it says. Pure. */
import { shortDay } from '../i18n/moments.js'
import { timeInWords } from './hours-in-words.js'
import type { DayHours } from './hours.js'
import { mostExceptions, mostSeasons, type OpeningHours, type Season } from './hours-schema.js'

export interface TypedTimes {
  readonly opens: string
  readonly closes: string
}

export interface TypedSeason {
  readonly from: string
  readonly to: string
  /** `own`: it has a week of its own; else it is closed throughout. */
  readonly kind: 'closed' | 'own'
  readonly removed: boolean
  readonly week: readonly TypedTimes[]
}

export interface TypedException extends TypedTimes {
  readonly day: string
}

export interface TypedHours {
  readonly week: readonly TypedTimes[]
  readonly seasons: readonly TypedSeason[]
  readonly exceptions: readonly TypedException[]
}

/** One more than there can be, so that it can be told that it is one too many. */
export const mostRows = { seasons: mostSeasons + 1, exceptions: mostExceptions + 1 } as const

const weekdays = [0, 1, 2, 3, 4, 5, 6] as const
const blankTimes: TypedTimes = { opens: '', closes: '' }
/** A row to fill in. */
export const blankException: TypedException = { day: '', ...blankTimes }
export const blankSeason: TypedSeason = { from: '', to: '', kind: 'closed', removed: false, week: weekdays.map(() => blankTimes) }

/** No date, no time and no reason is longer. */
const longestText = 100

/** The form of hours that are in force. */
export function typedFrom ({ week, seasons, exceptions }: OpeningHours): TypedHours {
  return {
    week: week.map(timesOf),
    seasons: seasons.map(seasonOf),
    exceptions: Object.entries(exceptions).sort().map(([day, hours]) => ({ day: dayOf(day), ...timesOf(hours) })),
  }
}

/** A posted form's texts; rows that were not sent are not there, the others keep their order, up to `mostRows`. */
export function typedBy (body: unknown): TypedHours {
  const fields = (body ?? {}) as Record<string, unknown>
  const text = (name: string) => typeof fields[name] === 'string' ? fields[name].slice(0, longestText) : ''
  const times = (name: string): TypedTimes => ({ opens: text(`${name}.opens`), closes: text(`${name}.closes`) })
  const week = (name: string) => weekdays.map(weekday => times(`${name}.${weekday}`))
  return {
    week: week('week'),
    seasons: rowsOf(fields, 'seasons').map(name => ({
      from: text(`${name}.from`),
      to: text(`${name}.to`),
      kind: text(`${name}.kind`) === 'own' ? 'own' : 'closed',
      removed: text(`${name}.removed`) !== '',
      week: week(`${name}.week`),
    })),
    exceptions: rowsOf(fields, 'exceptions').map(name => ({ day: text(`${name}.day`), ...times(name) })),
  }
}

/** True for a row that nobody has filled in: it stands for nothing. */
export function isBlank (row: TypedTimes | TypedException | TypedSeason): boolean {
  return 'week' in row
    ? blank(row.from, row.to) && (row.kind === 'closed' || row.week.every(isBlank))
    : blank(row.opens, row.closes, 'day' in row ? row.day : '')
}

function blank (...texts: readonly string[]): boolean {
  return texts.every(text => text.trim() === '')
}

function seasonOf ({ from, to, week }: Season): TypedSeason {
  return { from: dayOf(from), to: dayOf(to), kind: week.every(day => day === null) ? 'closed' : 'own', removed: false, week: week.map(timesOf) }
}

function timesOf (hours: DayHours): TypedTimes {
  return hours === null ? blankTimes : { opens: timeInWords(hours.opens), closes: timeInWords(hours.closes) }
}

/** Written as `readDay` reads it, in every language. */
function dayOf (day: string): string {
  return shortDay(day, 'fi')
}

const rowField = /^(seasons|exceptions)\.(\d{1,4})\./

/** `seasons.0`, `seasons.2`: the first rows of a list that have a field in the form, in order. */
function rowsOf (fields: Record<string, unknown>, list: keyof typeof mostRows): string[] {
  const numbers = Object.keys(fields).map(name => rowField.exec(name)).flatMap(found => found?.[1] === list ? Number(found[2]) : [])
  return [...new Set(numbers)].sort((a, b) => a - b).slice(0, mostRows[list]).map(number => `${list}.${number}`)
}
