/** Compares a porter's count with the records. Pure. */
import { z } from 'zod'
import type { FieldError } from '../../../institution/base-error.js'
import type { LayoutName } from '../../../institution/keyboard-layouts.js'
import { redactScan, readScan } from '../read-scan.js'

/** The slip numbers of the envelopes that a count is compared with. */
export interface ExpectedEnvelopes {
  /** Envelopes at the desk, including those that must be returned. */
  readonly here: readonly string[]
  /** Envelopes that were on their way when their slips ended. They cannot be received, so they may or may not be here. */
  readonly perhaps: readonly string[]
}

/** No desk has more envelopes. The rest of a longer list is ignored. */
export const MAX_COUNT = 500

export const countSchema = z.object({ counted: z.string().trim().min(1, { error: 'required', abort: true }).regex(/^\d{1,4}$/, 'how-many').transform(Number).pipe(z.number().max(MAX_COUNT)) })

/** The form of the differences. */
export interface CountEntry {
  readonly counted: number
  /** Listed numbers that were ticked. */
  readonly ticked: readonly string[]
  /** Scanned or typed numbers, one per line. */
  readonly written: string
}

export type CountComparison =
  | { readonly ok: true, readonly expected: number, readonly missing: string[], readonly unexpected: string[] }
  | { readonly ok: false, readonly errors: FieldError[], readonly written: string }

/**
 * Compares the envelopes found with those expected. A listed number counts as found if it was ticked or scanned. An
 * envelope of `perhaps` is expected if it was found, and is not missing otherwise.
 */
export function compareCount ({ counted, ticked, written }: CountEntry, { here, perhaps }: ExpectedEnvelopes): CountComparison {
  const lines = written.split(/[\r\n\t,;]+/, MAX_COUNT + 1).filter(line => line.trim() !== '')
  const listed = new Set([...here, ...perhaps])
  const scans = lines.map(readScan)
  const numbers = scans.flatMap(scan => scan.kind === 'slip' ? [scan.number] : [])
  const layout = findScanLayout(written)
  const found = new Set([...ticked.filter(number => listed.has(number)), ...numbers])
  const errors: FieldError[] = [
    ...layout === undefined ? [] : [{ path: 'written', message: `layout-${layout}` }],
    ...numbers.length < scans.length ? [{ path: 'written', message: 'not-slip-numbers', values: { count: scans.length - numbers.length } }] : [],
    ...numbers.length === scans.length && found.size !== counted ? [{ path: 'counted', message: 'count-differs', values: { counted, entered: found.size } }] : [],
  ]
  if (errors.length > 0) return { ok: false, errors, written: lines.map((line, i) => scans[i]!.kind === 'slip' ? line.trim() : redactScan(line)).filter(line => line !== '').join('\n') }
  const missing = here.filter(number => !found.has(number))
  const unexpected = [...found].filter(number => !listed.has(number))
  return { ok: true, expected: found.size + missing.length - unexpected.length, missing, unexpected }
}

/** Finds the wrong keyboard layout of the first scan that has one. The lines are not split at commas, which some layouts type for a letter. */
function findScanLayout (written: string): LayoutName | undefined {
  for (const line of written.split(/[\r\n\t]+/, MAX_COUNT + 1)) {
    const scan = readScan(line)
    if (scan.kind === 'layout') return scan.layout
  }
  return undefined
}
