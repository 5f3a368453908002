/** The scan field of every porter's page: what was sent, as an envelope of this desk, or why it is none. */
import type { FastifyRequest } from 'fastify'
import { readFormValues } from '../../institution/input.js'
import { findSlip, type SlipDetails } from '../../slips/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import type { StepDeps } from '../take-step.js'
import { redactScan, SLIP_NUMBER_LENGTH, readScan, type NonSlipScan } from './read-scan.js'
import { visibilityOfDesk } from './queries.js'

/** The field as its partial wants it. */
export interface ScanField {
  readonly value?: string
  readonly error?: string
}

export type ScanLookup = { readonly slip: SlipDetails } | { readonly slip?: undefined, readonly field: ScanField, readonly status: 400 | 404 }

/** Finds the envelope of the field `number`. A scanned code or address is not shown again. */
export async function lookUpScan ({ db, now }: Pick<StepDeps, 'db' | 'now'>, request: FastifyRequest): Promise<ScanLookup> {
  const { number: text = '' } = readFormValues(request.body)
  const scan = readScan(text)
  if (scan.kind !== 'slip') {
    const error = request.t(`porter.scan.${scan.kind}`, { count: scan.kind === 'half' ? scan.symbols : 0, of: SLIP_NUMBER_LENGTH })
    return { field: { value: redactScan(text), error }, status: 400 }
  }
  const slip = await findSlip(db, scan.number, visibilityOfDesk(requireSession(request)), now())
  return slip === undefined ? { field: { error: request.t('porter.scan.unknown', { number: scan.number }) }, status: 404 } : { slip }
}

export type MisplacedScan = Exclude<NonSlipScan, 'nothing' | 'half' | 'check-symbol' | 'other'>

/** What else was scanned into a field that asks for no barcode; a short or wrong number is the field's own to judge. */
export function detectMisplacedScan (text = ''): MisplacedScan | undefined {
  const { kind } = readScan(text)
  return kind === 'code' || kind === 'address' || kind === 'book' || kind === 'product' || kind === 'tracking-number' ? kind : undefined
}

/** A scanner types into whatever field has the focus: the number of a slip that landed in one of these. */
export function findScannedSlipNumber (fields: ReadonlyArray<string | undefined>): string | undefined {
  for (const text of fields) {
    const scan = readScan(text ?? '')
    if (scan.kind === 'slip') return scan.number
  }
  return undefined
}
