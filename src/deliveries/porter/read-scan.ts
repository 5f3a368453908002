/** Recognises what was scanned or typed into a field for a slip number. Pure. */
import { ALPHABET, parseActivationCode, parseSlipNumber } from '../../slips/codes.js'
import { readTrackingNumber } from '../tracking-number.js'

/** The number of symbols of a slip number, including its check symbol. */
export const SLIP_NUMBER_LENGTH = 9

export type ScanResult =
  | { readonly kind: 'slip', readonly number: string }
  | { readonly kind: 'half', readonly symbols: number }
  | { readonly kind: Exclude<NonSlipScan, 'half'> }

/** What was scanned instead of a slip number. These are keys under `porter.scan`. */
export type NonSlipScan = 'nothing' | 'half' | 'check-symbol' | 'code' | 'address' | 'book' | 'product' | 'tracking-number' | 'other'

/**
 * Recognises a slip number or another barcode. It ignores characters between the symbols, because a scanner with another
 * keyboard layout types `+` or `/` for a hyphen.
 */
export function readScan (text: string): ScanResult {
  const symbols = text.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase()
  if (symbols === '') return { kind: 'nothing' }
  if (containsActivationCode(text, symbols)) return { kind: 'code' }
  const number = parseSlipNumber(symbols)
  if (number !== undefined) return { kind: 'slip', number }
  if (/:\/\/|^\s*(https?|www\b)/iu.test(text)) return { kind: 'address' }
  if (isEan13(symbols)) return { kind: /^97[89]/.test(symbols) ? 'book' : 'product' }
  const tracking = readTrackingNumber(symbols)
  if (tracking.ok || tracking.fault !== 'tracking-shape') return { kind: 'tracking-number' }
  if (symbols.length === SLIP_NUMBER_LENGTH) return { kind: 'check-symbol' }
  if (symbols.length < SLIP_NUMBER_LENGTH && usesCodeAlphabet(symbols)) return { kind: 'half', symbols: symbols.length }
  return { kind: 'other' }
}

/** Returns the text that the field may show again, so that the user can correct a typing error. Removes anything else. */
export function redactScan (text: string): string {
  const { kind } = readScan(text)
  return kind === 'half' || kind === 'check-symbol' ? text.trim() : ''
}

/** Returns true for a code, or for the URL in the QR code of a slip, which has the code as its fragment. */
function containsActivationCode (text: string, symbols: string): boolean {
  const fragment = text.slice(text.lastIndexOf('#') + 1).replace(/[^\p{L}\p{N}]/gu, '')
  return parseActivationCode(symbols) !== undefined || (text.includes('#') && fragment.length === 15)
}

function usesCodeAlphabet (symbols: string): boolean {
  return [...symbols].every(symbol => ALPHABET.includes(symbol))
}

/** Returns true for an EAN-13 number, including an ISBN: weights 1 and 3, modulo 10. */
function isEan13 (digits: string): boolean {
  if (!/^\d{13}$/.test(digits)) return false
  return [...digits].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0
}
