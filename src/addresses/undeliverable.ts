/** Recognises text in an address that a registered letter cannot be delivered to (docs/facts.md, "Registered letters"). Pure. */
import { languages } from '../i18n/locales.js'
import type { FieldError } from '../institution/base-error.js'
import { foldText } from '../institution/text.js'
import { countryInSentence, countryName } from './countries.js'
import { MAX_LINE_LENGTH, type PostalAddress } from './postal-address.js'

/** Words that mean that there is no address, in Finnish, Swedish, Norwegian, English, German, French and Spanish: patterns for a folded line. */
const noFixedAddress = [
  '(?:ei(?: ole)?|vailla|ilman) (?:vakituista |vakinaista |kiinteaa |pysyvaa |tunnettua )?(?:asuntoa|osoitetta|asuinpaikkaa|kotiosoitetta)', 'osoitetta ei ole',
  '(?:utan|ingen|saknar|okand) (?:fast |permanent |stadigvarande |kand )?(?:adress|bostad|hemvist|bostadsort)',
  '(?:uten|ingen|ukjent) (?:fast |kjent )?(?:adresse|bopel|bosted|bolig)',
  '(?:no|without|unknown) (?:a )?(?:fixed |permanent |known |home |current )?(?:abode|address|residence)',
  '(?:osoite|adress|adresse|address) (?:tuntematon|puuttuu|ei tiedossa|okand|saknas|ukjent|mangler|unknown|not known)',
  'ohne festen wohnsitz', '(?:kotiosoite|katuosoite|postiosoite|hemadress|gatuadress|home address) (?:puuttuu|saknas|missing)', 'turvakielto', '(?:hemlig|skyddad) adress', 'salainen osoite', 'secret address', 'address missing', 'same as (?:before|above|last time)',
  'see (?:e ?mail|above|below|ticket|request)', 'ask (?:the )?(?:student|holder|customer)', '(?:none|not) given', 'kysy (?:opiskelijalta|asiakkaalta)', 'fraga (?:studenten|kunden)', 'sans (?:domicile|adresse) fixe', 'sin domicilio fijo',
]
const noFixedAddressPattern = new RegExp(`(?:^| )(?:${noFixedAddress.join('|')})(?: |$)`)

/** The same as a whole line only, because the words are also parts of names. */
const noFixedAddressLines: ReadonlySet<string> = new Set(['asunnoton', 'koditon', 'vva', 'bostadslos', 'hemlos', 'hjemlos', 'ufb', 'homeless', 'nfa', 'ofw', 'sdf'])

/** Whole lines that fill a field without saying anything. */
const placeholders: ReadonlySet<string> = new Set([
  'n a', 'na', 'nil', 'null', 'none', 'not known', 'not available', 'not applicable', 'unknown', 'tba', 'tbc', 'tbd', 'address', 'same', 'see above', 'test', '0', '00', '000',
  'tuntematon', 'ei tiedossa', 'ei tietoa', 'ei ole', 'puuttuu', 'osoite', 'sama', 'salainen',
  'okand', 'saknas', 'uppgift saknas', 'ingen', 'finns inte', 'adress', 'samma', 'ukjent', 'mangler', 'adresse', 'samme',
])

/**
 * Parcel lockers and pick-up points of the posts and carriers in Finland and the countries around it: patterns for a
 * folded line.
 */
const parcelLockers = [
  'automaatti', '(?:paketti|noutopiste|postin?) ?automaat', 'paketti(?:boksi|kaappi|lokero|piste)', 'box by posti', '(?:posti|omniva|dpd|ups|gls|amazon) locker', 'noutopiste', 'postin palvelupiste', 'matkahuol(?:to|lon)(?: |$)', 'smart ?post',
  'pakett? ?(?:automat|box|skap)', 'utlamningsstalle', 'hamtningsstalle', 'postens? servicestalle', 'postombud', 'instabox', 'budbee',
  'pakke ?(?:automat|boks)', 'utleveringssted', 'hentested',
  'parcel ?(?:locker|box|shop|point|machine|terminal)', 'pick ?up (?:point|location|parcel)', 'dpd pick ?up', 'collection point', 'dhl service ?point',
  'pakiautomaa', 'pakomat', 'pastomat', 'packstation', 'paczkomat', 'inpost',
]
/** The words may have endings, but not that of a street. */
const parcelLockerPattern = new RegExp(`(?:^| )(?:${parcelLockers.join('|')})(?!\\p{L}*(?:tie|kuja|katu|vagen|gatan|veien|gata)(?: |$))`, 'u')

