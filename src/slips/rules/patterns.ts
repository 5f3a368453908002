/**
 * Unusual patterns: slips that are worth an auditor's look, although no rule refuses them. Most have an ordinary
 * explanation. Pure.
 */
import type { Profile } from '../../institution/profile.js'
import { findOpenSpan, type OpeningCalendar } from '../../service-points/hours.js'
import { countAgainstLimit, type EarlierSlip } from './limits.js'

/** In the order of the overview. The database finds the first two by the steps of a slip (`delivery_records_afresh`). */
export const unusualPatterns = ['redeemed-at-once', 'one-person', 'many-slips', 'outside-hours', 'after-refusals'] as const
export type UnusualPattern = (typeof unusualPatterns)[number]

/** From issue to redemption. The view `delivery_records_afresh` has the same number. */
export const REDEEMED_AT_ONCE_SECONDS = 60
/** Refused attempts of one agent for one account, in the time below, before a slip is issued. */
export const REFUSALS_BEFORE_ISSUE = 3
export const REFUSALS_WITHIN_HOURS = 24

/** The data that the patterns of an issue need. */
export interface IssuePatternInput {
  readonly earlierSlips: readonly EarlierSlip[]
  /** The opening hours of the agent's service point. */
  readonly calendar: OpeningCalendar
  /** How many attempts of this agent to issue a slip for this account were refused in the last `REFUSALS_WITHIN_HOURS`. */
  readonly refusals: number
  readonly profile: Pick<Profile, 'reissue' | 'timeZone'>
  readonly now: Date
}

/** Lists the patterns that are known when a slip is issued. They are facts of its event. */
export function listIssuePatterns ({ earlierSlips, calendar, refusals, profile, now }: IssuePatternInput): UnusualPattern[] {
  const found: Array<UnusualPattern | undefined> = [
    countAgainstLimit(earlierSlips, profile, now) + 1 >= profile.reissue.slips ? 'many-slips' : undefined,
    hasOpeningHours(calendar) && findOpenSpan(calendar, now) === undefined ? 'outside-hours' : undefined,
    refusals >= REFUSALS_BEFORE_ISSUE ? 'after-refusals' : undefined,
  ]
  return found.filter(pattern => pattern !== undefined)
}

/** A service point for which no hours were entered is never outside of them. */
function hasOpeningHours ({ hours: { week, seasons, exceptions } }: OpeningCalendar): boolean {
  return [...week, ...seasons.flatMap(season => season.week), ...Object.values(exceptions)].some(day => day !== null)
}
