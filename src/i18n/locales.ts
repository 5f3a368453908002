/** The languages of the texts, and how each one writes days, times, lists and durations. Pure. */

/** Everything that Intl does not know about a language, or writes in another form than these texts need. */
interface Locale {
  /** The BCP 47 tag that Intl formats with. */
  readonly tag: string
  /** The month of a day in a table: 20.11.2026, 20 Nov 2026. */
  readonly tableMonth: 'numeric' | 'short'
  /** The time of day in a table. */
  readonly tableTime: 'H.mm' | 'HH:mm'
  /** The month of a day in a sentence: 20.11.2026, 20 November 2026. */
  readonly sentenceMonth: 'numeric' | 'long'
  /** Comes between day and time in a sentence: 20.11.2026 klo 15.57. Without it, a sentence writes a moment as a table does. */
  readonly timePreposition?: string
  /** Comes before a day with its month in letters: den 20 november. */
  readonly dayArticle?: string
  /** Where a weekday is inflected: how it reads as the day on which, and until which, something happens. */
  readonly weekdayCases?: Readonly<Record<'on' | 'until', (weekday: string) => string>>
  readonly durationUnits: Readonly<Record<'days' | 'hours' | 'minutes', string>>
  /** Zero to ten. */
  readonly numberWords: readonly string[]
}

/** A new language is one entry here and one folder of texts beside this file; the compiler names the rest. */
const definitions = {
  fi: {
    tag: 'fi-FI',
    tableMonth: 'numeric',
    tableTime: 'H.mm',
    sentenceMonth: 'numeric',
    timePreposition: 'klo',
    weekdayCases: {
      on: weekday => `${weekday}na`,
      until: weekday => weekday.endsWith('o') ? `${weekday}on` : `${weekday}hin`,
    },
    durationUnits: { days: 'pv', hours: 't', minutes: 'min' },
    numberWords: 'nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen'.split(' '),
  },
  sv: {
    tag: 'sv-FI',
    tableMonth: 'numeric',
    tableTime: 'H.mm',
    sentenceMonth: 'numeric',
    timePreposition: 'kl.',
    dayArticle: 'den',
    durationUnits: { days: 'd', hours: 'h', minutes: 'min' },
    numberWords: 'noll en två tre fyra fem sex sju åtta nio tio'.split(' '),
  },
  en: {
    tag: 'en-GB',
    tableMonth: 'short',
    tableTime: 'HH:mm',
    sentenceMonth: 'long',
    durationUnits: { days: 'd', hours: 'h', minutes: 'min' },
    numberWords: 'zero one two three four five six seven eight nine ten'.split(' '),
  },
} satisfies Record<string, Locale>

export type Language = keyof typeof definitions
export const locales: Readonly<Record<Language, Locale>> = definitions

/** In the order in which a reader chooses among them. */
export const languages = Object.keys(definitions) as readonly Language[]

/** Builds one value for each language. */
export function mapLanguages<T> (build: (language: Language) => T): Readonly<Record<Language, T>> {
  return Object.fromEntries(languages.map(language => [language, build(language)])) as Record<Language, T>
}

/** A text in every language. */
export type Localised = Readonly<Record<Language, string>>

/** What a text can be filled with, besides a `Date`: see formatters.ts for how each type is written. */
export type TextValue = string | number | Localised | readonly string[]
