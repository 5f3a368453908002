/**
 * The symbols of activation codes and slip numbers: their alphabet, check symbol and reading. Pure.
 * 31 is prime, which makes the check symbol catch every single wrong symbol and every swap of two
 * (docs/facts.md, "The activation code").
 */
import { Secret } from '../institution/secret.js'
import { lineSchema } from '../institution/text.js'

/** No 0 and O, no 1, I and L: they look alike on paper. */
export const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** Gives `size` bytes from the system's secure source: `randomBytes` of `node:crypto`. */
export type RandomBytes = (size: number) => Uint8Array

/** Bytes from here on are thrown away: keeping them would make the first symbols likelier than the last. */
const UNBIASED_BYTE_LIMIT = 256 - 256 % ALPHABET.length

/** `count` symbols, every one as likely as any other. */
export function generateSymbols (count: number, randomBytes: RandomBytes): string {
  let symbols = ''
  while (symbols.length < count) {
    const fair = [...randomBytes(count - symbols.length)].filter(byte => byte < UNBIASED_BYTE_LIMIT)
    symbols += fair.map(byte => ALPHABET[byte % ALPHABET.length]).join('')
  }
  return symbols
}

/** Σ (i + 1) · value of symbol i, modulo 31, as a symbol. */
export function calculateCheckSymbol (symbols: string): string {
  const sum = [...symbols].reduce((total, symbol, i) => total + (i + 1) * ALPHABET.indexOf(symbol), 0)
  return ALPHABET[sum % ALPHABET.length]!
}

/**
 * What a person typed, as bare symbols: case, spaces and hyphens do not matter.
 * Undefined unless it is `length` symbols of the alphabet of which the last checks the others.
 */
export function parseSymbols (text: string, length: number): string | undefined {
  if (text.length > 100) return undefined
  const symbols = text.replace(/[\s\p{Pd}]/gu, '').toUpperCase()
  const wellFormed = symbols.length === length && [...symbols].every(symbol => ALPHABET.includes(symbol))
  return wellFormed && calculateCheckSymbol(symbols.slice(0, -1)) === symbols.at(-1) ? symbols : undefined
}

/** Symbols in groups as they are printed: `XXXXX-XXXXX-XXXXX` for groups of five. */
export function formatInGroups (symbols: string, size: number): string {
  return symbols.match(new RegExp(`.{1,${size}}`, 'g'))!.join('-')
}

// The secret of a slip. It can be carried about, logged and serialised without being told. Pure.

/** An activation code that shows itself only to `reveal()`, as `XXXXX-XXXXX-XXXXX`: for the paper, and for its HMAC. */
export class ActivationCode extends Secret {
  /** @param symbols 15 symbols of which the last checks the others; use `generateActivationCode` or `parseActivationCode`. */
  constructor (symbols: string) {
    const read = parseSymbols(symbols, 15)
    if (read === undefined) throw new TypeError('Not an activation code.')
    super('activation code', formatInGroups(read, 5))
  }
}

/** A fresh code: 14 random symbols, 69.4 bits (SP 800-63A-4 §3.9 asks for 64), and their check symbol. */
export function generateActivationCode (randomBytes: RandomBytes): ActivationCode {
  const symbols = generateSymbols(14, randomBytes)
  return new ActivationCode(symbols + calculateCheckSymbol(symbols))
}

/** The code that a person typed; undefined when its check symbol tells a typing error. */
export function parseActivationCode (text: string): ActivationCode | undefined {
  const symbols = parseSymbols(text, 15)
  return symbols === undefined ? undefined : new ActivationCode(symbols)
}

// The public number of a slip: 8 random symbols and a check symbol, `XXX-XXX-XXX`; never sequential. Pure.

/** A fresh slip number as it is printed and stored, such as `K7Q-XM2-P9V`. */
export function generateSlipNumber (randomBytes: RandomBytes): string {
  const symbols = generateSymbols(8, randomBytes)
  return formatInGroups(symbols + calculateCheckSymbol(symbols), 3)
}

/** A slip number as stored, from what was typed or scanned; undefined when its check symbol says it is none. */
export function parseSlipNumber (text: string): string | undefined {
  const symbols = parseSymbols(text, 9)
  return symbols && formatInGroups(symbols, 3)
}

// Typed text that is kept: a note, a reason, a reference. It never holds an activation code, which somebody with
// a scanner or a habit might put there and everybody would read afterwards. Pure.

const SYMBOL_GROUP_PATTERN = `[${ALPHABET}]{5}`
const codePattern = new RegExp(`(?<![A-Z0-9])${SYMBOL_GROUP_PATTERN}[\\s\\p{P}]{0,3}${SYMBOL_GROUP_PATTERN}[\\s\\p{P}]{0,3}${SYMBOL_GROUP_PATTERN}(?![A-Z0-9])`, 'gu')

/** True when a code stands somewhere in the text, or is the text however it is spaced. */
export function hasActivationCode (text: string): boolean {
  const capitals = text.toUpperCase()
  return [capitals.replace(/[^A-Z0-9]/g, ''), ...capitals.match(codePattern) ?? []]
    .some(part => parseActivationCode(part.replace(/[^A-Z0-9]/g, '')) !== undefined)
}

/** One line of text with a limit, which may be stored and shown to others. */
export function storableText (longest: number) {
  return lineSchema(longest).refine(text => !hasActivationCode(text), 'holds-a-code')
}

/** What was typed, to be shown again for mending: a code is not. */
export function removeActivationCodes<V extends Readonly<Record<string, string>>> (values: V): V {
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, hasActivationCode(text) ? '' : text])) as V
}
