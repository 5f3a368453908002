/**
 * Reads activation codes and slip numbers as people and scanners type them. Pure. The scripts of the pages import this
 * file too (`/assets/shared/`), so that browser and server recognise the same codes. docs/decisions/0021 gives the
 * reasons.
 */
import { type LayoutName, listLayoutReadings, toCapital } from './keyboard-layouts.js'

/** Without 0 and O, and without 1, I and L, because they look alike on paper. */
export const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** The number of symbols of an activation code, including its check symbol. */
export const CODE_LENGTH = 15
/** The number of symbols of a slip number, including its check symbol. */
export const SLIP_NUMBER_LENGTH = 9
/** The longest text that is read as one code or number: the address in the QR code has room in it. */
const MAX_TYPED_LENGTH = 200

/** Calculates the check symbol: Σ (i + 1) · value of symbol i, modulo 31. */
export function calculateCheckSymbol (symbols: string): string {
  const sum = [...symbols].reduce((total, symbol, i) => total + (i + 1) * ALPHABET.indexOf(symbol), 0)
  return ALPHABET[sum % ALPHABET.length]!
}

/** Returns true for `length` symbols of the alphabet of which the last is the right check symbol. */
export function hasRightCheckSymbol (symbols: string, length: number): boolean {
  return symbols.length === length && usesAlphabet(symbols) && calculateCheckSymbol(symbols.slice(0, -1)) === symbols.at(-1)
}

export function usesAlphabet (symbols: string): boolean {
  return [...symbols].every(symbol => ALPHABET.includes(symbol))
}

// From typed characters to symbols.

/** Cyrillic and Greek capitals that are printed like the Latin letter or the digit below them (Unicode UTS #39, confusables.txt). */
const lookAlikes: ReadonlyMap<string, string> = new Map([
  ['АВЕЅІӀЈКМНОРСТУҮХѴԚԜԌЗ', 'ABESIIJKMHOPCTYYXVQWG3'],
  ['ΑΒΕΖΗΙͿΚΜΝΟΡΤΥΧ', 'ABEZHIJKMNOPTYX'],
].flatMap(([from, to]) => [...from!].map((character, i) => [character, to![i]!] as const)))

/** Returns the capital, Latin letter or European digit that a character outside ASCII stands for. */
function toSymbol (character: string): string {
  const capital = toCapital(character)
  return lookAlikes.get(capital) ?? toEuropeanDigit(capital) ?? capital
}

/** Converts a decimal digit of any script. Unicode encodes the ten digits of a script in a row, beginning with zero. */
function toEuropeanDigit (character: string): string | undefined {
  if (!isDecimalDigit(character)) return undefined
  const codePoint = character.codePointAt(0)!
  let value = 0
  while (isDecimalDigit(String.fromCodePoint(codePoint - value - 1))) value++
  return String(value % 10)
}

function isDecimalDigit (character: string): boolean {
  return /^\p{Nd}$/u.test(character)
}

/** Converts a text to capitals, Latin letters and European digits where they look alike. Removes invisible characters. */
export function foldSymbols (text: string): string {
  return text.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '').replace(/[a-z]+/g, letters => letters.toUpperCase()).replace(/[^\0-\x7f]/gu, toSymbol)
}

function removeSeparators (folded: string): string {
  return folded.replace(/[^\p{L}\p{N}]/gu, '')
}

/** Reads the symbols of a text: case, width, script and everything between the symbols do not matter. */
export function readSymbols (text: string): string {
  return removeSeparators(foldSymbols(text))
}

/** What a scanner may put first, the AIM symbology identifier `]C1`. Another keyboard layout types another sign for `]`. */
const aimIdentifier = /^[\s\p{C}]*[^\p{L}\p{N}\s\p{C}]\p{L}\p{N}/u

/** Lists the symbols of a text, first as it is, then without a scanner's identifier. */
export function listScanReadings (text: string): string[] {
  if (text.length > MAX_TYPED_LENGTH) return []
  const folded = foldSymbols(text)
  return [folded, folded.replace(aimIdentifier, '')].map(removeSeparators)
}

// Codes and numbers.

/** Reads a slip number. @returns its nine symbols; undefined unless their check symbol is right */
export function readSlipNumber (text: string): string | undefined {
  return listScanReadings(text).find(symbols => hasRightCheckSymbol(symbols, SLIP_NUMBER_LENGTH))
}

