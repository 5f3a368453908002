/** Calculates when a porter slip can be collected, and refuses desks that are open too rarely. Pure. */
import type { Coordinates, Profile } from '../institution/profile.js'
import type { Refusal } from '../institution/refusals.js'
import { createHolidayCheck } from './holidays.js'
import { type DayHours, findNextOpening, findOpenSpan, getDayHours, hasSameHours, type OpeningCalendar, openingSpansBetween, getWeekOn } from './hours.js'
import { addDays, endOfInstitutionDay, institutionDay, weekdayIndex } from './institution-day.js'
import { kilometresBetween, type ServicePoint } from './service-point.js'

/** With fewer opening days, the holder has no fair chance to collect the slip. */
const MIN_OPENING_DAYS = 2

export interface PickUp {
  /** The last closing time of the desk before the collection period ends: "Collect by Friday 4 December 18.00". */
  readonly collectBy: Date
  /** The number of opening days until then. */
  readonly openingDays: number
}

type PickUpRules = Pick<Profile, 'timeZone' | 'country' | 'lifetimes'>

/** Combines the opening hours of a service point with the institution's holidays and time zone. */
export function toOpeningCalendar (servicePoint: Pick<ServicePoint, 'hours'>, profile: Pick<Profile, 'timeZone' | 'country'>): OpeningCalendar {
  return { hours: servicePoint.hours, isHoliday: createHolidayCheck(profile.country), zone: profile.timeZone }
}

/** Calculates when the collection period ends: 23:59:59 of its last day, whether the desk is open or not. */
function calculateCollectionEnd (issuedAt: Date, profile: PickUpRules): Date {
  return endOfInstitutionDay(issuedAt, profile.lifetimes.porterCollectDays, profile.timeZone)
}

/** Finds the last time to collect a slip issued now. Undefined when the desk does not open before the collection period ends. */
export function findPickUp (servicePoint: Pick<ServicePoint, 'hours'>, issuedAt: Date, profile: PickUpRules): PickUp | undefined {
  const calendar = toOpeningCalendar(servicePoint, profile)
  const end = calculateCollectionEnd(issuedAt, profile)
  const openings = openingSpansBetween(calendar, issuedAt, end)
  const collectBy = openings.at(-1)?.closes
  return collectBy && { collectBy, openingDays: new Set(openings.map(span => institutionDay(span.opens, profile.timeZone))).size }
}

/** Finds the next moment at which a slip can be collected: now while it is open. Undefined when it does not open within a year. */
export function findNextCollection (servicePoint: Pick<ServicePoint, 'hours'>, now: Date, profile: Pick<Profile, 'timeZone' | 'country'>): Date | undefined {
  const calendar = toOpeningCalendar(servicePoint, profile)
  return findOpenSpan(calendar, now) === undefined ? findNextOpening(calendar, now)?.opens : now
}

/** True if the desk opens, or is open, before `collectBy`. The passage of time or a change of the hours can take away the last chance. */
export function canBeCollected (servicePoint: Pick<ServicePoint, 'hours'>, collectBy: Date, now: Date, profile: Pick<Profile, 'timeZone' | 'country'>): boolean {
  const next = findNextCollection(servicePoint, now, profile)
  return next !== undefined && next < collectBy
}

/**
 * Lists why a slip cannot be collected there: `service-point-closed` when fewer than two opening days are left. It names
 * the nearest desk among `others` that has enough of them.
 */
export function listPickUpRefusals (servicePoint: ServicePoint, issuedAt: Date, profile: PickUpRules, others: readonly ServicePoint[]): Refusal[] {
  const openingDays = countOpeningDays(servicePoint, issuedAt, profile)
  if (openingDays >= MIN_OPENING_DAYS) return []
  const values = { campus: servicePoint.campus, openingDays, leastOpeningDays: MIN_OPENING_DAYS, end: institutionDay(calculateCollectionEnd(issuedAt, profile), profile.timeZone) }
  const better = findOtherDesk(servicePoint, issuedAt, profile, others)
  if (better === undefined) return [{ code: 'service-point-closed', variant: 'everywhere', values }]
  const { desk, isNearest } = better
  return [{ code: 'service-point-closed', ...!isNearest && { variant: 'elsewhere' }, values: { ...values, otherCampus: desk.campus, otherId: desk.id } }]
}

function findOtherDesk (closed: ServicePoint, issuedAt: Date, profile: PickUpRules, others: readonly ServicePoint[]): NearestDesk | undefined {
  const openOften = others
    .filter(other => other.kind === 'porter' && other.id !== closed.id)
    .map(desk => ({ desk, openingDays: countOpeningDays(desk, issuedAt, profile) }))
    .filter(({ openingDays }) => openingDays >= MIN_OPENING_DAYS)
  return findNearestDesk(closed.location, openOften)
}

function countOpeningDays (servicePoint: ServicePoint, issuedAt: Date, profile: PickUpRules): number {
  return findPickUp(servicePoint, issuedAt, profile)?.openingDays ?? 0
}

// The desk to choose instead.

/** A desk at which the slip could be collected, and on how many days. */
export interface DeskCandidate {
  readonly desk: ServicePoint
  readonly openingDays: number
}

export interface NearestDesk {
  readonly desk: ServicePoint
  /** False when the distance is unknown: then it is the desk with the most opening days. */
  readonly isNearest: boolean
}

/** Finds the nearest desk. Desks at the same or an unknown distance are ranked by opening days, then by id. */
export function findNearestDesk (from: Coordinates | null | undefined, desks: readonly DeskCandidate[]): NearestDesk | undefined {
  const ranked = desks
    .map(({ desk, openingDays }) => ({ desk, openingDays, distance: distanceBetween(from, desk.location) }))
    .toSorted((a, b) => compareDistances(a.distance, b.distance) || b.openingDays - a.openingDays || (a.desk.id < b.desk.id ? -1 : 1))
  return ranked[0] && { desk: ranked[0].desk, isNearest: ranked[0].distance < Infinity }
}

function distanceBetween (from: Coordinates | null | undefined, to: Coordinates | null | undefined): number {
  return from == null || to == null ? Infinity : kilometresBetween(from, to)
}

/** Compares distances. Two unknown ones are equal, which a subtraction would not show: Infinity − Infinity is NaN. */
function compareDistances (a: number, b: number): number {
  return a === b ? 0 : a - b
}

// The opening hours that the slip prints.

export interface PickUpHours {
  /** The ordinary week, Monday first; null is closed. */
  readonly week: readonly DayHours[]
  /** The days of the collection period that differ from that week, in order. */
  readonly otherDays: readonly OtherDay[]
}

export interface OtherDay {
  /** `YYYY-MM-DD` */
  readonly day: string
  readonly hours: DayHours
}

/** Returns the week of the day of issue, and the days until `collectBy` that differ from it. */
export function getPickUpHours (calendar: OpeningCalendar, issuedAt: Date, collectBy: Date): PickUpHours {
  const firstDay = institutionDay(issuedAt, calendar.zone)
  const lastDay = institutionDay(collectBy, calendar.zone)
  const week = getWeekOn(calendar.hours, firstDay)
  const otherDays: OtherDay[] = []
  for (let day = firstDay; day <= lastDay; day = addDays(day, 1)) {
    const hours = getDayHours(calendar, day)
    if (!hasSameHours(hours, week[weekdayIndex(day)] ?? null)) otherDays.push({ day, hours })
  }
  return { week, otherDays }
}
