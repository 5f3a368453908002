/** When an envelope needs somebody's attention: it did not arrive, nobody collects it, nobody can, or it does not come back. Pure. */
import type { Profile } from '../../institution/profile.js'
import { holidayCheckFor, type HolidayCheck } from '../../service-points/holidays.js'
import { addDays, institutionDay, zonedTimeToDate, weekdayIndex } from '../../service-points/institution-day.js'
import { findNextCollection } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'

/** How many days before the last one to collect the holder is reminded, at the least. */
const MIN_REMINDER_DAYS = 2

/** For how many days after its end a slip that never left the office is told of. */
const EXPIRED_REPORT_DAYS = 7

type CalendarProfile = Pick<Profile, 'timeZone' | 'country'>

export interface AttentionCutoffs {
  /** What happened before this has had its next working day, to the end: time to arrive, or to be sent back. */
  readonly overdueBefore: Date
  /** What is to be collected before this needs a reminder today, or is past its time. */
  readonly reminderBefore: Date
  /** An envelope that never left the office is told of until its slip has been expired since before this: there is nothing to bring back. */
  readonly reportExpiredSince: Date
}

/** The moments that tell, today, which envelopes are late. The reminder comes on a working day: somebody has to see it. */
export function calculateAttentionCutoffs (now: Date, { timeZone, country }: CalendarProfile): AttentionCutoffs {
  const today = institutionDay(now, timeZone)
  const isClosed = holidayCheckFor(country)
  return {
    overdueBefore: zonedTimeToDate(adjacentWorkingDay(today, -1, isClosed), '00:00', timeZone),
    reportExpiredSince: zonedTimeToDate(addDays(today, -EXPIRED_REPORT_DAYS), '00:00', timeZone),
    // What the next working day can still remind of in time waits until then.
    reminderBefore: zonedTimeToDate(addDays(adjacentWorkingDay(today, 1, isClosed), MIN_REMINDER_DAYS), '00:00', timeZone),
  }
}

/** The nearest day after (1) or before (-1) this one that is Monday to Friday and no public holiday. */
function adjacentWorkingDay (day: string, direction: 1 | -1, isClosed: HolidayCheck): string {
  const next = addDays(day, direction)
  return weekdayIndex(next) < 5 && !isClosed(next) ? next : adjacentWorkingDay(next, direction, isClosed)
}

/** Of each desk the next moment at which somebody can collect there: what ends by then is lost. */
export type NextCollectionTimes = ReadonlyMap<string, Date | undefined>

export function calculateNextCollectionTimes (desks: ReadonlyArray<Pick<ServicePoint, 'id' | 'hours'>>, now: Date, calendar: CalendarProfile): NextCollectionTimes {
  return new Map(desks.map(desk => [desk.id, findNextCollection(desk, now, calendar)]))
}

/** Where an envelope for a porter lies while it is still about. */
export type UndeliveredPlace = 'office' | 'on-the-way' | 'desk'

export interface UndeliveredEnvelope {
  readonly place: UndeliveredPlace
  /** The porters' desk that it goes to. */
  readonly desk: string
  readonly collect_by: Date
  readonly dispatched_at: Date | null
  /** The slip was voided or locked, so the envelope has to come back. */
  readonly ended: 'voided' | 'locked' | null
}

export type AttentionReason = 'not-returned' | 'hours-changed' | 'not-received' | 'collection-over' | 'collection-ends'

/** What is the matter with an envelope that those moments have picked: the gravest, where it is more than one thing. */
export function determineAttentionReason (envelope: UndeliveredEnvelope, now: Date, { overdueBefore }: AttentionCutoffs, next: NextCollectionTimes): AttentionReason {
  if (envelope.ended !== null) return 'not-returned'
  const opens = next.get(envelope.desk)
  if (envelope.collect_by > now && (opens === undefined || envelope.collect_by <= opens)) return 'hours-changed'
  if (envelope.place === 'on-the-way' && envelope.dispatched_at! < overdueBefore) return 'not-received'
  return envelope.collect_by <= now ? 'collection-over' : 'collection-ends'
}
