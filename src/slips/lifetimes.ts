/** How long a slip lives (facts.md, "Lifetimes"; SP 800-63A-4 §3.8). Pure. */
import type { Channel } from '../institution/words.js'
import type { Profile } from '../institution/profile.js'
import { endOfInstitutionDay } from '../service-points/institution-day.js'

export interface Lifetime {
  /** The end as things stand at issue: 23:59:59 of an institution's day. */
  readonly expiresAt: Date
  /** No step moves the end past this. */
  readonly ceilingAt: Date
}

/**
 * The lifetime of a slip issued now. A porter slip's is the time to collect it; the handover sets a new end.
 * @param letterCountry where the letter goes, for registered letters
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

/** The end of a porter slip handed over now: the profile's days from the handover, inside the ceiling. */
export function calculateExpiryAfterHandover (handedOverAt: Date, ceilingAt: Date, { lifetimes, timeZone }: Pick<Profile, 'lifetimes' | 'timeZone'>): Date {
  const end = endOfInstitutionDay(handedOverAt, lifetimes.porterAfterHandoverDays, timeZone)
  return end < ceilingAt ? end : ceilingAt
}
