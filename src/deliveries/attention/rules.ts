/** Decides when an envelope needs attention: it did not arrive, is not collected or cannot be, or was not returned. Pure. */
import type { Profile } from '../../institution/profile.js'
import { createHolidayCheck, type HolidayCheck } from '../../service-points/holidays.js'
import { addDays, institutionDay, zonedTimeToDate, weekdayIndex } from '../../service-points/institution-day.js'
import { findNextCollection } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'

/** The minimum number of days between the reminder and the last day to collect. */
const MIN_REMINDER_DAYS = 2

/** The number of days after its end for which a slip that never left the office is reported. */
const EXPIRED_REPORT_DAYS = 7

type CalendarProfile = Pick<Profile, 'timeZone' | 'country'>

export interface AttentionCutoffs {
  /** An envelope sent before this has had one full working day to arrive or to be returned. */
  readonly overdueBefore: Date
  /** An envelope to be collected before this needs a reminder today, or is already late. */
  readonly reminderBefore: Date
  /** An envelope that never left the office is not reported if its slip expired before this: nothing has to be returned. */
  readonly reportExpiredSince: Date
}

/** Calculates the cut-off times for late envelopes. A reminder appears on a working day, when agents see it. */
export function calculateAttentionCutoffs (now: Date, { timeZone, country }: CalendarProfile): AttentionCutoffs {
  const today = institutionDay(now, timeZone)
  const isClosed = createHolidayCheck(country)
  return {
    overdueBefore: zonedTimeToDate(adjacentWorkingDay(today, -1, isClosed), '00:00', timeZone),
    reportExpiredSince: zonedTimeToDate(addDays(today, -EXPIRED_REPORT_DAYS), '00:00', timeZone),
    // If a reminder on the next working day is still early enough, it waits until then.
    reminderBefore: zonedTimeToDate(addDays(adjacentWorkingDay(today, 1, isClosed), MIN_REMINDER_DAYS), '00:00', timeZone),
  }
}

/** Returns the nearest working day after (1) or before (-1) a day. Working days are Monday to Friday without public holidays. */
function adjacentWorkingDay (day: string, direction: 1 | -1, isClosed: HolidayCheck): string {
  const next = addDays(day, direction)
  return weekdayIndex(next) < 5 && !isClosed(next) ? next : adjacentWorkingDay(next, direction, isClosed)
}

/** For each desk, the next time at which it is open. An envelope that must be collected by then cannot be collected. */
export type NextCollectionTimes = ReadonlyMap<string, Date | undefined>

export function calculateNextCollectionTimes (desks: ReadonlyArray<Pick<ServicePoint, 'id' | 'hours'>>, now: Date, calendar: CalendarProfile): NextCollectionTimes {
  return new Map(desks.map(desk => [desk.id, findNextCollection(desk, now, calendar)]))
}

/** Where an undelivered envelope for a porter can be. */
export type UndeliveredPlace = 'office' | 'on-the-way' | 'desk'

export interface UndeliveredEnvelope {
  readonly place: UndeliveredPlace
  /** The porters' desk that it goes to. */
  readonly desk: string
  readonly collect_by: Date
  readonly dispatched_at: Date | null
  /** Set if the slip was voided or locked, so the envelope must be returned. */
  readonly ended: 'voided' | 'locked' | null
}

export type AttentionReason = 'not-returned' | 'hours-changed' | 'not-received' | 'collection-over' | 'collection-ends'

/** Determines why an envelope needs attention. If there are several reasons, returns the most serious. */
export function determineAttentionReason (envelope: UndeliveredEnvelope, now: Date, { overdueBefore }: AttentionCutoffs, next: NextCollectionTimes): AttentionReason {
  if (envelope.ended !== null) return 'not-returned'
  const opens = next.get(envelope.desk)
  if (envelope.collect_by > now && (opens === undefined || envelope.collect_by <= opens)) return 'hours-changed'
  if (envelope.place === 'on-the-way' && envelope.dispatched_at! < overdueBefore) return 'not-received'
  return envelope.collect_by <= now ? 'collection-over' : 'collection-ends'
}
