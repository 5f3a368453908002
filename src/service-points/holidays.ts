/** The days on which an institution's country is closed, and what they are called. Pure. */
import Holidays from 'date-holidays'
import { type Language, type Localised, mapLanguages } from '../i18n/locales.js'

/** Answers whether a day (`YYYY-MM-DD`) is closed everywhere in the country. */
export type HolidayCheck = (day: string) => boolean
/** The name of such a day; undefined on any other. */
export type HolidayNameLookup = (day: string) => Localised | undefined

/**
 * Days that are no public holidays by law but on which the country is closed all the same, as rules of
 * `date-holidays`. Finland: Midsummer Eve and Christmas Eve.
 */
const closedEves: Readonly<Record<string, readonly string[]>> = {
  FI: ['friday after 06-19', '12-24'],
}

const holidayNamesByCountry = new Map<string, HolidayNameLookup>()

/** The public holidays of a country (ISO 3166-1 alpha-2) and its closed eves. */
export function holidayCheckFor (country: string): HolidayCheck {
  const nameOf = holidayNamesFor(country)
  return day => nameOf(day) !== undefined
}

/** What those days are called, in each language for which the library has a name, else in the country's own. */
export function holidayNamesFor (country: string): HolidayNameLookup {
  const known = holidayNamesByCountry.get(country) ?? buildHolidayNames(country)
  holidayNamesByCountry.set(country, known)
  return known
}

function buildHolidayNames (country: string): HolidayNameLookup {
  const holidays = new Holidays(country)
  const eves = closedEves[country] ?? []
  const years = new Map<string, ReadonlyMap<string, Localised>>()
  const namesIn = (year: string, language: Language) => new Map(holidays.getHolidays(year, language)
    .filter(holiday => holiday.type === 'public' || eves.includes(holiday.rule))
    .map(holiday => [holiday.date.slice(0, 10), holiday.name] as const))
  const closedIn = (year: string) => {
    const names = mapLanguages(language => namesIn(year, language))
    return new Map([...names.en.keys()].map(day => [day, mapLanguages(language => names[language].get(day)!)]))
  }
  return day => {
    const year = day.slice(0, 4)
    const closed = years.get(year) ?? closedIn(year)
    years.set(year, closed)
    return closed.get(day)
  }
}
