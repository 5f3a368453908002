/** Opening hours as a person reads them, on paper and on pages. Pure. */
import type { Language } from '../institution/vocabulary.js'
import { formatShortDay, formatWeekday } from '../i18n/formatters.js'
import { translator, type Translate } from '../i18n/translate.js'
import { hasSameHours, type DayHours } from './hours.js'
import { addDays } from './institution-day.js'
import type { OtherDay, PickUpHours } from './pick-up.js'

/** "Mon–Thu 8–20, Fri 8–18": days of the same hours in a row as one, closed days left out; '' when closed all week. */
export function formatWeekHours (week: PickUpHours['week'], language: Language): string {
  const say = translator(language)
  const names = (from: number, to: number) => formatRange(formatWeekday(from, language), formatWeekday(to, language))
  return findRuns(week, hasSameHours)
    .filter(([from]) => week[from] != null)
    .map(([from, to]) => `${names(from, to)} ${formatDayHours(week[from]!, say)}`.replaceAll(' ', '\u00a0'))
    .join(', ')
}

/** "Sun 6 December closed, Thu 24 December 8–12". */
export function formatOtherDays (otherDays: PickUpHours['otherDays'], language: Language): string {
  const say = translator(language)
  const name = ({ day }: OtherDay) => formatShortDay(day, language)
  return findRuns(otherDays, (a, b) => hasSameHours(a.hours, b.hours) && addDays(a.day, 1) === b.day)
    .map(([from, to]) => [otherDays[from]!, otherDays[to]!] as const)
    .map(([first, last]) => `${formatRange(name(first), name(last))} ${formatDayHours(first.hours, say)}`.replaceAll(' ', '\u00a0'))
    .join(', ')
}

/** "8–20", "closed". */
export function formatDayHours (hours: DayHours, say: Translate): string {
  return hours === null ? say('servicePoints.closed') : `${formatShortOpeningTime(hours.opens)}–${formatShortOpeningTime(hours.closes)}`
}

/** `08:00` as 8.00, as it is written in Finland. */
export function formatOpeningTime (time: string): string {
  return time.replace(/^0/, '').replace(':', '.')
}

/** `08:30` as 8.30, `08:00` as 8. */
function formatShortOpeningTime (time: string): string {
  return formatOpeningTime(time).replace(/\.00$/, '')
}

function formatRange (from: string, to: string): string {
  return from === to ? from : `${from}–${to}`
}

/** First and last index of each row of neighbours that are the same. */
function findRuns<T> (items: readonly T[], same: (a: T, b: T) => boolean): Array<[number, number]> {
  const found: Array<[number, number]> = []
  items.forEach((item, i) => {
    const last = found.at(-1)
    if (last !== undefined && same(items[i - 1]!, item)) last[1] = i
    else found.push([i, i])
  })
  return found
}
