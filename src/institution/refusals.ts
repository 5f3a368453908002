/** Why a rule says no: a code, and what its sentence needs. Pure. */
import type { TextValue } from '../i18n/locales.js'

/** In the order in which they are answered (docs/domain.md, "Rules of issuing"). */
export const refusalCodes = [
  'channel-prohibited',
  'training-account',
  'account-not-yet-entitled',
  'account-locked',
  'own-account',
  'separate-person-required',
  'office-not-authorised',
  'reissue-limit',
  'request-required',
  'postcode-unknown',
  'postcode-town-mismatch',
  'postcode-not-a-home',
  'registered-letter-inside-area',
  'identity-not-checked',
  'document-not-accepted',
  'document-expired',
  'name-differs',
  'service-point-closed',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** One reason. The raw `values`, days as `YYYY-MM-DD`, fill the sentence `refusals.<code>`, or `refusals.<code>-<variant>`, of the texts. */
export interface Refusal {
  readonly code: RefusalCode
  /** Where one code has several sentences: which one. */
  readonly variant?: string
  readonly values?: Readonly<Record<string, TextValue>>
}

/** Sorts refusals into the order of docs/domain.md. */
export function sortRefusals (refusals: readonly Refusal[]): Refusal[] {
  return refusals.toSorted((a, b) => refusalCodes.indexOf(a.code) - refusalCodes.indexOf(b.code))
}
