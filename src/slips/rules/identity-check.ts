/**
 * Rules for the identity check at a counter and at every handover. Pure.
 * A check never stores the document's number, a picture of the document, or a personal identity code.
 */
import type { Profile } from '../../institution/profile.js'
import type { Refusal } from '../../institution/refusals.js'
import { isMeaningful } from '../../institution/text.js'
import type { Affiliation, DocumentType, ServicePointKind } from '../../institution/vocabulary.js'
import { institutionDay } from '../../service-points/institution-day.js'

export interface IdentityCheck {
  readonly documentType: DocumentType
  /** ISO 3166-1 alpha-2. */
  readonly issuingCountry: string
  /** `YYYY-MM-DD`, the last day on which the document is valid, or `none` for a document without an expiry date. */
  readonly validUntil: string
  readonly photoMatches: boolean
  /** True, or the reason why the visitor is the holder although the names differ. */
  readonly nameMatches: boolean | { readonly reason: string }
  /** True, or the reason why the visitor is the holder although the dates of birth differ. */
  readonly birthDateMatches?: boolean | { readonly reason: string } | undefined
}

/** The account data that the check needs. */
export interface AccountIdentity {
  /** `YYYY-MM-DD`. The page shows it for comparison; it is not typed. */
  readonly birthDate: string | null
  /** True if another account has the same name. */
  readonly hasNamesake: boolean
  readonly affiliation: Affiliation
}

/** The parts of the profile that decide. */
export type IdentityRules = Pick<Profile, 'documents' | 'offices' | 'timeZone'>

/** Returns why the check does not prove that the visitor is the holder. Empty if it does. */
export function checkIdentity (check: IdentityCheck | undefined, account: AccountIdentity, profile: IdentityRules, now: Date): Refusal[] {
  return check === undefined ? [{ code: 'identity-not-checked' }] : checkReadableIdentity(check, account, profile, now)
}

/** Checks the fields of a form that could be parsed. Skips the rules about missing document fields. */
export function checkReadableIdentity (check: Partial<IdentityCheck>, account: AccountIdentity, profile: IdentityRules, now: Date): Refusal[] {
  const { documentType, issuingCountry, validUntil } = check
  const refusals: Array<Refusal | undefined> = [
    ...checkHolderMatch(check, account, profile),
    documentType === undefined || issuingCountry === undefined || isDocumentAccepted({ documentType, issuingCountry }, profile)
      ? undefined
      : { code: 'document-not-accepted', values: { documentType, country: issuingCountry } },
    validUntil !== undefined && hasExpired(validUntil, institutionDay(now, profile.timeZone)) ? { code: 'document-expired', values: { validUntil } } : undefined,
  ]
  return refusals.filter(refusal => refusal !== undefined)
}

function hasExpired (validUntil: string, today: string): boolean {
  return validUntil !== 'none' && validUntil < today
}

type HolderMatch = Partial<Pick<IdentityCheck, 'photoMatches' | 'nameMatches' | 'birthDateMatches'>>

/** Returns why the visitor does not match the account, apart from the document. */
function checkHolderMatch (check: HolderMatch, account: AccountIdentity, profile: Pick<Profile, 'offices'>): Refusal[] {
  const refusals: Array<Refusal | undefined> = [
    check.photoMatches === true ? undefined : { code: 'identity-not-checked', variant: 'photo' },
    checkBirthDate(check, account, profile),
    checkName(check, account),
  ]
  return refusals.filter(refusal => refusal !== undefined)
}

/** Returns the reason that was given for a different name. */
export function getNameReason ({ nameMatches }: Partial<Pick<IdentityCheck, 'nameMatches'>>): string | undefined {
  return getReason(nameMatches)
}

/** Returns the reason that was given for a different date of birth. */
export function getBirthDateReason ({ birthDateMatches }: Pick<IdentityCheck, 'birthDateMatches'>): string | undefined {
  return getReason(birthDateMatches)
}

function getReason (match: boolean | { readonly reason: string } | undefined): string | undefined {
  return typeof match === 'object' && isMeaningful(match.reason) ? match.reason.trim() : undefined
}

/** The directory's date may be wrong or a placeholder. The refusal names the office that can have it corrected. */
function checkBirthDate (check: HolderMatch, { birthDate, affiliation }: AccountIdentity, profile: Pick<Profile, 'offices'>): Refusal | undefined {
  if (birthDate === null || check.birthDateMatches === true || getBirthDateReason(check) !== undefined) return undefined
  return { code: 'identity-not-checked', variant: 'birth-date', values: { office: findOfficeOfRecord(affiliation, profile) ?? 'other' } }
}

const officesOfRecord: Partial<Record<Affiliation, ServicePointKind>> = { student: 'student-affairs', applicant: 'student-affairs', staff: 'human-resources' }

/** Returns the kind of office that maintains the data of these people, if the institution has such an office. */
function findOfficeOfRecord (affiliation: Affiliation, { offices }: Pick<Profile, 'offices'>): ServicePointKind | undefined {
  const office = officesOfRecord[affiliation]
  return office !== undefined && offices[office]?.affiliations.includes(affiliation) === true ? office : undefined
}

function isDocumentAccepted (check: Pick<IdentityCheck, 'documentType' | 'issuingCountry'>, profile: Pick<Profile, 'documents'>): boolean {
  const countries = profile.documents[check.documentType]
  return countries === 'any' || (countries?.includes(check.issuingCountry) ?? false)
}

function checkName (check: HolderMatch, account: AccountIdentity): Refusal | undefined {
  if (getNameReason(check) !== undefined) return undefined
  if (check.nameMatches !== true) return { code: 'name-differs' }
  // Another account has the same name and no birth date distinguishes the two: the agent must note how they were distinguished.
  const isBirthDateProof = account.birthDate !== null && getBirthDateReason(check) === undefined
  return account.hasNamesake && !isBirthDateProof ? { code: 'name-differs', variant: 'namesake' } : undefined
}
