/** Decides where a registered letter may be sent (docs/facts.md, "Registered letters"). Pure. */
import { mapLanguages } from '../i18n/locales.js'
import type { Profile } from '../institution/profile.js'
import type { Refusal } from '../institution/refusals.js'
import { foldText } from '../institution/text.js'
import { getPostcodeKind, nameIn, type PostcodeEntry } from './postcode-entry.js'

/**
 * Lists why a registered letter may not be sent there, in the order of docs/domain.md; empty when it may. Abroad it is
 * always allowed: the register covers only the institution's own country.
 * @param found the register's entry of the postcode, undefined when it has none
 * @param register `dataDate` is the day of the register's data, `YYYY-MM-DD`
 */
export function listLetterRefusals (
  destination: Destination, found: PostcodeEntry | undefined, register: { readonly dataDate: string }, profile: LetterRules
): Refusal[] {
  if (destination.country !== profile.country) return []
  const values = buildRefusalValues(destination, found, register.dataDate, profile)
  if (found === undefined) return [{ code: 'postcode-unknown', values }]
  const refusals: Array<Refusal | undefined> = [
    checkTown(destination.town, found, values),
    checkPostcodeKind(found, values),
    checkLetterFreeArea(found, values, profile),
  ]
  return refusals.filter(refusal => refusal !== undefined)
}

type RefusalValues = NonNullable<Refusal['values']>

function checkTown (town: string | undefined, found: PostcodeEntry, values: RefusalValues): Refusal | undefined {
  if (town === undefined || town === '' || isTownOfPostcode(town, found)) return undefined
  return { code: 'postcode-town-mismatch', values }
}

/** Compares with post town and municipality, in Finnish and Swedish, ignoring case and diacritics. */
function isTownOfPostcode (town: string, { town: postTown, municipality }: PostcodeEntry): boolean {
  return [postTown.fi, postTown.sv, municipality.fi, municipality.sv].map(foldText).includes(foldText(town))
}

function checkPostcodeKind (found: PostcodeEntry, values: RefusalValues): Refusal | undefined {
  const kind = getPostcodeKind(found.typeCode)
  if (kind === 'street' || kind === 'po-box') return undefined
  return { code: 'postcode-not-a-home', variant: kind === 'corporate' ? 'organisation' : 'not-an-address', values }
}

/** Checks the municipality, because postcode prefixes do not match the area: 55 are wrongly inside, 20 wrongly outside. */
function checkLetterFreeArea (found: PostcodeEntry, values: RefusalValues, profile: LetterRules): Refusal | undefined {
  if (!profile.letterFreeArea.municipalities.includes(found.municipality.code)) return undefined
  return { code: 'registered-letter-inside-area', values }
}

/** Where a letter would be sent. Without a town, only the postcode is checked. */
export interface Destination {
  readonly postcode: string
  readonly town?: string | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

export type LetterRules = Pick<Profile, 'country' | 'letterFreeArea' | 'servicePoints'>

/** Builds the values for the texts of refusals. @param dataDate the day of the register's data, `YYYY-MM-DD` */
function buildRefusalValues (
  destination: Destination, found: PostcodeEntry | undefined, dataDate: string, profile: LetterRules
): RefusalValues {
  return {
    postcode: destination.postcode,
    town: destination.town ?? '',
    area: profile.letterFreeArea.name,
    campuses: listPorterCampuses(profile),
    dataDate,
    ...(found === undefined ? {} : buildPlaceValues(found)),
  }
}

function buildPlaceValues ({ town, municipality }: PostcodeEntry): RefusalValues {
  return {
    municipality: mapLanguages(language => nameIn(municipality, language)),
    place: mapLanguages(language => formatPlace(nameIn(town, language), nameIn(municipality, language))),
  }
}

/** Formats `Veikkola (Kirkkonummi)`, or the town alone if it has the name of the municipality. */
function formatPlace (town: string, municipality: string): string {
  return foldText(town) === foldText(municipality) ? municipality : `${capitalizeTown(town)} (${municipality})`
}

/** Converts `YLI-II` of the register to `Yli-Ii`. */
function capitalizeTown (town: string): string {
  return town.toLowerCase().replace(/(?<=^|[\s-])\p{L}/gu, letter => letter.toUpperCase())
}

function listPorterCampuses (profile: LetterRules): string[] {
  return profile.servicePoints.filter(point => point.kind === 'porter').map(point => point.campus)
}
