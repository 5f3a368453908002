/** What a porter says of a count: how many envelopes, and where they differ from the list, which. Pure. */
import { z } from 'zod'
import type { FieldError } from '../../../institution/errors.js'
import { redactScan, readScan } from '../read-scan.js'

/** The envelopes that a count is compared with, by number. */
export interface ExpectedEnvelopes {
  /** At the desk, those that must go back among them. */
  readonly here: readonly string[]
  /** On their way when their slips ended: nobody can receive them, so they may lie at the desk or not. */
  readonly perhaps: readonly string[]
}

/** More lie at no desk; of a longer list nothing is read. */
export const MAX_COUNT = 500

export const countSchema = z.object({ counted: z.string().trim().min(1, { error: 'required', abort: true }).regex(/^\d{1,4}$/, 'how-many').transform(Number).pipe(z.number().max(MAX_COUNT)) })

/** The form of the differences. */
export interface CountEntry {
  readonly counted: number
  /** Numbers of the list that were ticked. */
  readonly ticked: readonly string[]
  /** Numbers that were scanned or typed, one to a line. */
  readonly written: string
}

export type CountComparison =
  | { readonly ok: true, readonly expected: number, readonly missing: string[], readonly unexpected: string[] }
  | { readonly ok: false, readonly errors: FieldError[], readonly written: string }

/**
 * Compares what lies there with what should. A number of the list that was scanned instead of ticked lies there too.
 * An envelope that may have arrived is expected when it lies there, and not missing when it does not.
 */
export function compareCount ({ counted, ticked, written }: CountEntry, { here, perhaps }: ExpectedEnvelopes): CountComparison {
  const lines = written.split(/[\r\n,;]+/, MAX_COUNT + 1).filter(line => line.trim() !== '')
  const listed = new Set([...here, ...perhaps])
  const scans = lines.map(readScan)
  const numbers = scans.flatMap(scan => scan.kind === 'slip' ? [scan.number] : [])
  const lying = new Set([...ticked.filter(number => listed.has(number)), ...numbers])
  const errors: FieldError[] = [
    ...numbers.length < scans.length ? [{ path: 'written', message: 'not-slip-numbers', values: { count: scans.length - numbers.length } }] : [],
    ...numbers.length === scans.length && lying.size !== counted ? [{ path: 'counted', message: 'count-differs', values: { counted, told: lying.size } }] : [],
  ]
  if (errors.length > 0) return { ok: false, errors, written: lines.map((line, i) => scans[i]!.kind === 'slip' ? line.trim() : redactScan(line)).filter(line => line !== '').join('\n') }
  const missing = here.filter(number => !lying.has(number))
  const unexpected = [...lying].filter(number => !listed.has(number))
  return { ok: true, expected: lying.size + missing.length - unexpected.length, missing, unexpected }
}
