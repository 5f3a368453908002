/** Texts in every language, with keys that the compiler knows. */
import i18next from 'i18next'
import { en, type Translation } from './en/index.js'
import { fi } from './fi/index.js'
import { formatValue } from './formatters.js'
import { type Language, mapLanguages, type TextValue } from './locales.js'
import { sv } from './sv/index.js'

type TextKeys<T> = {
  [K in keyof T & string]: T[K] extends string ? WithoutPlural<K> : `${K}.${TextKeys<T[K]>}`
}[keyof T & string]
type WithoutPlural<K extends string> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K

/** A dotted path into the texts, such as `slips.void.title`. */
export type TextKey = TextKeys<typeof en>
/** Values for a text, as raw data: the text names how each is formatted. */
export type TextValues = Readonly<Record<string, TextValue>>
export type ZonedTextValues = Readonly<Record<string, TextValue | Date>>
/** Returns the text of a key in one language; `{{name}}` is filled from `values`, `count` picks the plural. */
export type Translate = (key: TextKey, values?: TextValues) => string
/** Like `Translate`, and writes moments too: it knows the time zone. */
export type ZonedTranslate = (key: TextKey, values?: ZonedTextValues) => string

/** All texts by language. */
export const texts: Readonly<Record<Language, Translation<typeof en>>> = { fi, sv, en }

/** Marks a value that ends with a full stop, such as a name with Jr.: a sentence that ends with it needs no other. Private use. */
const fullStopMark = '\u{e000}'

function markFullStop (value: string | undefined): string | undefined {
  return value?.endsWith('.') === true ? value + fullStopMark : value
}

function removeFullStopMarks (text: string): string {
  return text.includes(fullStopMark) ? text.replaceAll(`${fullStopMark}.`, '').replaceAll(fullStopMark, '') : text
}

const instance = i18next.createInstance()
await instance.init({
  lng: 'en',
  fallbackLng: false,
  resources: mapLanguages(language => ({ translation: texts[language] })),
  interpolation: {
    escapeValue: false,
    alwaysFormat: true,
    format: (value, form, language, options) => markFullStop(formatValue(value, form, { language: language as Language, timeZone: options?.['timeZone'] })),
  },
  showSupportNotice: false,
} as Parameters<typeof instance.init>[0])

const translators = mapLanguages((language): ZonedTranslate => {
  const translate = instance.getFixedT(language)
  return (key, values) => removeFullStopMarks(translate(key, { ...values }))
})

/** Returns the texts of one language; they can contain moments only with the institution's time zone. */
export function translator (language: Language): Translate
export function translator (language: Language, timeZone: string): ZonedTranslate
export function translator (language: Language, timeZone?: string): ZonedTranslate {
  const translate = translators[language]
  return timeZone === undefined ? translate : (key, values) => translate(key, { ...values, timeZone })
}

/** True when there is such a text: for keys that are built from codes. */
export function hasText (key: string): key is TextKey {
  return instance.exists(key, { lng: 'en' })
}

/** Formats a refusal: what happened, why, and what to do next, in the reader's language. */
export function formatRefusal (t: Translate, { code, variant, values }: { readonly code: string, readonly variant?: string, readonly values?: TextValues }): string {
  const key = `refusals.${code}${variant === undefined ? '' : `-${variant}`}`
  if (!hasText(key)) throw new TypeError(`no sentence for the refusal ${key}`)
  return t(key, values)
}
