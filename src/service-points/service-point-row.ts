/** A service point as one row of the administrators' list. Pure. */
import { clockTime, dayValues } from '../i18n/moments.js'
import { weekInWords } from './hours-in-words.js'
import { nextOpening, openAt, weekOn } from './hours.js'
import type { Reader } from './hours-page.js'
import { institutionDay } from './institution-day.js'
import { openingCalendar } from './pick-up.js'
import type { ServicePoint } from './service-point.js'

export function rowShown (servicePoint: ServicePoint, { t, language, profile, now }: Reader) {
  const calendar = openingCalendar(servicePoint, profile)
  const open = openAt(calendar, now)
  return {
    id: servicePoint.id,
    name: servicePoint.name[language],
    kind: servicePoint.kind,
    openUntil: open && t('servicePoints.list.openUntil', { time: clockTime(open.closes, calendar.zone) }),
    closed: open === undefined ? closed() : undefined,
    week: weekInWords(weekOn(servicePoint.hours, institutionDay(now, calendar.zone)), language) || t('servicePoints.closed'),
  }

  function closed (): string {
    const next = nextOpening(calendar, now)
    if (next === undefined) return t('servicePoints.list.closedForLong')
    const day = t('moments.weekdayAndDay', dayValues(institutionDay(next.opens, calendar.zone), t))
    return t('servicePoints.list.closedUntil', { day, time: clockTime(next.opens, calendar.zone) })
  }
}
