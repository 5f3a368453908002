/** Where and when a porter slip is collected, and what to bring. Pure. */
import { countryName } from '../../addresses/countries.js'
import { formatTime, listDateValues } from '../../i18n/formatters.js'
import { type TextKey, type Translate, translator } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/vocabulary.js'
import { formatOtherDays, formatWeekHours } from '../../service-points/format-hours.js'
import { institutionDay } from '../../service-points/institution-day.js'
import type { PorterContent } from './slip-content.js'

const orListFormats: Readonly<Record<Language, Intl.ListFormat>> = {
  fi: new Intl.ListFormat('fi', { type: 'disjunction' }),
  sv: new Intl.ListFormat('sv', { type: 'disjunction' }),
  // British, so that a list has no comma before its "or".
  en: new Intl.ListFormat('en-GB', { type: 'disjunction' }),
}

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
  return say('paper.collecting.bring', { documents: formatDocumentList(documents, say, language) })
}

/** "passport, identity card or driving licence (Finland)": the country where only one is accepted. */
function formatDocumentList (documents: Profile['documents'], say: Translate, language: Language): string {
  const names = Object.entries(documents).map(([type, issuers]) => {
    const name = say(`paper.documents.${type}` as TextKey)
    return issuers !== 'any' && issuers.length === 1 ? `${name} (${countryName(issuers[0]!, language)})` : name
  })
  return orListFormats[language].format(names)
}

// What a slip says of its moments, in the words of each language. Pure.

/** "Valid until Friday 4 December 2026". */
export function formatValidUntil (expiresAt: Date, zone: string, language: Language): string {
  const say = translator(language)
  return say('paper.validUntil', listDateValues(institutionDay(expiresAt, zone), say))
}

/** "Collect by Friday 4 December 18.00; then valid 7 days". */
export function formatCollectBy (collectBy: Date, daysAfterHandover: number, zone: string, language: Language): string {
  const say = translator(language)
  const values = listDateValues(institutionDay(collectBy, zone), say)
  return say('paper.collectBy', { ...values, time: formatTime(collectBy, zone), count: daysAfterHandover })
}

/** "20 November 2026 15.57". */
export function formatIssuedAt (issuedAt: Date, zone: string, language: Language): string {
  const say = translator(language)
  return say('paper.issuedAt', { ...listDateValues(institutionDay(issuedAt, zone), say), time: formatTime(issuedAt, zone) })
}
