/** Limits of slips: the lifetime (docs/facts.md, "Lifetimes"; SP 800-63A-4 §3.8) and the number per account. Pure. */
import type { Profile } from '../../institution/profile.js'
import type { Refusal } from '../../institution/refusals.js'
import type { Channel } from '../../institution/vocabulary.js'
import { endOfInstitutionDay, institutionDay } from '../../service-points/institution-day.js'
import type { Slip } from '../slip.js'

export interface Lifetime {
  /** The end as set at issue: 23:59:59 in the institution's time zone. */
  readonly expiresAt: Date
  /** The latest end that any step can set. */
  readonly ceilingAt: Date
}

/**
 * Calculates the lifetime of a slip. For a porter slip it is the time to collect it; the handover sets a new end.
 * @param letterCountry the country of the address, for registered letters
 */
export function calculateLifetime (channel: Channel, issuedAt: Date, profile: Pick<Profile, 'lifetimes' | 'timeZone' | 'country'>, letterCountry?: string): Lifetime {
  const { lifetimes, timeZone, country } = profile
  const days = {
    counter: lifetimes.counterDays,
    porter: lifetimes.porterCollectDays,
    'registered-letter': letterCountry === country ? lifetimes.letterDomesticDays : lifetimes.letterAbroadDays,
  }[channel]
  return {
    expiresAt: endOfInstitutionDay(issuedAt, Math.min(days, lifetimes.ceilingDays), timeZone),
    ceilingAt: endOfInstitutionDay(issuedAt, lifetimes.ceilingDays, timeZone),
  }
}

/** Calculates the end of a porter slip after its handover: the profile's days, but not after the ceiling. */
export function calculateExpiryAfterHandover (handedOverAt: Date, ceilingAt: Date, { lifetimes, timeZone }: Pick<Profile, 'lifetimes' | 'timeZone'>): Date {
  const end = endOfInstitutionDay(handedOverAt, lifetimes.porterAfterHandoverDays, timeZone)
  return end < ceilingAt ? end : ceilingAt
}

// How many slips an account may get in a period (docs/facts.md: 4 in 30 days, without paper jams).

export type EarlierSlip = Pick<Slip, 'issued_at' | 'ended_at' | 'void_reason'>

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Returns `reissue-limit` if the account may not get another slip yet, with the day of the next one. */
export function checkReissueLimit (earlier: readonly EarlierSlip[], profile: Pick<Profile, 'reissue' | 'timeZone'>, now: Date): Refusal | undefined {
  const { slips, days } = profile.reissue
  const counted = listCountedSlips(earlier, profile, now)
  if (counted.length < slips) return undefined
  const oldestCounted = counted.toSorted((a, b) => b.issued_at.getTime() - a.issued_at.getTime())[slips - 1]!
  const next = institutionDay(new Date(oldestCounted.issued_at.getTime() + days * DAY_MS), profile.timeZone)
  return { code: 'reissue-limit', values: { slips, days, next } }
}

/** Counts the earlier slips that the limit counts. */
export function countAgainstLimit (earlier: readonly EarlierSlip[], profile: Pick<Profile, 'reissue' | 'timeZone'>, now: Date): number {
  return listCountedSlips(earlier, profile, now).length
}

function listCountedSlips (earlier: readonly EarlierSlip[], profile: Pick<Profile, 'reissue' | 'timeZone'>, now: Date): EarlierSlip[] {
  return withoutPaperJams(earlier.filter(slip => slip.issued_at.getTime() > now.getTime() - profile.reissue.days * DAY_MS), profile)
}

/** Leaves out slips voided for a paper jam within minutes of issue, up to the daily limit of the profile. */
function withoutPaperJams (earlier: readonly EarlierSlip[], { reissue, timeZone }: Pick<Profile, 'reissue' | 'timeZone'>): EarlierSlip[] {
  const jamsOfDay = new Map<string, number>()
  return earlier.toSorted((a, b) => a.issued_at.getTime() - b.issued_at.getTime()).filter(slip => {
    if (!isPaperJam(slip, reissue.printFailedWithinMinutes)) return true
    const day = institutionDay(slip.issued_at, timeZone)
    jamsOfDay.set(day, (jamsOfDay.get(day) ?? 0) + 1)
    return jamsOfDay.get(day)! > reissue.printFailedADay
  })
}

function isPaperJam (slip: EarlierSlip, withinMinutes: number): boolean {
  return slip.void_reason === 'print-failed' && slip.ended_at !== null &&
    slip.ended_at.getTime() - slip.issued_at.getTime() <= withinMinutes * MINUTE_MS
}
