/** Texts in Finnish, Swedish and English, with keys that the compiler knows. */
import i18next from 'i18next'
import { languages, type Language } from '../institution/vocabulary.js'
import { en } from './en/index.js'
import { fi } from './fi/index.js'
import { sv } from './sv/index.js'

type TextKeys<T> = {
  [K in keyof T & string]: T[K] extends string ? WithoutPlural<K> : `${K}.${TextKeys<T[K]>}`
}[keyof T & string]
type WithoutPlural<K extends string> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K

/** A dotted path into the texts, such as `slips.void.title`. */
export type TextKey = TextKeys<typeof en>
export type TextValues = Readonly<Record<string, string | number>>
/** Gives the text of a key in one language; `{{name}}` is filled from `values`, `count` picks the plural. */
export type Translate = (key: TextKey, values?: TextValues) => string

const instance = i18next.createInstance()
await instance.init({
  lng: 'en',
  fallbackLng: false,
  resources: { en: { translation: en }, fi: { translation: fi }, sv: { translation: sv } },
  interpolation: { escapeValue: false },
  showSupportNotice: false,
} as Parameters<typeof instance.init>[0])

const translators = new Map(languages.map(language => [language, instance.getFixedT(language) as unknown as Translate]))

export function translator (language: Language): Translate {
  return translators.get(language)!
}

/** True when there is such a text: for keys that are put together from codes. */
export function hasText (key: string): key is TextKey {
  return instance.exists(key, { lng: 'en' })
}

/** The reader's language: the chosen one, else the browser's first that we speak, else English. */
export function resolveLanguage (chosen: string | undefined, acceptLanguage: string | undefined): Language {
  const wanted = [chosen, ...parseAcceptLanguage(acceptLanguage ?? '')].find(one => (languages as readonly string[]).includes(one ?? ''))
  return languages.find(language => language === wanted) ?? 'en'
}

/** The primary languages of an Accept-Language header (RFC 9110 §12.5.4), the best liked first. */
function parseAcceptLanguage (header: string): string[] {
  return header.split(',')
    .map(range => {
      const [tag = '', ...parameters] = range.split(';').map(part => part.trim().toLowerCase())
      const weight = Number(parameters.find(parameter => parameter.startsWith('q='))?.slice(2) ?? 1)
      return { language: tag.split('-')[0]!, weight: Number.isNaN(weight) ? 0 : weight }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ language }) => language)
}
