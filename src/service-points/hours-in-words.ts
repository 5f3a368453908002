/** Opening hours as a person reads them, on paper and on pages. Pure. */
import type { Language } from '../institution/words.js'
import { dayValues, weekdayName } from '../i18n/moments.js'
import { translator, type Translate } from '../i18n/translate.js'
import { sameHours, type DayHours } from './hours.js'
import { addDays } from './institution-day.js'
import type { OtherDay, PickUpHours } from './pick-up-hours.js'

/** "Mon–Thu 8–20, Fri 8–18": days of the same hours in a row as one, closed days left out; '' when closed all week. */
export function weekInWords (week: PickUpHours['week'], language: Language): string {
  const say = translator(language)
  const names = (from: number, to: number) => span(weekdayName(from, say), weekdayName(to, say))
  return runs(week, sameHours)
    .filter(([from]) => week[from] != null)
    .map(([from, to]) => `${names(from, to)} ${hoursInWords(week[from]!, say)}`.replaceAll(' ', '\u00a0'))
    .join(', ')
}

/** "Sun 6 December closed, Thu 24 December 8–12". */
export function otherDaysInWords (otherDays: PickUpHours['otherDays'], language: Language): string {
  const say = translator(language)
  const name = ({ day }: OtherDay) => say('moments.weekdayAndDay', dayValues(day, say))
  return runs(otherDays, (a, b) => sameHours(a.hours, b.hours) && addDays(a.day, 1) === b.day)
    .map(([from, to]) => [otherDays[from]!, otherDays[to]!] as const)
    .map(([first, last]) => `${span(name(first), name(last))} ${hoursInWords(first.hours, say)}`.replaceAll(' ', '\u00a0'))
    .join(', ')
}

/** "8–20", "closed". */
export function hoursInWords (hours: DayHours, say: Translate): string {
  return hours === null ? say('servicePoints.closed') : `${shortTime(hours.opens)}–${shortTime(hours.closes)}`
}

/** `08:00` as 8.00, as it is written in Finland. */
export function timeInWords (time: string): string {
  return time.replace(/^0/, '').replace(':', '.')
}

/** `08:30` as 8.30, `08:00` as 8. */
function shortTime (time: string): string {
  return timeInWords(time).replace(/\.00$/, '')
}

function span (from: string, to: string): string {
  return from === to ? from : `${from}–${to}`
}

/** First and last index of each row of neighbours that are the same. */
function runs<T> (items: readonly T[], same: (a: T, b: T) => boolean): Array<[number, number]> {
  const found: Array<[number, number]> = []
  items.forEach((item, i) => {
    const last = found.at(-1)
    if (last !== undefined && same(items[i - 1]!, item)) last[1] = i
    else found.push([i, i])
  })
  return found
}
