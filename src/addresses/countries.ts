/** The countries of ISO 3166-1, and Kosovo, to which the post also delivers, with their names. Pure. */
import isoCountries from 'i18n-iso-countries/index.js'
import { type Language, type Localised, mapLanguages } from '../i18n/locales.js'

export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string
  readonly name: string
}

/** Shorter and more neutral names than those of Unicode. */
const nameOverrides: Readonly<Record<string, Localised>> = {
  CD: { fi: 'Kongon demokraattinen tasavalta', sv: 'Demokratiska republiken Kongo', en: 'Democratic Republic of the Congo' },
  CG: { fi: 'Kongon tasavalta', sv: 'Republiken Kongo', en: 'Republic of the Congo' },
  HK: { fi: 'Hongkong', sv: 'Hongkong', en: 'Hong Kong' },
  MM: { fi: 'Myanmar', sv: 'Myanmar', en: 'Myanmar' },
  MO: { fi: 'Macao', sv: 'Macao', en: 'Macao' },
  PS: { fi: 'Palestiina', sv: 'Palestina', en: 'Palestine' },
}

const countryCodes: ReadonlySet<string> = new Set(Object.keys(isoCountries.getAlpha2Codes()))

const displayNames = mapLanguages(language => new Intl.DisplayNames(language, { type: 'region' }))

/** Returns whether the text is the alpha-2 code of a country, in capitals. */
export function isCountryCode (code: string): boolean {
  return countryCodes.has(code)
}

/** Returns the name of the country in a language. An unknown code is returned unchanged. */
export function countryName (code: string, language: Language): string {
  if (!isCountryCode(code)) return code
  return nameOverrides[code]?.[language] ?? displayNames[language].of(code) ?? code
}

/** English names that take an article: the Netherlands, the United Kingdom, the Cook Islands. */
const nameWithArticle = /^(?:Bahamas|Comoros|Gambia|Isle of .*|Maldives|Netherlands|Philippines|Seychelles|United .*|.* (?:Emirates|Islands|Lands|Outlying Islands|Republic|Territories|Territory)|(?:Democratic )?Republic of .*)$/

/** Returns the name of the country in each language, as it reads in a sentence. */
export function countryInSentence (code: string): Localised {
  return mapLanguages(language => {
    const name = countryName(code, language)
    return language === 'en' && nameWithArticle.test(name) ? `the ${name}` : name
  })
}

/** Lists every country in alphabetical order of the language. */
export function listCountries (language: Language): Country[] {
  const { compare } = new Intl.Collator(language)
  return [...countryCodes].map(code => ({ code, name: countryName(code, language) })).sort((a, b) => compare(a.name, b.name))
}
