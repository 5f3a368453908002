/** Where a registered letter may go (facts.md, "Registered letters"). Pure. */
import { fold } from '../institution/fold.js'
import type { Refusal } from '../institution/refusals.js'
import type { Destination, LetterRules } from './destination.js'
import { postcodeKind, type PostcodeEntry } from './postcode-entry.js'
import { registerValues } from './register-values.js'

/**
 * Why a registered letter may not go there, in the order of product.md; empty when it may. Abroad it always
 * may: the register knows the own country only.
 * @param found the register's entry of the postcode, undefined when it has none
 * @param register `dataDate` is the day of the register's data, `YYYY-MM-DD`
 */
export function letterRefusals (
  destination: Destination, found: PostcodeEntry | undefined, register: { readonly dataDate: string }, profile: LetterRules
): Refusal[] {
  if (destination.country !== profile.country) return []
  const values = registerValues(destination, found, register.dataDate, profile)
  if (found === undefined) return [{ code: 'postcode-unknown', values }]
  const refusals: Array<Refusal | undefined> = [
    townMismatch(destination.town, found, values),
    notAHome(found, values),
    insideArea(found, values, profile),
  ]
  return refusals.filter(refusal => refusal !== undefined)
}

type Values = NonNullable<Refusal['values']>

function townMismatch (town: string | undefined, found: PostcodeEntry, values: Values): Refusal | undefined {
  if (town === undefined || town === '' || townFits(town, found)) return undefined
  return { code: 'postcode-town-mismatch', values }
}

/** The post town or the municipality, Finnish or Swedish; case and diacritics forgiven. */
function townFits (town: string, { town: postTown, municipality }: PostcodeEntry): boolean {
  return [postTown.fi, postTown.sv, municipality.fi, municipality.sv].map(fold).includes(fold(town))
}

function notAHome (found: PostcodeEntry, values: Values): Refusal | undefined {
  const kind = postcodeKind(found.typeCode)
  if (kind === 'street' || kind === 'po-box') return undefined
  return { code: 'postcode-not-a-home', variant: kind === 'corporate' ? 'organisation' : 'not-an-address', values }
}

/** By the municipality: 55 postcodes that begin like the area's lie outside it, 20 that do not lie inside. */
function insideArea (found: PostcodeEntry, values: Values, profile: LetterRules): Refusal | undefined {
  if (!profile.letterFreeArea.municipalities.includes(found.municipality.code)) return undefined
  return { code: 'registered-letter-inside-area', values }
}
