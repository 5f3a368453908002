/**
 * Generates, parses and formats activation codes and slip numbers; `institution/typed-symbols.ts` reads typed ones. Pure.
 * The alphabet has 31 symbols. Because 31 is prime, the check symbol detects every single wrong symbol and every swap
 * of two symbols (docs/facts.md, "The activation code").
 */
import { Secret } from '../institution/secret.js'
import { lineSchema } from '../institution/text.js'
import { ALPHABET, calculateCheckSymbol, CODE_LENGTH, containsActivationCode, hasRightCheckSymbol, readActivationCode, readSlipNumber, SLIP_NUMBER_LENGTH } from '../institution/typed-symbols.js'
import { hasOffensiveWord } from './offensive-words.js'

/** Returns `size` bytes from a secure source, such as `randomBytes` of `node:crypto`. */
export type RandomBytes = (size: number) => Uint8Array

/** Bytes from here on are discarded. Otherwise the first symbols would be more likely than the last. */
const UNBIASED_BYTE_LIMIT = 256 - 256 % ALPHABET.length

/** Generates `count` symbols, each equally likely. */
function generateSymbols (count: number, randomBytes: RandomBytes): string {
  let symbols = ''
  while (symbols.length < count) {
    const unbiased = [...randomBytes(count - symbols.length)].filter(byte => byte < UNBIASED_BYTE_LIMIT)
    symbols += unbiased.map(byte => ALPHABET[byte % ALPHABET.length]).join('')
  }
  return symbols
}

/** Formats symbols in groups as they are printed: `XXXXX-XXXXX-XXXXX` for groups of five. */
function formatInGroups (symbols: string, size: number): string {
  return symbols.match(new RegExp(`.{1,${size}}`, 'g'))!.join('-')
}

// Activation codes. Logging or serialising one does not reveal it.

/** An activation code. Only `reveal()` returns it, as `XXXXX-XXXXX-XXXXX`, for the paper and for its HMAC. */
export class ActivationCode extends Secret {
  /** @param symbols 15 symbols, the last of which is the check symbol; use `generateActivationCode` or `parseActivationCode` */
  constructor (symbols: string) {
    const bare = symbols.replaceAll('-', '')
    if (!hasRightCheckSymbol(bare, CODE_LENGTH)) throw new TypeError('Not an activation code.')
    super('activation code', formatInGroups(bare, 5))
  }
}

/** Generates a code of 14 random symbols and a check symbol: 69.4 bits, of which SP 800-63A-4 §3.9 requires 64. */
export function generateActivationCode (randomBytes: RandomBytes): ActivationCode {
  const symbols = generateSymbols(CODE_LENGTH - 1, randomBytes)
  return new ActivationCode(symbols + calculateCheckSymbol(symbols))
}

/** Parses a typed code, or the address in the QR code. Returns undefined when the length, a symbol or the check symbol is wrong. */
export function parseActivationCode (text: string): ActivationCode | undefined {
  const symbols = readActivationCode(text)
  return symbols === undefined ? undefined : new ActivationCode(symbols)
}

// Slip numbers: 8 random symbols and a check symbol. They are public and never sequential.

/**
 * Generates a slip number as it is printed and stored, such as `K7Q-XM2-P9V`. One with an offensive word is drawn again.
 * Activation codes are not: only their holder reads them, and every code stays equally likely.
 */
export function generateSlipNumber (randomBytes: RandomBytes): string {
  for (;;) {
    const symbols = generateSymbols(SLIP_NUMBER_LENGTH - 1, randomBytes)
    const number = symbols + calculateCheckSymbol(symbols)
    if (!hasOffensiveWord(number)) return formatInGroups(number, 3)
  }
}

/** Parses a typed or scanned slip number into its stored form. Returns undefined when the check symbol is wrong. */
export function parseSlipNumber (text: string): string | undefined {
  const symbols = readSlipNumber(text)
  return symbols && formatInGroups(symbols, 3)
}

// Stored text such as a note, a reason or a reference. It must not contain an activation code, which a user might scan
// or paste into the field and every later reader would see.

/** Creates a schema for one line of text that may be stored and shown to other users. */
export function storableText (maxLength: number) {
  return lineSchema(maxLength).refine(text => !containsActivationCode(text), 'holds-a-code')
}

/** Removes the values that contain an activation code, so that a form can show the typed values again. */
export function removeActivationCodes<V extends Readonly<Record<string, string>>> (values: V): V {
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, containsActivationCode(text) ? '' : text])) as V
}
