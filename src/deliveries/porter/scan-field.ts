/** The scan field of every porter's page: what was sent, as an envelope of this desk, or why it is none. */
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../app.js'
import { findSlip, type SlipRow } from '../../slips/queries.js'
import { signedIn } from '../../staff/authenticate.js'
import { keptScan, numberLength, readScan, type NoSlip } from '../read-scan.js'
import { sightOfDesk } from './desk.js'

/** The field as its partial wants it. */
export interface ScanField {
  readonly value?: string
  readonly error?: string
}

export type Scanned = { readonly slip: SlipRow } | { readonly slip?: undefined, readonly field: ScanField, readonly status: 400 | 404 }

/** Finds the envelope of the field `number`. Nothing of a scanned code or address is kept. */
export async function scanned ({ db, now }: Deps, request: FastifyRequest): Promise<Scanned> {
  const { number: sent } = (request.body ?? {}) as { number?: unknown }
  const text = typeof sent === 'string' ? sent : ''
  const scan = readScan(text)
  if (scan.kind !== 'slip') {
    const error = request.t(`porter.scan.${scan.kind}`, { count: scan.kind === 'half' ? scan.symbols : 0, of: numberLength })
    return { field: { value: keptScan(text), error }, status: 400 }
  }
  const slip = await findSlip(db, scan.number, sightOfDesk(signedIn(request)), now())
  return slip === undefined ? { field: { error: request.t('porter.scan.unknown', { number: scan.number }) }, status: 404 } : { slip }
}

export type StrayScan = Exclude<NoSlip, 'nothing' | 'half' | 'check-symbol' | 'other'>

/** What else was scanned into a field that asks for no barcode; a short or wrong number is the field's own to judge. */
export function strayScan (text = ''): StrayScan | undefined {
  const { kind } = readScan(text)
  return kind === 'code' || kind === 'address' || kind === 'book' || kind === 'product' || kind === 'tracking-number' ? kind : undefined
}

/** A scanner types into whatever field has the focus: the number of a slip that landed in one of these. */
export function scannedInto (fields: ReadonlyArray<string | undefined>): string | undefined {
  for (const text of fields) {
    const scan = readScan(text ?? '')
    if (scan.kind === 'slip') return scan.number
  }
  return undefined
}
