/** What a postcode looks like in each country, from Google's libaddressinput (docs/decisions/0022-addresses-abroad.md). Pure. */
import { getCountryByCode } from 'postal-code-checker'

export interface PostcodeShape {
  readonly pattern: RegExp
  /** In the country's usual form; the first ones are shown to people. */
  readonly examples: readonly string[]
  /** The number of digits, if every postcode of the country has that many and nothing else. */
  readonly digits: number | undefined
  /** For each length without separators, where they go; several ways in the order in which to try them. */
  readonly separators: ReadonlyMap<number, ReadonlyArray<readonly Separator[]>>
}

export interface Separator {
  /** The number of letters and digits before it. */
  readonly after: number
  readonly sign: string
}

/** Returns the shape of a country's postcodes. Undefined if the country has no postcodes, or none are known. */
export function getPostcodeShape (country: string): PostcodeShape | undefined {
  const known = shapes.get(country)
  if (known !== undefined || shapes.has(country)) return known
  const shape = buildShape(country)
  shapes.set(country, shape)
  return shape
}

/** Returns whether an address in the country needs a postcode. */
export function isPostcodeRequired (country: string): boolean {
  return getPostcodeShape(country) !== undefined && !optionalPostcodes.has(country)
}

/** Lists the prefixes that mark a postcode of the country in international mail: `SE-` and the older `S-`, `FL-`. */
export function listPostcodePrefixes (country: string): string[] {
  return [country, ...otherPrefixes[country] ?? []]
}

const shapes = new Map<string, PostcodeShape | undefined>()

/**
 * Where libaddressinput has no shape (Kosovo), accepts what does not exist (Sweden begins with 1 to 9), lacks newer
 * forms (Egypt has seven digits since 2021, Saudi Arabia may add four), or where its examples are not the usual form.
 */
const corrections: Readonly<Record<string, { readonly pattern?: RegExp, readonly examples: readonly string[] }>> = {
  EG: { pattern: /^\d{5}(?:\d{2})?$/, examples: ['11599', '4272077'] },
  FI: { examples: ['33100'] },
  GB: { examples: ['SW1A 1AA', 'M2 5BQ'] },
  IE: { examples: ['D02 AF30'] },
  RS: { examples: ['11000'] },
  SA: { pattern: /^\d{5}(?:-\d{4})?$/, examples: ['11564', '12345-6789'] },
  SE: { pattern: /^[1-9]\d{2} \d{2}$/, examples: ['114 55'] },
  XK: { pattern: /^[1-7]\d{4}$/, examples: ['10000'] },
}

/** Countries with postcodes that libaddressinput does not require. In Europe only Ireland: there the others are always used. */
const optionalPostcodes: ReadonlySet<string> = new Set((
  'AE AF AI AM AR AZ BB BD BH BM BN BT CC CL CO CR CU CV CX DO DZ EC EG EH ET GE GN GT GW HN HT ID IE IL IQ IR JO KE KG KH KW KY KZ LA LB LK LR LS ' +
  'MA MG MM MN MU MV MZ NA NE NF NG NI NP OM PE PG PH PK PY SA SD SN SO SV SZ TH TJ TM TN TZ UM UY UZ VC VE VG VN ZM'
).split(' '))

/** Vehicle codes that stood before postcodes until the country codes of ISO 3166 replaced them. Åland writes `AX-`. */
const otherPrefixes: Readonly<Record<string, readonly string[]>> = {
  AT: ['A'],
  BE: ['B'],
  DE: ['D'],
  ES: ['E'],
  FI: ['FIN', 'SF', 'AX'],
  FR: ['F'],
  GL: ['DK'],
  HU: ['H'],
  IT: ['I'],
  LI: ['FL'],
  LU: ['L'],
  NO: ['N'],
  OM: ['PC'],
  PT: ['P'],
  RO: ['R'],
  SE: ['S'],
  SI: ['SLO'],
  SJ: ['NO', 'N'],
  SM: ['RSM'],
  VA: ['V'],
}

function buildShape (country: string): PostcodeShape | undefined {
  const known = getCountryByCode(country)
  const own = corrections[country]
  const pattern = own?.pattern ?? toPattern(known?.postalCodePatterns ?? [])
  if (pattern === undefined) return undefined
  const examples = [...own?.examples ?? [], ...own?.pattern === undefined ? known?.examplePostalCodes ?? [] : []]
  return { pattern, examples, digits: countDigits(examples), separators: findSeparators(examples) }
}

/** Converts patterns of the package, written as `/^…$/`. */
function toPattern (patterns: readonly string[]): RegExp | undefined {
  return patterns.length === 0 ? undefined : new RegExp(patterns.map(one => one.slice(1, -1)).join('|'))
}

function countDigits (examples: readonly string[]): number | undefined {
  const lengths = new Set(examples.map(example => /^[\d -]+$/.test(example) ? example.replace(/\D/g, '').length : undefined))
  return lengths.size === 1 ? [...lengths][0] : undefined
}

function findSeparators (examples: readonly string[]): Map<number, Array<readonly Separator[]>> {
  const found = new Map<number, Array<readonly Separator[]>>()
  for (const example of examples) {
    const { length } = example.replace(/[ -]/g, '')
    found.set(length, [...found.get(length) ?? [], listSeparators(example)])
  }
  return found
}

function listSeparators (example: string): Separator[] {
  return [...example.matchAll(/[ -]/g)].map((match, index) => ({ after: match.index - index, sign: match[0] }))
}
