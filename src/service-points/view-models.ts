/** Builds what the pages of opening hours show: the next days, what a slip would print, and the list of service points. Pure. */
import { formatShortDay, formatWeekdayName } from '../i18n/formatters.js'
import { formatRefusal, type TextKey, type Translate, type ZonedTranslate } from '../i18n/translate.js'
import type { Profile } from '../institution/profile.js'
import type { Language } from '../institution/vocabulary.js'
import { formatDayHours, formatOtherDays, formatWeekHours } from './format-hours.js'
import { createHolidayNameLookup } from './holidays.js'
import { findNextOpening, findOpenSpan, listUpcomingDays, type UpcomingDay, getWeekOn } from './hours.js'
import { institutionDay, weekdayIndex } from './institution-day.js'
import { findPickUp, listPickUpRefusals, toOpeningCalendar } from './pick-up.js'
import type { OpeningHours } from '../institution/opening-hours.js'
import type { ServicePoint } from './service-point.js'

/** The language and the time for which the values are formatted. */
export interface FormatContext {
  readonly t: ZonedTranslate
  readonly language: Language
  readonly profile: Profile
  readonly now: Date
}

/** Builds the rows of the next four weeks, one for each day, starting today. */
export function toUpcomingDaysView (servicePoint: ServicePoint, { t, language, profile, now }: FormatContext) {
  const today = institutionDay(now, profile.timeZone)
  const nameOf = createHolidayNameLookup(profile.country)
  return listUpcomingDays(toOpeningCalendar(servicePoint, profile), today).map(one => ({
    day: formatShortDay(one.day, language),
    hours: formatDayHours(one.hours, t),
    isOpen: one.hours !== null,
    isToday: one.day === today,
    isMonday: weekdayIndex(one.day) === 0,
    why: explainDayHours(one, nameOf(one.day)?.[language], t, language),
    clocks: one.clockChange && t(`servicePoints.weeks.${one.clockChange}`),
  }))
}

function explainDayHours ({ source, season }: UpcomingDay, holiday: string | undefined, t: Translate, language: Language): string {
  switch (source) {
    case 'exception': return holiday === undefined ? t('servicePoints.weeks.exception') : t('servicePoints.weeks.exceptionOnHoliday', { holiday })
    case 'holiday': return capitalise(holiday ?? '', language)
    case 'season': return t('servicePoints.weeks.season', { to: season!.to })
    case 'week': return ''
    default: return source satisfies never
  }
}

/** Formats what a slip issued now for this porter's desk would print, or why it would be refused. */
export function toSlipPreview (desk: ServicePoint, desks: readonly ServicePoint[], { t, profile, now }: FormatContext): { allowed: boolean, text: string } {
  const refusal = listPickUpRefusals(desk, now, profile, desks)[0]
  if (refusal !== undefined) return { allowed: false, text: `${t('servicePoints.slipNow.refused')} ${formatRefusal(t, refusal)}` }
  const { collectBy, openingDays } = findPickUp(desk, now, profile)!
  return { allowed: true, text: t('servicePoints.slipNow.until', { collectBy, openingDays }) }
}

/** Envelopes whose collection period is not over, and how many of them can no longer be collected. */
export interface WaitingEnvelopes {
  readonly waiting: number
  readonly lost: number
}

/** Formats how the hours affect those envelopes; undefined when there are none. */
export function toWaitingNotice ({ waiting, lost }: WaitingEnvelopes, { t }: Pick<FormatContext, 't'>): { isLost: boolean, title: string, text: string } | undefined {
  if (waiting === 0) return undefined
  const text = lost === 0 ? t('servicePoints.waiting.none') : `${t('servicePoints.waiting.lost', { count: lost })} ${t('servicePoints.waiting.advice')}`
  return { isLost: lost > 0, title: t('servicePoints.waiting.title', { count: waiting }), text }
}

/** Formats all hours as text, so that two versions can be compared. */
export function toHoursSummary ({ week, seasons, exceptions }: OpeningHours, { t, language }: Pick<FormatContext, 't' | 'language'>) {
  const formatWeek = (days: OpeningHours['week']) => formatWeekHours(days, language) || t('servicePoints.closed')
  const ranges = seasons.map(({ from, to, week }) =>
    t('servicePoints.conflict.season', { from, to, hours: formatWeek(week) }))
  const days = Object.entries(exceptions).sort().map(([day, hours]) => ({ day, hours }))
  return [
    { label: t('servicePoints.conflict.week'), value: formatWeek(week) },
    { label: t('servicePoints.conflict.seasons'), value: ranges.join('; ') || t('common.none') },
    { label: t('servicePoints.conflict.exceptions'), value: formatOtherDays(days, language) || t('common.none') },
  ]
}

/** Formats the name of a field, `seasons.0.week.3.closes` as "Season 1, Thursday, Closes". */
export function formatHoursField (field: string, { t, language }: Pick<FormatContext, 't' | 'language'>): string {
  const [list, row, ...rest] = field.split('.')
  const inRow = (names: readonly string[]) => names.filter(name => name !== 'week')
    .map(name => /^\d$/.test(name) ? formatWeekdayName(Number(name), language) : t(`servicePoints.hours.${name}` as TextKey))
  if (list === 'week') return inRow([row!, ...rest]).join(', ')
  if (row === undefined) return t(list === 'seasons' ? 'servicePoints.hours.seasons' : 'servicePoints.hours.exceptions')
  const one = t(list === 'seasons' ? 'servicePoints.hours.season' : 'servicePoints.hours.exception', { number: Number(row) + 1 })
  return [one, ...inRow(rest)].join(', ')
}

function capitalise (text: string, language: Language): string {
  return text.slice(0, 1).toLocaleUpperCase(language) + text.slice(1)
}

/** Builds the row of a service point in the administrators' list. */
export function toServicePointRow (servicePoint: ServicePoint, { t, language, profile, now }: FormatContext) {
  const calendar = toOpeningCalendar(servicePoint, profile)
  const open = findOpenSpan(calendar, now)
  return {
    id: servicePoint.id,
    name: servicePoint.name[language],
    kind: servicePoint.kind,
    openUntil: open && t('servicePoints.list.openUntil', { closes: open.closes }),
    closed: open === undefined ? formatClosed() : undefined,
    week: formatWeekHours(getWeekOn(servicePoint.hours, institutionDay(now, calendar.zone)), language) || t('servicePoints.closed'),
  }

  function formatClosed (): string {
    const next = findNextOpening(calendar, now)
    return next === undefined ? t('servicePoints.list.closedForLong') : t('servicePoints.list.closedUntil', { opens: next.opens })
  }
}
