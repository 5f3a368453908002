/** What a printed slip says, as plain data: everything is decided by the caller, only the words are found here. */
import type { Account } from '../../accounts/queries.js'
import { formatWindowLines } from '../../addresses/postal-address.js'
import type { Profile } from '../../institution/profile.js'
import type { Language, Localised } from '../../institution/vocabulary.js'
import { getPickUpHours, type PickUpHours, toOpeningCalendar } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import type { ActivationCode } from '../codes.js'
import type { SlipDraft } from '../slip-store.js'

export interface SlipContent {
  /** The holder's language leads; a second one, if any, follows each part in smaller print. */
  readonly languages: readonly [Language] | readonly [Language, Language]
  /** `XXX-XXX-XXX`. */
  readonly slipNumber: string
  readonly code: ActivationCode
  readonly username: string
  readonly displayName: string
  readonly delivery: CounterContent | PorterContent | LetterContent
  readonly issuedAt: Date
  /** The name of the service point that issued the slip. */
  readonly issuedBy: Localised
  /** The last moment of the code; not said on porter slips, whose days count from the handover. */
  readonly expiresAt: Date
  /** The address of the activation page, without a fragment, such as `https://host/activate`. */
  readonly activationUrl: string
  readonly institution: SlipInstitution
}

/** What the paper says of the institution; a whole profile will do. */
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
  /** The last moment at which the slip can be collected. */
  readonly collectBy: Date
  readonly validDaysAfterHandover: number
}

export interface LetterContent {
  readonly channel: 'registered-letter'
  /** The recipient's address as the post wants it, country last where it is abroad: at most five lines. */
  readonly windowLines: readonly string[]
}

// A decided slip as its paper says it. Pure.

/** @param desk the porter's desk, for a porter slip */
export function toSlipContent (
  draft: SlipDraft, code: ActivationCode, account: Pick<Account, 'username' | 'display_name' | 'preferred_language'>,
  desk: ServicePoint | undefined, { profile, publicUrl }: { readonly profile: Profile, readonly publicUrl: string }
): SlipContent {
  return {
    languages: chooseLanguages(draft.language, account.preferred_language),
    slipNumber: draft.number,
    code,
    username: account.username,
    displayName: account.display_name,
    delivery: toDeliveryContent(draft, desk, profile),
    issuedAt: draft.issuedAt,
    issuedBy: draft.office.name,
    expiresAt: draft.expiresAt,
    activationUrl: `${publicUrl}/activate`,
    institution: profile,
  }
}

/** The asked-for language leads, English follows; who asked for English gets the own language second. */
function chooseLanguages (asked: Language, preferred: Language): SlipContent['languages'] {
  const second = asked === 'en' ? preferred : 'en'
  return second === asked ? [asked] : [asked, second]
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
