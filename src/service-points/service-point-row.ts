/** A service point as one row of the administrators' list. Pure. */
import { formatTime, listDateValues } from '../i18n/moments.js'
import { formatWeekHours } from './hours-in-words.js'
import { findNextOpening, findOpenSpan, weekInForce } from './hours.js'
import type { FormatContext } from './hours-page.js'
import { institutionDay } from './institution-day.js'
import { toOpeningCalendar } from './pick-up.js'
import type { ServicePoint } from './service-point.js'

export function toServicePointRow (servicePoint: ServicePoint, { t, language, profile, now }: FormatContext) {
  const calendar = toOpeningCalendar(servicePoint, profile)
  const open = findOpenSpan(calendar, now)
  return {
    id: servicePoint.id,
    name: servicePoint.name[language],
    kind: servicePoint.kind,
    openUntil: open && t('servicePoints.list.openUntil', { time: formatTime(open.closes, calendar.zone) }),
    closed: open === undefined ? closed() : undefined,
    week: formatWeekHours(weekInForce(servicePoint.hours, institutionDay(now, calendar.zone)), language) || t('servicePoints.closed'),
  }

  function closed (): string {
    const next = findNextOpening(calendar, now)
    if (next === undefined) return t('servicePoints.list.closedForLong')
    const day = t('moments.weekdayAndDay', listDateValues(institutionDay(next.opens, calendar.zone), t))
    return t('servicePoints.list.closedUntil', { day, time: formatTime(next.opens, calendar.zone) })
  }
}
