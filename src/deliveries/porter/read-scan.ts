/** Recognises what was scanned or typed into a field for a slip number. Pure. */
import type { LayoutName } from '../../institution/keyboard-layouts.js'
import { CODE_LENGTH, containsActivationCode, findLayout, listScanReadings, readSlipNumber, readSymbols, SLIP_NUMBER_LENGTH, usesAlphabet } from '../../institution/typed-symbols.js'
import { parseSlipNumber } from '../../slips/codes.js'
import { readTrackingNumber } from '../tracking-number.js'

export type ScanResult =
  | { readonly kind: 'slip', readonly number: string }
  | { readonly kind: 'half', readonly symbols: number }
  | { readonly kind: 'layout', readonly layout: LayoutName }
  | { readonly kind: Exclude<NonSlipScan, 'half' | 'layout'> }

/** What was scanned instead of a slip number. Except for `layout`, these are keys under `porter.scan`. */
export type NonSlipScan = 'nothing' | 'half' | 'several' | 'layout' | 'check-symbol' | 'code' | 'address' | 'book' | 'product' | 'tracking-number' | 'other'

/**
 * Recognises a slip number or another barcode. It ignores characters between the symbols, because a scanner with another
 * keyboard layout types `+` or `/` for a hyphen. If the letters are wrong too, it names the layout and accepts nothing.
 */
export function readScan (text: string): ScanResult {
  const symbols = readSymbols(text)
  if (symbols === '' && text.trim().length < SLIP_NUMBER_LENGTH) return { kind: 'nothing' }
  const number = readSlipNumber(text)
  if (number === undefined && isCode(text)) return { kind: 'code' }
  // Letters that only look Latin may come from another layout, too. What reads as two numbers is none.
  const layout = number === undefined || hasForeignLetters(text) ? findLayout(text, reading => ![undefined, number].includes(readSlipNumber(reading))) : undefined
  if (layout !== undefined) return { kind: 'layout', layout }
  if (number !== undefined) return { kind: 'slip', number: parseSlipNumber(number)! }
  return symbols === '' ? { kind: 'nothing' } : recogniseOther(text, symbols)
}

function recogniseOther (text: string, symbols: string): ScanResult {
  if (/:\/\/|^\s*(https?|www\b)/iu.test(text)) return { kind: 'address' }
  const parts = symbols.match(/.{1,9}/gu) ?? []
  if (parts.length > 1 && parts.every(part => readSlipNumber(part) !== undefined)) return { kind: 'several' }
  for (const reading of listScanReadings(text)) {
    if (isEan13(reading)) return { kind: /^97[89]/.test(reading) ? 'book' : 'product' }
    const tracking = readTrackingNumber(reading)
    if (tracking.ok || tracking.fault !== 'tracking-shape') return { kind: 'tracking-number' }
  }
  if (symbols.length === SLIP_NUMBER_LENGTH) return { kind: 'check-symbol' }
  if (symbols.length < SLIP_NUMBER_LENGTH && usesAlphabet(symbols)) return { kind: 'half', symbols: symbols.length }
  return { kind: 'other' }
}

/** Returns the text that the field may show again, so that the user can correct a typing error. Removes anything else. */
export function redactScan (text: string): string {
  const { kind } = readScan(text)
  return kind === 'half' || kind === 'check-symbol' ? text.trim() : ''
}

/** Returns true for a code, even a mistyped one in the URL of a slip's QR code, which has the code as its fragment. */
function isCode (text: string): boolean {
  const fragment = text.slice(text.lastIndexOf('#') + 1)
  return containsActivationCode(text) || (text.includes('#') && readSymbols(fragment).length === CODE_LENGTH)
}

function hasForeignLetters (text: string): boolean {
  return /(?![\0-\x7f])[\p{L}\p{N}]/u.test(text.normalize('NFKC'))
}

/** Returns true for an EAN-13 number, including an ISBN: weights 1 and 3, modulo 10. */
function isEan13 (digits: string): boolean {
  if (!/^\d{13}$/.test(digits)) return false
  return [...digits].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0
}
