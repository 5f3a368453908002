/** Parses the tracking number of a registered letter: UPU S10 (docs/facts.md, "Registered letters"). Pure. */

import { isCountryCode } from '../addresses/countries.js'
import type { LayoutName } from '../institution/keyboard-layouts.js'
import { findLayout, listScanReadings } from '../institution/typed-symbols.js'

/** `RR123456785FI`: two letters, eight digits, a check digit, the country of posting. */
const s10Pattern = /^([A-Z]{2})(\d{8})(\d)([A-Z]{2})$/
const checkDigitWeights = [8, 6, 4, 2, 3, 5, 9, 7]

export type TrackingNumberResult = { readonly ok: true, readonly number: string } | { readonly ok: false, readonly fault: TrackingNumberFault }

/** Keys under `fields`. A wrong check digit is reported and not corrected, because any digit can be wrong. */
export type TrackingNumberFault = 'tracking-shape' | 'tracking-country' | 'tracking-check-digit' | 'tracking-not-registered' | `layout-${LayoutName}`

/** Parses a typed or scanned number. Case, width, separators and what a scanner adds do not matter. A wrong keyboard layout is named. */
export function readTrackingNumber (typed: string): TrackingNumberResult {
  const [typedReading = '', ...otherReadings] = listScanReadings(typed)
  const read = parseTrackingNumber(typedReading)
  const other = otherReadings.map(parseTrackingNumber).find(({ ok }) => ok)
  if (read.ok || other !== undefined) return other ?? read
  const layout = findLayout(typed, reading => listScanReadings(reading).some(symbols => parseTrackingNumber(symbols).ok))
  return layout === undefined ? read : { ok: false, fault: `layout-${layout}` }
}

function parseTrackingNumber (number: string): TrackingNumberResult {
  const [, service, serial, check, country] = s10Pattern.exec(number) ?? []
  if (service === undefined || serial === undefined || country === undefined) return { ok: false, fault: 'tracking-shape' }
  if (String(calculateCheckDigit(serial)) !== check) return { ok: false, fault: 'tracking-check-digit' }
  if (!service.startsWith('R')) return { ok: false, fault: 'tracking-not-registered' }
  if (!isCountryCode(country)) return { ok: false, fault: 'tracking-country' }
  return { ok: true, number }
}

/** Calculates the ninth digit. @param serial eight digits */
function calculateCheckDigit (serial: string): number {
  const sum = [...serial].reduce((total, digit, i) => total + Number(digit) * checkDigitWeights[i]!, 0)
  const check = 11 - (sum % 11)
  return check === 10 ? 0 : check === 11 ? 5 : check
}
