/** Formats the collection details, the dates and the step notes of a slip. The slip, its page and the caller card show the same sentences. Pure. */
import { countryName } from '../../addresses/countries.js'
import { hasText, type TextKey, type Translate, type ZonedTranslate } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/vocabulary.js'
import { formatOtherDays, formatWeekHours } from '../../service-points/format-hours.js'
import type { PorterContent } from './slip-content.js'

/** Formats the pick-up place: "Collect from: Myllypuro porters, Myllypurontie 1, 00920 Helsinki." */
export function formatCollectionPlace ({ servicePointName, address }: Pick<PorterContent, 'servicePointName' | 'address'>, t: Translate, language: Language): string {
  return t('paper.collecting.where', { name: servicePointName[language], address })
}

/** Formats the opening hours, the exceptional days and the documents to bring. */
export function formatCollectionDetails ({ hours }: Pick<PorterContent, 'hours'>, documents: Profile['documents'], t: Translate, language: Language): string {
  const week = formatWeekHours(hours.week, language)
  const otherDays = formatOtherDays(hours.otherDays, language)
  return [
    week === '' ? '' : t('paper.collecting.hours', { hours: week }),
    otherDays === '' ? '' : t('paper.collecting.exceptions', { days: otherDays }),
    formatDocumentsToBring(documents, t, language),
  ].filter(sentence => sentence !== '').join(' ')
}

/** Formats the documents to bring: "Bring a valid passport or driving licence (Finland). A picture is not enough." */
export function formatDocumentsToBring (documents: Profile['documents'], t: Translate, language: Language): string {
  return t('paper.collecting.bring', { documents: listDocuments(documents, t, language) })
}

/** Returns the accepted documents: "passport", "driving licence (Finland)". The country is named if only one is accepted. */
function listDocuments (documents: Profile['documents'], t: Translate, language: Language): string[] {
  return Object.entries(documents).map(([type, issuers]) => {
    const name = t(`paper.documents.${type}` as TextKey)
    return issuers !== 'any' && issuers.length === 1 ? `${name} (${countryName(issuers[0]!, language)})` : name
  })
}

/** Formats the last day of a code: "Valid until Friday 4 December 2026". */
export function formatValidUntil (expiresAt: Date, t: ZonedTranslate): string {
  return t('paper.validUntil', { end: expiresAt })
}

/** Formats the last moment to collect a porter slip: "Collect by Friday 4 December 18.00; then valid 7 days". */
export function formatCollectBy (collectBy: Date, daysAfterHandover: number, t: ZonedTranslate): string {
  return t('paper.collectBy', { collectBy, count: daysAfterHandover })
}

/** Formats when a slip was issued: "20 November 2026 15.57". */
export function formatIssuedAt (issuedAt: Date, t: ZonedTranslate): string {
  return t('paper.issuedAt', { at: issuedAt })
}

/** Formats a step's note. It translates a reason from the fixed lists and leaves other text unchanged. */
export function formatStepNote (t: Translate, note: string): string {
  const [first = '', ...rest] = note.split(': ')
  const key = `slips.show.reasons.${first}`
  return hasText(key) ? [t(key), ...rest].join(': ') : note
}

/** Formats the name in Latin letters that was entered for a slip, with its source. */
export function formatLatinName (t: Translate, { value, reason }: { readonly value: string, readonly reason: string }): string {
  const key = `slips.issue.latin.sources.${reason}`
  return t('slips.show.latinNameFrom', { name: value, source: hasText(key) ? t(key) : reason })
}
