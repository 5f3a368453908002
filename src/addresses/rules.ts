/** Where a registered letter may go (facts.md, "Registered letters"). Pure. */
import { mapLanguages } from '../i18n/locales.js'
import type { Profile } from '../institution/profile.js'
import type { Refusal } from '../institution/refusals.js'
import { foldText } from '../institution/text.js'
import { getPostcodeKind, nameIn, type PostcodeEntry } from './postcode-entry.js'

/**
 * Why a registered letter may not go there, in the order of docs/domain.md; empty when it may. Abroad it always
 * may: the register knows the own country only.
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

/** The post town or the municipality, Finnish or Swedish; case and diacritics forgiven. */
function isTownOfPostcode (town: string, { town: postTown, municipality }: PostcodeEntry): boolean {
  return [postTown.fi, postTown.sv, municipality.fi, municipality.sv].map(foldText).includes(foldText(town))
}

function checkPostcodeKind (found: PostcodeEntry, values: RefusalValues): Refusal | undefined {
  const kind = getPostcodeKind(found.typeCode)
  if (kind === 'street' || kind === 'po-box') return undefined
  return { code: 'postcode-not-a-home', variant: kind === 'corporate' ? 'organisation' : 'not-an-address', values }
}

/** By the municipality: 55 postcodes that begin like the area's lie outside it, 20 that do not lie inside. */
function checkLetterFreeArea (found: PostcodeEntry, values: RefusalValues, profile: LetterRules): Refusal | undefined {
  if (!profile.letterFreeArea.municipalities.includes(found.municipality.code)) return undefined
  return { code: 'registered-letter-inside-area', values }
}

// What decides whether a letter may go: where to, and by whose rules. Types only.

/** Where a letter would go. Without a town, only what the postcode alone decides is asked. */
export interface Destination {
  readonly postcode: string
  readonly town?: string | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

export type LetterRules = Pick<Profile, 'country' | 'letterFreeArea' | 'servicePoints'>

// Values for the sentences about a postcode. Pure.

/** @param dataDate the day of the register's data, `YYYY-MM-DD` */
export function buildRefusalValues (
  destination: Destination, found: PostcodeEntry | undefined, dataDate: string, profile: LetterRules
): NonNullable<Refusal['values']> {
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

/** `Veikkola (Kirkkonummi)`; the town alone where it is the municipality. */
function formatPlace (town: string, municipality: string): string {
  return foldText(town) === foldText(municipality) ? municipality : `${capitalizeTown(town)} (${municipality})`
}

/** The register's `YLI-II` as it is written in a sentence: `Yli-Ii`. */
function capitalizeTown (town: string): string {
  return town.toLowerCase().replace(/(?<=^|[\s-])\p{L}/gu, letter => letter.toUpperCase())
}

function listPorterCampuses (profile: LetterRules): string[] {
  return profile.servicePoints.filter(point => point.kind === 'porter').map(point => point.campus)
}
