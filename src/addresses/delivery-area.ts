/** Where a registered letter may go (facts.md, "Registered letters"). Pure. */
import { foldText } from '../institution/fold.js'
import type { Refusal } from '../institution/refusals.js'
import type { Destination, LetterRules } from './destination.js'
import { getPostcodeKind, type PostcodeEntry } from './postcode-entry.js'
import { buildRefusalValues } from './register-values.js'

/**
 * Why a registered letter may not go there, in the order of product.md; empty when it may. Abroad it always
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
