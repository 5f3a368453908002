/** Puts the parts of an address into the order of its country, by Google's libaddressinput (docs/decisions/0022-addresses-abroad.md). Pure. */
import { formatAddress } from 'localized-address-format'
import { countryName } from './countries.js'

/** The parts of an address that its country puts in order. */
export interface AddressParts {
  readonly recipient?: string
  readonly lines: readonly string[]
  readonly postcode: string
  readonly town: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

export interface LaidOutLine {
  readonly text: string
  /** The field that the line shows: `recipient`, `lines.0` …, or `town`, also for the postcode. */
  readonly path: ReadonlyArray<string | number>
}

/**
 * Lays out an address in the order of its country, without the name of the country. The recipient is always first.
 * @param isDomestic whether the letter stays in the country: then the postcode has no country prefix (`SE-`)
 */
export function layOutAddress (parts: AddressParts, isDomestic: boolean): LaidOutLine[] {
  const values = new Map([[RECIPIENT, parts.recipient ?? ''], [TOWN, parts.town], [POSTCODE, parts.postcode], ...parts.lines.map((line, index) => [lineMark(index), line] as const)])
  const template = withPostcode(withTown(listTemplateLines(parts), parts), parts)
  return template
    .map(line => isDomestic ? line.replace(countryPrefix, '') : line)
    .map(line => ({ text: line.replace(anyMark, mark => values.get(mark)!), path: findPath(line) }))
    .filter(({ text }) => text !== '')
}

/** Returns whether addresses in the country have a state or province beside the town: Springfield IL, Roma RM. */
export function hasProvince (country: string): boolean {
  const printed = formatAddress({ postalCountry: country, locality: TOWN, administrativeArea: PROVINCE }, 'latin').join('')
  return printed.includes(TOWN) && printed.includes(PROVINCE)
}

// The library lays out marks instead of the texts, so that each printed line can be traced to its fields.

const RECIPIENT = '\ue000'
const TOWN = '\ue001'
const POSTCODE = '\ue002'
const PROVINCE = '\ue003'
const FIRST_LINE = 0xe010
const anyMark = /[\ue000-\ue0ff]/g
const lineMarks = /[\ue010-\ue0ff]/
const countryPrefix = /^[A-Z]{1,3}[- ]?(?=\ue002)/

function lineMark (index: number): string {
  return String.fromCharCode(FIRST_LINE + index)
}

function listTemplateLines ({ recipient, lines, postcode, country }: AddressParts): string[] {
  const marks = {
    postalCountry: country,
    name: recipient === undefined ? '' : RECIPIENT,
    addressLines: lines.map((_, index) => lineMark(index)),
    postalCode: postcode === '' ? '' : POSTCODE,
  }
  // Some formats have a province (the United Arab Emirates: the emirate) or an island instead of a town.
  const asTown = formatAddress({ ...marks, locality: TOWN }, 'latin')
  const template = asTown.some(line => line.includes(TOWN)) ? asTown : formatAddress({ ...marks, administrativeArea: TOWN }, 'latin')
  // Kazakhstan writes from the largest place down to the name. The sending post needs the name first.
  if (recipient !== undefined && template[0] !== RECIPIENT) return [RECIPIENT, ...marks.addressLines, TOWN, ...postcode === '' ? [] : [POSTCODE]]
  const printedCountry = countryName(country, 'en').toUpperCase()
  return template.map(line => line.trim()).filter(line => line !== printedCountry)
}

/** Adds the town where the country's format has none, unless it is the country's name, which is printed anyway (Singapore, Macao). */
function withTown (template: readonly string[], { town, country }: AddressParts): string[] {
  const isPrinted = template.some(line => line.includes(TOWN)) || town.toUpperCase() === countryName(country, 'en').toUpperCase()
  if (isPrinted) return [...template]
  const end = template.findLastIndex(line => line.includes(RECIPIENT) || findPath(line)[0] === 'lines') + 1
  return [...template.slice(0, end), TOWN, ...template.slice(end)]
}

/** Adds a postcode that the country's format does not have: after the town, or as the last line. */
function withPostcode (template: readonly string[], { postcode }: AddressParts): string[] {
  if (postcode === '' || template.some(line => line.includes(POSTCODE))) return [...template]
  const townLine = template.findIndex(line => line.includes(TOWN))
  return townLine === -1 ? [...template, POSTCODE] : template.with(townLine, `${template[townLine]!} ${POSTCODE}`)
}

function findPath (line: string): ReadonlyArray<string | number> {
  if (line.includes(RECIPIENT)) return ['recipient']
  const mark = line.includes(TOWN) || line.includes(POSTCODE) ? undefined : lineMarks.exec(line)?.[0]
  return mark === undefined ? ['town'] : ['lines', mark.charCodeAt(0) - FIRST_LINE]
}
