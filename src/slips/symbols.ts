/**
 * The symbols of activation codes and slip numbers: their alphabet, check symbol and reading. Pure.
 * 31 is prime, which makes the check symbol catch every single wrong symbol and every swap of two
 * (docs/facts.md, "The activation code").
 */

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
