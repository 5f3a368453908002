/** Where and when a porter slip is collected, and what to bring. Pure. */
import { countryName } from '../../addresses/countries.js'
import type { TextKey, Translate, ZonedTranslate } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/vocabulary.js'
import { formatOtherDays, formatWeekHours } from '../../service-points/format-hours.js'
import type { PorterContent } from './slip-content.js'

/** "Collect from: Myllypuro porters, Myllypurontie 1, 00920 Helsinki." */
export function formatCollectionPlace ({ servicePointName, address }: Pick<PorterContent, 'servicePointName' | 'address'>, say: Translate, language: Language): string {
  return say('paper.collecting.where', { name: servicePointName[language], address })
}

/** Opening hours, the days that differ, and what to bring. */
export function formatCollectionDetails ({ hours }: Pick<PorterContent, 'hours'>, documents: Profile['documents'], say: Translate, language: Language): string {
  const week = formatWeekHours(hours.week, language)
  const otherDays = formatOtherDays(hours.otherDays, language)
  return [
    week === '' ? '' : say('paper.collecting.hours', { hours: week }),
    otherDays === '' ? '' : say('paper.collecting.exceptions', { days: otherDays }),
    formatDocumentsToBring(documents, say, language),
  ].filter(sentence => sentence !== '').join(' ')
}

/** "Bring a valid passport, identity card or driving licence (Finland). A picture is not enough." */
export function formatDocumentsToBring (documents: Profile['documents'], say: Translate, language: Language): string {
  return say('paper.collecting.bring', { documents: listDocuments(documents, say, language) })
}

/** Lists "passport", "driving licence (Finland)": with the country where only one is accepted. */
function listDocuments (documents: Profile['documents'], say: Translate, language: Language): string[] {
  return Object.entries(documents).map(([type, issuers]) => {
    const name = say(`paper.documents.${type}` as TextKey)
    return issuers !== 'any' && issuers.length === 1 ? `${name} (${countryName(issuers[0]!, language)})` : name
  })
}

// The dates on a slip. Pure.

/** "Valid until Friday 4 December 2026". */
export function formatValidUntil (expiresAt: Date, say: ZonedTranslate): string {
  return say('paper.validUntil', { end: expiresAt })
}

/** "Collect by Friday 4 December 18.00; then valid 7 days". */
export function formatCollectBy (collectBy: Date, daysAfterHandover: number, say: ZonedTranslate): string {
  return say('paper.collectBy', { collectBy, count: daysAfterHandover })
}

/** "20 November 2026 15.57". */
export function formatIssuedAt (issuedAt: Date, say: ZonedTranslate): string {
  return say('paper.issuedAt', { at: issuedAt })
}
