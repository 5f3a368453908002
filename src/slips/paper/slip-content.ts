/** The content of a printed slip as plain data, and how an issued slip becomes one. Pure. */
import type { Account } from '../../accounts/queries.js'
import { formatWindowLines } from '../../addresses/postal-address.js'
import type { Profile } from '../../institution/profile.js'
import type { Language, Localised } from '../../institution/vocabulary.js'
import { getPickUpHours, type PickUpHours, toOpeningCalendar } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import type { ActivationCode } from '../codes.js'
import type { SlipDraft } from '../slip-store.js'

export interface SlipContent {
  /** The holder's language, then an optional second language in smaller print. */
  readonly languages: readonly [Language] | readonly [Language, Language]
  /** `XXX-XXX-XXX`. */
  readonly slipNumber: string
  readonly code: ActivationCode
  readonly username: string
  readonly displayName: string
  /** The holder's name in Latin letters, printed where the typeface cannot write the other. */
  readonly latinName?: string | undefined
  readonly delivery: CounterContent | PorterContent | LetterContent
  readonly issuedAt: Date
  /** The name of the service point that issued the slip. */
  readonly issuedBy: Localised
  /** When the code expires. A porter slip does not print it, because its last days count from the handover. */
  readonly expiresAt: Date
  /** The URL of the activation page without a fragment, for example `https://host/activate`. */
  readonly activationUrl: string
  readonly institution: SlipInstitution
}

/** The parts of the profile that the slip prints or depends on. */
export type SlipInstitution =
  Pick<Profile, 'name' | 'returnAddress' | 'contact' | 'passwordMinimum' | 'envelope' | 'timeZone' | 'documents'>

export interface CounterContent {
  readonly channel: 'counter'
}

export interface PorterContent {
  readonly channel: 'porter'
  readonly servicePointName: Localised
  readonly campus: string
  readonly address: string
  readonly hours: PickUpHours
  /** The last moment to collect the slip. */
  readonly collectBy: Date
  readonly validDaysAfterHandover: number
}

export interface LetterContent {
  readonly channel: 'registered-letter'
  /** The recipient's address, at most seven lines. An address abroad ends with the country. */
  readonly windowLines: readonly string[]
}

export interface SlipContentOptions {
  readonly account: Pick<Account, 'username' | 'display_name' | 'latin_name' | 'preferred_language'>
  /** The pick-up place of a porter slip. */
  readonly desk: ServicePoint | undefined
  readonly profile: Profile
  readonly publicUrl: string
}

/** Converts a slip draft to the content of the slip. */
export function toSlipContent (draft: SlipDraft, code: ActivationCode, { account, desk, profile, publicUrl }: SlipContentOptions): SlipContent {
  return {
    languages: chooseLanguages(draft.language, account.preferred_language),
    slipNumber: draft.number,
    code,
    username: account.username,
    displayName: account.display_name,
    latinName: account.latin_name ?? draft.latinName?.value,
    delivery: toDeliveryContent(draft, desk, profile),
    issuedAt: draft.issuedAt,
    issuedBy: draft.office.name,
    expiresAt: draft.expiresAt,
    activationUrl: `${publicUrl}/activate`,
    institution: profile,
  }
}

/** Puts the requested language first and English second. If English was requested, the holder's own language is second. */
function chooseLanguages (requested: Language, preferred: Language): SlipContent['languages'] {
  const second = requested === 'en' ? preferred : 'en'
  return second === requested ? [requested] : [requested, second]
}

function toDeliveryContent ({ porter, letter, issuedAt }: SlipDraft, desk: ServicePoint | undefined, profile: Profile): SlipContent['delivery'] {
  if (letter !== undefined) return { channel: 'registered-letter', windowLines: formatWindowLines(letter, profile.country) }
  if (porter === undefined || desk === undefined) return { channel: 'counter' }
  return {
    channel: 'porter',
    servicePointName: desk.name,
    campus: desk.campus,
    address: desk.address,
    hours: getPickUpHours(toOpeningCalendar(desk, profile), issuedAt, porter.collectBy),
    collectBy: porter.collectBy,
    validDaysAfterHandover: profile.lifetimes.porterAfterHandoverDays,
  }
}
