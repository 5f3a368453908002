/**
 * Rules for the identity check at a counter and at every handover. Pure.
 * A check never stores the document's number, a picture of the document, or a personal identity code.
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
  /** True, or the reason why the visitor is the holder although the names differ. */
  readonly nameMatches: boolean | { readonly reason: string }
  readonly birthDateMatches?: boolean | undefined
}

/** The account data that the check needs. */
export interface AccountIdentity {
  /** `YYYY-MM-DD`. The page shows it for comparison; it is not typed. */
  readonly birthDate: string | null
  /** True if another account has the same name. */
  readonly hasNamesake: boolean
}

/** Returns why the check does not prove that the visitor is the holder. Empty if it does. */
export function checkIdentity (
  check: IdentityCheck | undefined, account: AccountIdentity, profile: Pick<Profile, 'documents' | 'timeZone'>, now: Date
): Refusal[] {
  return check === undefined ? [{ code: 'identity-not-checked' }] : checkReadableIdentity(check, account, profile, now)
}

/** Checks the fields of a form that could be parsed. Skips the rules about missing document fields. */
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

/** Returns why the visitor does not match the account, apart from the document. */
function checkHolderMatch (check: HolderMatch, account: AccountIdentity): Refusal[] {
  const refusals: Array<Refusal | undefined> = [
    check.photoMatches === true ? undefined : { code: 'identity-not-checked', variant: 'photo' },
    account.birthDate !== null && check.birthDateMatches !== true ? { code: 'identity-not-checked', variant: 'birth-date' } : undefined,
    checkName(check, account),
  ]
  return refusals.filter(refusal => refusal !== undefined)
}

/** Returns the reason that was given for a different name. */
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
  // Another account has the same name and there is no birth date to compare: the agent must note how they were distinguished.
  return account.hasNamesake && account.birthDate === null ? { code: 'name-differs', variant: 'namesake' } : undefined
}
