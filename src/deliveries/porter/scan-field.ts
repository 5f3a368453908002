/** The scan field of the porter's pages: finds the scanned envelope of this desk, or explains why there is none. */
import type { FastifyRequest } from 'fastify'
import { readFormValues } from '../../institution/input.js'
import { SLIP_NUMBER_LENGTH } from '../../institution/typed-symbols.js'
import { findSlip, type SlipDetails } from '../../slips/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import type { StepDeps } from '../take-step.js'
import { redactScan, readScan, type NonSlipScan } from './read-scan.js'
import { visibilityOfDesk } from './queries.js'

/** The data of the scan field. */
export interface ScanField {
  readonly value?: string
  readonly error?: string
}

export type ScanLookup = { readonly slip: SlipDetails } | { readonly slip?: undefined, readonly field: ScanField, readonly status: 400 | 404 }

/** Returns the field `number` of a form that comes back: a slip number or a part of one, never a scanned code or address. */
export function readScanField (request: FastifyRequest): ScanField {
  const { number: text = '' } = readFormValues(request.body)
  const scan = readScan(text)
  return { value: scan.kind === 'slip' ? scan.number : redactScan(text) }
}

/** Finds the envelope of the field `number`. A scanned code or address is not shown again. */
export async function lookUpScan ({ db, now }: Pick<StepDeps, 'db' | 'now'>, request: FastifyRequest): Promise<ScanLookup> {
  const { number: text = '' } = readFormValues(request.body)
  const scan = readScan(text)
  if (scan.kind !== 'slip') {
    const error = scan.kind === 'layout'
      ? request.t(`fields.layout-${scan.layout}`)
      : request.t(`porter.scan.${scan.kind}`, { count: scan.kind === 'half' ? scan.symbols : 0, of: SLIP_NUMBER_LENGTH })
    return { field: { value: redactScan(text), error }, status: 400 }
  }
  const slip = await findSlip(db, scan.number, visibilityOfDesk(requireSession(request)), now())
  return slip === undefined ? { field: { error: request.t('porter.scan.unknown', { number: scan.number }) }, status: 404 } : { slip }
}

export type MisplacedScan = Exclude<NonSlipScan, 'nothing' | 'half' | 'several' | 'layout' | 'check-symbol' | 'other'>

/** Recognises a scan in a field that expects no barcode. An incomplete or wrong number is left to the field's own check. */
export function detectMisplacedScan (text = ''): MisplacedScan | undefined {
  const { kind } = readScan(text)
  return kind === 'code' || kind === 'address' || kind === 'book' || kind === 'product' || kind === 'tracking-number' ? kind : undefined
}

/** Finds a slip number that was scanned into one of these fields, because a scanner types into the focused field. */
export function findScannedSlipNumber (fields: ReadonlyArray<string | undefined>): string | undefined {
  for (const text of fields) {
    const scan = readScan(text ?? '')
    if (scan.kind === 'slip') return scan.number
  }
  return undefined
}
