/**
 * The identity check at a counter and at every handover: what was looked at, and what it lacks. Pure.
 * Never the document's number, a picture of it, or a personal identity code.
 */
import type { Profile } from '../../institution/profile.js'
import type { Refusal } from '../../institution/refusals.js'
import { isMeaningful } from '../../institution/text.js'
import type { DocumentType } from '../../institution/vocabulary.js'
import { institutionDay } from '../../service-points/institution-day.js'

export interface IdentityCheck {
  readonly documentType: DocumentType
  /** ISO 3166-1 alpha-2. */
  readonly issuingCountry: string
  /** `YYYY-MM-DD`, the last day on which the document is valid. */
  readonly validUntil: string
  readonly photoMatches: boolean
  /** True, or why the visitor is the holder although the names differ. */
  readonly nameMatches: boolean | { readonly reason: string }
  readonly birthDateMatches?: boolean | undefined
}

/** The account, as far as the check concerns it. */
export interface AccountIdentity {
  /** `YYYY-MM-DD`; the page shows it for comparison, nobody types it. */
  readonly birthDate: string | null
  /** Another account bears the same name. */
  readonly hasNamesake: boolean
}

/** Why the check does not prove that the visitor is the holder; empty when it does. */
export function checkIdentity (
  check: IdentityCheck | undefined, account: AccountIdentity, profile: Pick<Profile, 'documents' | 'timeZone'>, now: Date
): Refusal[] {
  return check === undefined ? [{ code: 'identity-not-checked' }] : checkReadableIdentity(check, account, profile, now)
}

/** The same for a form of which some fields cannot be read: nothing is said about document or date without them. */
export function checkReadableIdentity (
  check: Partial<IdentityCheck>, account: AccountIdentity, profile: Pick<Profile, 'documents' | 'timeZone'>, now: Date
): Refusal[] {
  const { documentType, issuingCountry, validUntil } = check
  const refusals: Array<Refusal | undefined> = [
    ...checkHolderMatch(check, account),
    documentType === undefined || issuingCountry === undefined || isDocumentAccepted({ documentType, issuingCountry }, profile)
      ? undefined
      : { code: 'document-not-accepted', values: { documentType, country: issuingCountry } },
    validUntil !== undefined && validUntil < institutionDay(now, profile.timeZone) ? { code: 'document-expired', values: { validUntil } } : undefined,
  ]
  return refusals.filter(refusal => refusal !== undefined)
}

type HolderMatch = Partial<Pick<IdentityCheck, 'photoMatches' | 'nameMatches' | 'birthDateMatches'>>

/** Why the visitor is not shown to be the holder, whatever the document. */
function checkHolderMatch (check: HolderMatch, account: AccountIdentity): Refusal[] {
  const refusals: Array<Refusal | undefined> = [
    check.photoMatches === true ? undefined : { code: 'identity-not-checked', variant: 'photo' },
    account.birthDate !== null && check.birthDateMatches !== true ? { code: 'identity-not-checked', variant: 'birth-date' } : undefined,
    checkName(check, account),
  ]
  return refusals.filter(refusal => refusal !== undefined)
}

/** The reason written down where the names differ. */
export function getNameReason (check: Partial<Pick<IdentityCheck, 'nameMatches'>>): string | undefined {
  return typeof check.nameMatches === 'object' && isMeaningful(check.nameMatches.reason) ? check.nameMatches.reason.trim() : undefined
}

function isDocumentAccepted (check: Pick<IdentityCheck, 'documentType' | 'issuingCountry'>, profile: Pick<Profile, 'documents'>): boolean {
  const countries = profile.documents[check.documentType]
  return countries === 'any' || (countries?.includes(check.issuingCountry) ?? false)
}

function checkName (check: HolderMatch, account: AccountIdentity): Refusal | undefined {
  if (getNameReason(check) !== undefined) return undefined
  if (check.nameMatches !== true) return { code: 'name-differs' }
  // Two people of one name and no birth date to tell them apart: the agent writes down how it was told.
  return account.hasNamesake && account.birthDate === null ? { code: 'name-differs', variant: 'namesake' } : undefined
}
