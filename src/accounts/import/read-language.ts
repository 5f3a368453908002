/** Reads a language as files name it: a tag, a locale, an ISO code, or its name. Pure. */
import { mapLanguages } from '../../i18n/locales.js'
import { type Language, languages } from '../../institution/vocabulary.js'

/** Names of each language in every language of the product: suomi, Finnish, finska. */
const languagesByName: ReadonlyMap<string, Language> = new Map(languages.flatMap(language =>
  Object.entries(mapLanguages(display => new Intl.DisplayNames([display], { type: 'language' }).of(language)))
    .map(([display, name]) => [(name ?? '').toLocaleLowerCase(display), language] as const)))

/**
 * Reads `sv`, `sv-FI`, `en_GB.UTF-8`, `swe`, `Suomi`; of a list such as `ru, sv;q=0.5` the first that is offered.
 * @returns undefined for a language that is not offered
 */
export function readLanguage (text: string): Language | undefined {
  return text.toLowerCase().split(/[,;|/]/).map(readOneLanguage).find(language => language !== undefined)
}

function readOneLanguage (text: string): Language | undefined {
  const name = text.trim()
  return languagesByName.get(name) ?? languagesByName.get(name.replace(/\s*\(.*\)$/, '')) ?? findLanguage(toPrimaryTag(name))
}

function findLanguage (tag: string | undefined): Language | undefined {
  return languages.find(language => language === tag)
}

/** ISO 639-2 codes become the two letters that a tag begins with. */
function toPrimaryTag (text: string): string | undefined {
  try {
    return new Intl.Locale(text.replace(/[.@].*$/, '').replaceAll('_', '-')).language
  } catch {
    return undefined
  }
}
