/** Decides where a registered letter may be sent (docs/facts.md, "Registered letters"). Pure. */
import { mapLanguages } from '../i18n/locales.js'
import type { Profile } from '../institution/profile.js'
import type { Refusal } from '../institution/refusals.js'
import { foldText } from '../institution/text.js'
import { countryInSentence } from './countries.js'
import { getPostcodeKind, nameIn, type PostcodeEntry } from './postcode-entry.js'

/** What the rules need of the postcode register besides the entry of the postcode. */
export interface RegisterFacts {
  /** The day of the register's data, `YYYY-MM-DD`. */
  readonly dataDate: string
  /** The municipalities without registered letters, in every language of the register. Only needed for a letter abroad. */
  readonly areaTowns?: readonly string[]
}

/**
 * Lists why a registered letter may not be sent there, in the order of docs/domain.md; empty when it may. The register
 * covers only the institution's own country. Abroad a letter is allowed, unless its place is one at home.
 * @param found the register's entry of the postcode, undefined when it has none
 */
export function listLetterRefusals (
  destination: Destination, found: PostcodeEntry | undefined, register: RegisterFacts, profile: LetterRules
): Refusal[] {
  const values = buildRefusalValues(destination, found, register.dataDate, profile)
  if (destination.country !== profile.country) return checkCountry(destination, found, register, { values, profile })
  if (found === undefined) return [{ code: 'postcode-unknown', values }]
  const refusals: Array<Refusal | undefined> = [
    checkTown(destination.town, found, values),
    checkPostcodeKind(found, values),
    checkLetterFreeArea(found, values, profile),
  ]
  return refusals.filter(refusal => refusal !== undefined)
}

/**
 * Refuses a place at home under a country abroad, where no rule about the area, the postcode or the personal handover
 * would apply. Recognises a postcode with its own town, and a town of the area with any postcode, also in a line of the address. Other towns alone
 * prove nothing: many have a namesake abroad.
 */
function checkCountry (
  { postcode, town = '', lines = [], country }: Destination, found: PostcodeEntry | undefined, { areaTowns = [] }: RegisterFacts,
  { values, profile }: { readonly values: RefusalValues, readonly profile: LetterRules }
): Refusal[] {
  const isHomeAddress = found !== undefined && town !== '' && isTownOfPostcode(town, found)
  const isAreaTown = areaTowns.some(name => ` ${foldText(town)} `.includes(` ${foldText(name)} `))
  const areaLine = lines.find(line => areaTowns.some(name => new RegExp(`(?:^| )\\d{5} ${foldText(name)}(?: |$)`).test(foldText(line))))
  if (!isHomeAddress && !isAreaTown && areaLine === undefined) return []
  const place = isHomeAddress ? `${postcode} ${town}` : isAreaTown ? town : areaLine!
  const wrongCountry: Refusal = {
    code: 'postcode-town-mismatch', variant: 'country', values: { place, country: countryInSentence(country), homeCountry: countryInSentence(profile.country) },
  }
  const insideArea = isHomeAddress ? checkLetterFreeArea(found, values, profile) : undefined
  return insideArea === undefined ? [wrongCountry] : [wrongCountry, insideArea]
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
  /** The lines between recipient and postcode, in which a place of the area may be written too. */
  readonly lines?: readonly string[]
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