/**
 * Reads an activation code, also from the whole address in the QR code, whatever became of its `#`: `%23`, or `£` on a
 * British keyboard. @returns its fifteen symbols; undefined unless their check symbol is right
 */
export function readActivationCode (text: string): string | undefined {
  return listCodeReadings(text).find(symbols => hasRightCheckSymbol(symbols, CODE_LENGTH))
}

function listCodeReadings (text: string): string[] {
  const readings = listScanReadings(text.replace(/%(?:25)*23/g, '#'))
  const fragment = /[#£＃￡]([^#£＃￡]*)$/u.exec(text)?.[1]
  return [
    ...readings,
    ...fragment === undefined || fragment.length > MAX_TYPED_LENGTH ? [] : [readSymbols(fragment)],
    ...readings.flatMap(symbols => symbols.includes('ACTIVATE') ? [symbols.slice(-CODE_LENGTH)] : []),
  ]
}

/** Returns the keyboard layout with which a text reads as something valid; undefined if it is valid with none. */
export function findLayout (text: string, isValid: (reading: string) => boolean): LayoutName | undefined {
  if (text.length > MAX_TYPED_LENGTH) return undefined
  return listLayoutReadings(text).find(reading => isValid(reading.text))?.layout
}

// Codes in the wrong place: a search box, a note, an address.

/** Three groups of five symbols with anything but letters and digits between them. The lookahead finds every start. */
const printedGroups = new RegExp(`(?<![\\p{L}\\p{N}])(?=([${ALPHABET}]{5}(?:[^\\p{L}\\p{N}]{0,5}[${ALPHABET}]{5}){2})(?![\\p{L}\\p{N}]))`, 'gu')

/** Characters that only a wrong keyboard layout types into a code. Without them, many long names would read as a code on some layout. */
const foreignCharacters = /[^\0-\x7f]|[&"(!]/

/** Returns true if the text contains a code as it is printed, or is a code, or several, in any spelling. */
export function containsActivationCode (text: string): boolean {
  if (text.length < CODE_LENGTH) return false
  return isWrittenCode(text) ||
    (foreignCharacters.test(text) && findLayout(text, isWrittenCode) !== undefined) ||
    [...foldSymbols(text).matchAll(printedGroups)].some(([, groups]) => hasRightCheckSymbol(removeSeparators(groups!), CODE_LENGTH))
}

/** Returns true for a text that is nothing but one code, its address, or codes one after another. */
function isWrittenCode (text: string): boolean {
  if (readActivationCode(text) !== undefined) return true
  const codes = text.length > 5 * MAX_TYPED_LENGTH ? [] : readSymbols(text).match(/.{1,15}/gu) ?? []
  return codes.length > 1 && codes.every(symbols => hasRightCheckSymbol(symbols, CODE_LENGTH))
}

/** A code in a text for machines: groups of five or fifteen symbols, also percent-encoded. */
const codeInLine = new RegExp(`(?:(?<![A-Za-z0-9])|%(?:25)*[0-9A-F]{2})((?:[${ALPHABET}]{5}(?:[^A-Za-z0-9]|%(?:25)*[0-9A-F]{2}){0,5}){2}[${ALPHABET}]{5})(?![A-Za-z0-9])`, 'gi')

/** Replaces the codes in a line of a log. Reads plain letters only: whatever else a user types is not logged. */
export function redactActivationCodes (line: string): string {
  return line.replace(codeInLine, (found: string, code: string) =>
    hasRightCheckSymbol(readSymbols(code.replace(/%(?:25)*[0-9A-F]{2}/gi, '')), CODE_LENGTH) ? found.replace(code, '[activation code]') : found)
}

/**
 * Returns true while a text may become a code: its first ten symbols with a digit and a letter, or the address. What is
 * typed is not sent before it is complete, because a code without its check symbol gives the code away.
 */
export function mayBecomeActivationCode (text: string): boolean {
  const symbols = readSymbols(text)
  return symbols.includes('ACTIVATE') || (symbols.length >= 10 && usesAlphabet(symbols) && /\d/.test(symbols) && /[A-Z]/.test(symbols))
}
