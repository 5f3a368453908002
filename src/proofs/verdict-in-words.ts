/** Verdicts of the verifier as sentences, for the command line and the page alike. Pure. */
import type { TextKey, TextValues } from '../i18n/translate.js'
import type { ClaimFault } from '../audit/log/claims.js'
import type { LogFault, Verdict } from '../audit/log/examine.js'
import type { ExportFault, ExportVerdict } from '../audit/log/manifest.js'
import type { UnfitExport } from '../audit/log/unfit-export.js'
import type { Texts } from '../audit/verifying/database-evidence.js'
import type { RecordsVerified } from './verify-records.js'

/** `good`: it holds; `note`: what else there is to know; `bad`: a fault. */
export interface Sentence {
  readonly tone: 'good' | 'note' | 'bad'
  readonly key: TextKey
  readonly values: TextValues
}

/** What stands for the id of an event that nothing tells; it is `verifier.unnamed` in the reader's language. */
export const unnamed = '?'

export function bad (key: TextKey, values: TextValues = {}): Sentence {
  return { tone: 'bad', key, values }
}

export function logVerdict ({ leaves, covered, fault }: Verdict, checkpoints: number): Sentence[] {
  if (fault !== undefined) return [bad(`verifier.faults.${fault.kind}`, valuesOf(fault))]
  const pending = leaves - covered
  return [
    { tone: 'good', key: 'verifier.told.log', values: { leaves: covered, checkpoints } },
    ...pending > 0 ? [note('verifier.told.pending', { count: pending })] : [],
  ]
}

export function textsVerdict ({ bound, erased, presumed, fault }: Texts): Sentence[] {
  if (fault !== undefined) return [bad(`verifier.faults.${fault.kind}`, { event: fault.event, sequence: fault.sequence, name: fault.name })]
  return [note('verifier.told.texts', { bound, erased }), ...presumed > 0 ? [note('verifier.told.presumed', { count: presumed })] : []]
}

export function recordsVerdict ({ slips, fault }: RecordsVerified): Sentence {
  return fault === undefined ? note('verifier.told.records', { slips }) : bad(`verifier.faults.slip-${fault.kind}`, { number: fault.number, place: fault.place })
}

export function claimFault ({ kind, source }: ClaimFault): Sentence {
  return bad(`verifier.faults.${kind}`, { source })
}

export function exportVerdict (verdict: ExportVerdict): Sentence {
  if (verdict.fault !== undefined) return exportFault(verdict.fault)
  const { manifest: { export: { files, rows }, proof }, size } = verdict
  return { tone: 'good', key: 'verifier.told.export', values: { files: files.length, rows, leaf: proof.index, size } }
}

/** Where no file of it is to blame, `whole` names the export. */
export function unfitExport ({ kind, file }: UnfitExport, whole: string): Sentence {
  return kind === 'zip-unreadable' ? bad('verifier.missing.zip-unreadable') : bad(`verifier.faults.${kind}`, { file: file ?? whole })
}

export function consistencyVerdict (holds: boolean, from: number, to: number): Sentence {
  return holds ? { tone: 'good', key: 'verifier.told.consistent', values: { from, to } } : bad('verifier.faults.inconsistent', { from, to })
}

export function note (key: TextKey, values: TextValues): Sentence {
  return { tone: 'note', key, values }
}

function exportFault (fault: ExportFault): Sentence {
  if (fault.kind === 'checkpoint') return bad(`verifier.faults.${fault.fault}`, { source: 'manifest.json' })
  return bad(`verifier.faults.${fault.kind}`, 'file' in fault ? { file: fault.file } : {})
}

function valuesOf (fault: LogFault): TextValues {
  switch (fault.kind) {
    case 'split': return { size: fault.size, sources: fault.sources.join(', ') }
    case 'among': return { from: fault.from, to: fault.to - 1, source: fault.source }
    case 'subtree': return { level: fault.level, index: fault.index }
    default: return { leaf: fault.leaf, event: fault.event ?? unnamed }
  }
}