const emailOrWebAddress = /\S@\S+\.\S|https?:|(?:^|\s)www\./i
/** A number with its country, one after a word for phone, a line of digits only, or a Finnish mobile number. */
const phoneNumber = /\+\d[\d ()/.-]{6,}|(?:^|[\s,;])(?:puh|puhelin|gsm|mob|mobil|matkapuhelin|tel|telefon|tfn|tlf|phone|mobile|p)\b[.:]?\s*\(?\+?\d[\d ()/.-]{4,}|^[\d ()/.-]{8,}$|(?:^|[\s,;])0(?:4\d|50)[ -]?\d{3}[\d -]{2,}/iu

/** A postcode of five digits and a town at the end of a line: a second place, which could be inside the area without letters. */
const secondPlace = /(?:^|[\s,])(?:[A-Z]{2}-)?\p{Nd}{5}\s+\p{L}[\p{L}\s-]+$/u

/** Only whose letter box it is, not where. */
const careOf = /^(?:c\s?\/\s?o\b|℅|care of\b)[^,\p{Nd}]*$/iu

/** Lists the parts of the address that are no part of an address, or that show that there is none. Paths begin at the letter. Text that is too long is reported elsewhere. */
export function listUndeliverableParts (address: PostalAddress, homeCountry: string): FieldError[] {
  return [
    address.lines.length > 0 && address.lines.every(line => careOf.test(line)) ? { path: 'lines', message: 'lines-missing' } : undefined,
    ...address.lines.map((line, index) => findFault(`lines.${index}`, findLineFault(line, address, homeCountry))),
    findFault('town', findTownFault(address)),
    ...[...address.lines.map((line, index) => [`lines.${index}`, line] as const), ['town', address.town] as const]
      .map(([path, text]) => namesHomeCountry(text, path, homeCountry, address.country) ? { path, ...describeOtherCountry(homeCountry, address.country) } : undefined),
  ].filter(fault => fault !== undefined)
}

/** Returns whether no line has a house or box number, which is rare but right for some farms, and for poste restante. */
export function lacksNumber (lines: readonly string[]): boolean {
  return !lines.some(line => /\p{Nd}|poste restante/iu.test(line))
}

function findFault (path: string, message: string | undefined): FieldError | undefined {
  return message === undefined ? undefined : { path, message }
}

function findLineFault (line: string, { postcode, town, country }: PostalAddress, homeCountry: string): string | undefined {
  if (line.length > MAX_LINE_LENGTH) return undefined
  const folded = foldText(line)
  if (emailOrWebAddress.test(line) || isPhoneNumber(line)) return 'contact-in-address'
  if (noFixedAddressLines.has(folded) || noFixedAddressPattern.test(folded)) return 'no-fixed-address'
  if (parcelLockerPattern.test(folded)) return 'parcel-locker'
  if (placeholders.has(folded) || /^x{1,5}$/.test(folded)) return 'not-an-address'
  if (country === homeCountry && secondPlace.test(line)) return 'place-in-line'
  const place = [foldText(postcode), foldText(town)]
  const alone = [place[0]!, place[1]!, place.join(' '), place.toReversed().join(' ')].map(removeSpaces)
  if (alone.includes(removeSpaces(folded))) return 'place-in-line'
  return country === homeCountry && /^\p{Nd}+$/u.test(folded) ? 'not-an-address' : undefined
}

function isPhoneNumber (line: string): boolean {
  const found = phoneNumber.exec(line)?.[0]
  return found !== undefined && found.replace(/\D/g, '').length >= 6
}

/** The town must be a name, without the postcode, which would be printed twice. */
function findTownFault ({ postcode, town }: PostalAddress): string | undefined {
  if (town.length > MAX_LINE_LENGTH) return undefined
  const folded = foldText(town)
  if (placeholders.has(folded) || /^x{1,5}$/.test(folded)) return 'required'
  if (emailOrWebAddress.test(town) || isPhoneNumber(town)) return 'contact-in-address'
  const inTown = foldText(postcode)
  return inTown !== '' && ` ${folded} `.includes(` ${inTown} `) ? 'postcode-in-town' : undefined
}

/** Returns whether a letter abroad names the home country: as a part of a line between commas, or as a word of the town. */
function namesHomeCountry (text: string, path: string, homeCountry: string, country: string): boolean {
  if (country === homeCountry || text.length > MAX_LINE_LENGTH) return false
  const names = languages.map(language => foldText(countryName(homeCountry, language)))
  const parts = text.split(',').map(foldText)
  return path === 'town' ? names.some(name => ` ${foldText(text)} `.includes(` ${name} `)) : parts.some(part => names.includes(part))
}

function describeOtherCountry (homeCountry: string, country: string): Omit<FieldError, 'path'> {
  return { message: 'other-country', values: { named: countryInSentence(homeCountry), country: countryInSentence(country) } }
}

function removeSpaces (text: string): string {
  return text.replaceAll(' ', '')
}
