/** Where and when a porter slip is collected, and what to bring. Pure. */
import { countryName } from '../../addresses/countries.js'
import type { Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/words.js'
import type { TextKey, Translate } from '../../i18n/translate.js'
import { otherDaysInWords, weekInWords } from '../../service-points/hours-in-words.js'
import type { PorterPaper } from './slip-paper.js'

const lists: Readonly<Record<Language, Intl.ListFormat>> = {
  fi: new Intl.ListFormat('fi', { type: 'disjunction' }),
  sv: new Intl.ListFormat('sv', { type: 'disjunction' }),
  // British, so that a list has no comma before its "or".
  en: new Intl.ListFormat('en-GB', { type: 'disjunction' }),
}

/** "Collect from: Myllypuro porters, Myllypurontie 1, 00920 Helsinki." */
export function whereToCollect ({ servicePointName, address }: Pick<PorterPaper, 'servicePointName' | 'address'>, say: Translate, language: Language): string {
  return say('paper.collecting.where', { name: servicePointName[language], address })
}

/** Opening hours, the days that differ, and what to bring. */
export function howToCollect ({ hours }: Pick<PorterPaper, 'hours'>, documents: Profile['documents'], say: Translate, language: Language): string {
  const week = weekInWords(hours.week, language)
  const otherDays = otherDaysInWords(hours.otherDays, language)
  return [
    week === '' ? '' : say('paper.collecting.hours', { hours: week }),
    otherDays === '' ? '' : say('paper.collecting.exceptions', { days: otherDays }),
    whatToBring(documents, say, language),
  ].filter(sentence => sentence !== '').join(' ')
}

/** "Bring a valid passport, identity card or driving licence (Finland). A picture is not enough." */
export function whatToBring (documents: Profile['documents'], say: Translate, language: Language): string {
  return say('paper.collecting.bring', { documents: documentsInWords(documents, say, language) })
}

/** "passport, identity card or driving licence (Finland)": the country where only one is accepted. */
function documentsInWords (documents: Profile['documents'], say: Translate, language: Language): string {
  const names = Object.entries(documents).map(([type, issuers]) => {
    const name = say(`paper.documents.${type}` as TextKey)
    return issuers !== 'any' && issuers.length === 1 ? `${name} (${countryName(issuers[0]!, language)})` : name
  })
  return lists[language].format(names)
}
