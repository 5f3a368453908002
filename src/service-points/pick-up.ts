/** Until when a porter slip can be collected, and whether anybody can come at all. Pure. */
import { dayInWords } from '../i18n/moments.js'
import type { Profile } from '../institution/profile.js'
import type { Refusal } from '../institution/refusals.js'
import { closedDays } from './holidays.js'
import { nextOpening, openAt, openingsBetween, type OpeningCalendar } from './hours.js'
import { endOfInstitutionDay, institutionDay } from './institution-day.js'
import { nearestDesk, type NearestDesk } from './nearest-desk.js'
import type { ServicePoint } from './service-point.js'

/** Fewer days than these are no fair chance to come. */
const leastOpeningDays = 2

export interface PickUp {
  /** The last moment at which the desk is open and the slip still waits: "Collect by Friday 4 December 18.00". */
  readonly collectBy: Date
  /** On how many days somebody can come until then. */
  readonly openingDays: number
}

type PickUpRules = Pick<Profile, 'timeZone' | 'country' | 'lifetimes'>

/** The service point's opening hours with the institution's holidays and time zone. */
export function openingCalendar (servicePoint: Pick<ServicePoint, 'hours'>, profile: Pick<Profile, 'timeZone' | 'country'>): OpeningCalendar {
  return { hours: servicePoint.hours, isHoliday: closedDays(profile.country), zone: profile.timeZone }
}

/** When the time to collect runs out: 23:59:59 of the profile's last day, open or not. */
export function collectionEnd (issuedAt: Date, profile: PickUpRules): Date {
  return endOfInstitutionDay(issuedAt, profile.lifetimes.porterCollectDays, profile.timeZone)
}

/** Until when a slip issued now can be collected there; undefined when the desk does not open before the end. */
export function pickUp (servicePoint: Pick<ServicePoint, 'hours'>, issuedAt: Date, profile: PickUpRules): PickUp | undefined {
  const calendar = openingCalendar(servicePoint, profile)
  const end = collectionEnd(issuedAt, profile)
  const openings = openingsBetween(calendar, issuedAt, end)
  const collectBy = openings.at(-1)?.closes
  return collectBy && { collectBy, openingDays: new Set(openings.map(span => institutionDay(span.opens, profile.timeZone))).size }
}

/** The next moment at which somebody can collect there: now while it is open. Undefined when it does not open within a year. */
export function nextCollection (servicePoint: Pick<ServicePoint, 'hours'>, now: Date, profile: Pick<Profile, 'timeZone' | 'country'>): Date | undefined {
  const calendar = openingCalendar(servicePoint, profile)
  return openAt(calendar, now) === undefined ? nextOpening(calendar, now)?.opens : now
}

/** True while the desk is open once more before `collectBy`: neither the time nor a change of hours has taken the last chance. */
export function canBeCollected (servicePoint: Pick<ServicePoint, 'hours'>, collectBy: Date, now: Date, profile: Pick<Profile, 'timeZone' | 'country'>): boolean {
  const next = nextCollection(servicePoint, now, profile)
  return next !== undefined && next < collectBy
}

/**
 * Why a slip cannot be collected there: `service-point-closed` when fewer than two opening days are left,
 * naming the nearest desk among `others` that has as many.
 */
export function pickUpRefusals (servicePoint: ServicePoint, issuedAt: Date, profile: PickUpRules, others: readonly ServicePoint[]): Refusal[] {
  const openingDays = openingDaysLeft(servicePoint, issuedAt, profile)
  if (openingDays >= leastOpeningDays) return []
  const end = dayInWords(collectionEnd(issuedAt, profile), profile.timeZone)
  const values = { campus: servicePoint.campus, openingDays, leastOpeningDays, endFi: end.fi, endSv: end.sv, endEn: end.en }
  const better = otherDesk(servicePoint, issuedAt, profile, others)
  if (better === undefined) return [{ code: 'service-point-closed', variant: 'everywhere', values }]
  const { desk, isNearest } = better
  return [{ code: 'service-point-closed', ...!isNearest && { variant: 'elsewhere' }, values: { ...values, otherCampus: desk.campus, otherId: desk.id } }]
}

function otherDesk (closed: ServicePoint, issuedAt: Date, profile: PickUpRules, others: readonly ServicePoint[]): NearestDesk | undefined {
  const openOften = others
    .filter(other => other.kind === 'porter' && other.id !== closed.id)
    .map(desk => ({ desk, openingDays: openingDaysLeft(desk, issuedAt, profile) }))
    .filter(({ openingDays }) => openingDays >= leastOpeningDays)
  return nearestDesk(closed.location, openOften)
}

function openingDaysLeft (servicePoint: ServicePoint, issuedAt: Date, profile: PickUpRules): number {
  return pickUp(servicePoint, issuedAt, profile)?.openingDays ?? 0
}
