/** What the sentences about a postcode need, ready in each language: names differ, and so do dates. Pure. */
import { foldText } from '../institution/fold.js'
import type { Refusal } from '../institution/refusals.js'
import { formatLongDates } from '../i18n/moments.js'
import type { Destination, LetterRules } from './destination.js'
import type { PostcodeEntry } from './postcode-entry.js'

/** @param dataDate the day of the register's data, `YYYY-MM-DD` */
export function buildRefusalValues (
  destination: Destination, found: PostcodeEntry | undefined, dataDate: string, profile: LetterRules
): NonNullable<Refusal['values']> {
  const date = formatLongDates(new Date(dataDate), 'UTC')
  return {
    postcode: destination.postcode,
    town: destination.town ?? '',
    areaFi: profile.letterFreeArea.name.fi,
    areaSv: profile.letterFreeArea.name.sv,
    areaEn: profile.letterFreeArea.name.en,
    campuses: listPorterCampuses(profile),
    dataDate,
    dataDateFi: date.fi,
    dataDateSv: date.sv,
    dataDateEn: date.en,
    ...(found === undefined ? {} : buildPlaceValues(found)),
  }
}

function buildPlaceValues ({ town, municipality }: PostcodeEntry): Record<string, string> {
  return {
    municipalityFi: municipality.fi,
    municipalitySv: municipality.sv,
    placeFi: formatPlace(town.fi, municipality.fi),
    placeSv: formatPlace(town.sv, municipality.sv),
  }
}

/** `Veikkola (Kirkkonummi)`; the town alone where it is the municipality. */
function formatPlace (town: string, municipality: string): string {
  return foldText(town) === foldText(municipality) ? municipality : `${capitalizeTown(town)} (${municipality})`
}

/** The register's `YLI-II` as it is written in a sentence: `Yli-Ii`. */
function capitalizeTown (town: string): string {
  return town.toLowerCase().replace(/(?<=^|[\s-])\p{L}/gu, letter => letter.toUpperCase())
}

function listPorterCampuses (profile: LetterRules): string {
  return profile.servicePoints.filter(point => point.kind === 'porter').map(point => point.campus).join(', ')
}
