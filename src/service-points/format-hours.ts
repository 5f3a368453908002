/** Formats opening hours for paper and pages. Pure. */
import type { Language } from '../institution/vocabulary.js'
import { formatShortDay, formatWeekday } from '../i18n/formatters.js'
import { translator, type Translate } from '../i18n/translate.js'
import { hasSameHours, type DayHours } from './hours.js'
import { addDays } from './institution-day.js'
import type { OtherDay, PickUpHours } from './pick-up.js'

/** Formats a week: "Mon–Thu 8–20, Fri 8–18". Joins neighbouring days with the same hours and omits closed days; '' when closed all week. */
export function formatWeekHours (week: PickUpHours['week'], language: Language): string {
  const t = translator(language)
  const names = (from: number, to: number) => formatRange(formatWeekday(from, language), formatWeekday(to, language))
  return findRuns(week, hasSameHours)
    .filter(([from]) => week[from] != null)
    .map(([from, to]) => `${names(from, to)} ${formatDayHours(week[from]!, t)}`.replaceAll(' ', '\u00a0'))
    .join(', ')
}

/** Formats exceptional days: "Sun 6 December closed, Thu 24 December 8–12". */
export function formatOtherDays (otherDays: PickUpHours['otherDays'], language: Language): string {
  const t = translator(language)
  const name = ({ day }: OtherDay) => formatShortDay(day, language)
  return findRuns(otherDays, (a, b) => hasSameHours(a.hours, b.hours) && addDays(a.day, 1) === b.day)
    .map(([from, to]) => [otherDays[from]!, otherDays[to]!] as const)
    .map(([first, last]) => `${formatRange(name(first), name(last))} ${formatDayHours(first.hours, t)}`.replaceAll(' ', '\u00a0'))
    .join(', ')
}

/** Formats the hours of a day: "8–20" or "closed". */
export function formatDayHours (hours: DayHours, t: Translate): string {
  return hours === null ? t('servicePoints.closed') : `${formatShortOpeningTime(hours.opens)}–${formatShortOpeningTime(hours.closes)}`
}

/** Formats `08:00` as 8.00, as it is written in Finland. */
export function formatOpeningTime (time: string): string {
  return time.replace(/^0/, '').replace(':', '.')
}

/** Formats `08:30` as 8.30 and `08:00` as 8. */
function formatShortOpeningTime (time: string): string {
  return formatOpeningTime(time).replace(/\.00$/, '')
}

function formatRange (from: string, to: string): string {
  return from === to ? from : `${from}–${to}`
}

/** Finds the runs of equal neighbours. @returns the first and last index of each run */
function findRuns<T> (items: readonly T[], isSame: (a: T, b: T) => boolean): Array<[number, number]> {
  const runs: Array<[number, number]> = []
  items.forEach((item, i) => {
    const last = runs.at(-1)
    if (last !== undefined && isSame(items[i - 1]!, item)) last[1] = i
    else runs.push([i, i])
  })
  return runs
}
