/** The holidays of the institution's country, with their names. Pure. */
import Holidays from 'date-holidays'
import { type Language, type Localised, mapLanguages } from '../i18n/locales.js'

/** Returns whether a day (`YYYY-MM-DD`) is a holiday in the whole country. */
export type HolidayCheck = (day: string) => boolean
/** Returns the name of a holiday (`YYYY-MM-DD`); undefined for any other day. */
export type HolidayNameLookup = (day: string) => Localised | undefined

/**
 * Days that are not public holidays by law but are treated as such, as rules of `date-holidays`. Finland: Midsummer Eve
 * and Christmas Eve.
 */
const closedEves: Readonly<Record<string, readonly string[]>> = {
  FI: ['friday after 06-19', '12-24'],
}

const holidayNamesByCountry = new Map<string, HolidayNameLookup>()

/** Returns the holiday check of a country (ISO 3166-1 alpha-2), which includes its closed eves. */
export function createHolidayCheck (country: string): HolidayCheck {
  const nameOf = createHolidayNameLookup(country)
  return day => nameOf(day) !== undefined
}

/** Returns the name lookup of a country. A language for which the library has no name gets the name in the country's own. */
export function createHolidayNameLookup (country: string): HolidayNameLookup {
  const names = holidayNamesByCountry.get(country) ?? buildHolidayNames(country)
  holidayNamesByCountry.set(country, names)
  return names
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
