/** A decided slip as its paper says it. Pure. */
import type { Account } from '../accounts/queries.js'
import { formatWindowLines } from '../addresses/postal-address.js'
import type { Profile } from '../institution/profile.js'
import type { Language } from '../institution/words.js'
import { toOpeningCalendar } from '../service-points/pick-up.js'
import { getPickUpHours } from '../service-points/pick-up-hours.js'
import type { ServicePoint } from '../service-points/service-point.js'
import type { ActivationCode } from './activation-code.js'
import type { SlipDraft } from './insert-slip.js'
import type { SlipContent } from './paper/slip-paper.js'

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
