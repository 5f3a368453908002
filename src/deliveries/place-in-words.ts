/** A service point as it is told to somebody who is to come there. Pure. */
import { formatTime, listDateValues } from '../i18n/moments.js'
import type { Translate } from '../i18n/translate.js'
import type { Profile } from '../institution/profile.js'
import type { Language } from '../institution/words.js'
import { formatWeekHours } from '../service-points/hours-in-words.js'
import { findNextOpening, findOpenSpan, weekInForce } from '../service-points/hours.js'
import { institutionDay } from '../service-points/institution-day.js'
import { toOpeningCalendar } from '../service-points/pick-up.js'
import type { ServicePoint } from '../service-points/service-point.js'

/** "Helpdesk, Myllypuro, Myllypurontie 1, 00920 Helsinki. Open Mon–Thu 9–15, Fri 9–14. Open now, until 15.00." */
export function formatServicePoint (place: ServicePoint, profile: Pick<Profile, 'timeZone' | 'country'>, now: Date, say: Translate, language: Language): string {
  const hours = formatWeekHours(weekInForce(place.hours, institutionDay(now, profile.timeZone)), language)
  return [
    `${place.name[language]}, ${place.address}.`,
    ...hours === '' ? [] : [say('paper.collecting.hours', { hours })],
    formatOpeningStatus(place, profile, now, say),
  ].join(' ')
}

/** "Open now, until 15.00.", "Closed now, opens Monday 23 November 9.00." */
export function formatOpeningStatus (place: ServicePoint, profile: Pick<Profile, 'timeZone' | 'country'>, now: Date, say: Translate): string {
  const calendar = toOpeningCalendar(place, profile)
  const open = findOpenSpan(calendar, now)
  if (open !== undefined) return say('tell.place.open', { time: formatTime(open.closes, profile.timeZone) })
  const next = findNextOpening(calendar, now)
  if (next === undefined) return say('tell.place.closed')
  return say('tell.place.opens', { ...listDateValues(institutionDay(next.opens, profile.timeZone), say), time: formatTime(next.opens, profile.timeZone) })
}
