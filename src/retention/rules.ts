/** Computes the cut-off dates of retention from the profile. Pure. */
import { Temporal } from 'temporal-polyfill'
import type { Profile } from '../institution/profile.js'

/** Kinds of data that are erased, in the order of the run. docs/facts.md, "Retention", says what each one covers. */
export const retentionKinds = ['addresses', 'details', 'sign-ins', 'file-names', 'accounts'] as const
export type RetentionKind = (typeof retentionKinds)[number]

/** Data that ended or was typed at or before these times is erased. */
export type CutoffDates = Readonly<Record<RetentionKind, Date>>

/** Computes the cut-off dates by the calendar of the institution: a month after 31 January is the last day of February. */
export function computeCutoffDates (now: Date, { retention, timeZone }: Pick<Profile, 'retention' | 'timeZone'>): CutoffDates {
  const moment = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone)
  const ago = (duration: { months: number } | { days: number }) => new Date(moment.subtract(duration).epochMilliseconds)
  const details = ago({ months: retention.detailMonths })
  return {
    addresses: ago({ days: retention.addressDays }),
    details,
    'sign-ins': ago({ days: retention.signInDays }),
    'file-names': details,
    accounts: ago({ months: retention.accountMonths }),
  }
}
