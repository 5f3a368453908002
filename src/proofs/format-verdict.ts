/** Formats verdicts of the verifier as sentences, for the command line and the page. Pure. */
import type { ExportFault, ExportVerdict } from '../audit/transparency-log/export-manifest.js'
import type { CheckpointSourceFault, LogFault, Verdict } from '../audit/transparency-log/verify-tree.js'
import type { InvalidExportError } from '../audit/transparency-log/zip-directory.js'
import type { TextCounts } from '../audit/verification/verify-log.js'
import type { TextKey, TextValues } from '../i18n/translate.js'
import type { TableDifference } from './table-difference.js'
import type { RecordsVerification } from './verify-records.js'

/** `good`: verified; `note`: further information; `bad`: a fault. */
export interface VerdictMessage {
  readonly tone: 'good' | 'note' | 'bad'
  readonly key: TextKey
  readonly values: TextValues
}

/** Placeholder for an unknown event ID; shown as `verifier.unnamed`. */
export const UNKNOWN_EVENT = '?'

export function errorMessage (key: TextKey, values: TextValues = {}): VerdictMessage {
  return { tone: 'bad', key, values }
}

export function formatLogVerdict ({ leaves, covered, fault }: Verdict, checkpoints: number): VerdictMessage[] {
  if (fault !== undefined) return [errorMessage(`verifier.faults.${fault.kind}`, toFaultValues(fault))]
  const pending = leaves - covered
  return [
    { tone: 'good', key: 'verifier.results.log', values: { leaves: covered, checkpoints } },
    ...pending > 0 ? [infoMessage('verifier.results.pending', { count: pending })] : [],
  ]
}

export function formatTextsVerdict ({ bound, erased, fault }: TextCounts): VerdictMessage[] {
  if (fault !== undefined) return [errorMessage(`verifier.faults.${fault.kind}`, { event: fault.event, sequence: fault.sequence, name: fault.name })]
  return [infoMessage('verifier.results.texts', { bound, erased })]
}

export function formatRecordsVerdict ({ slips, fault }: RecordsVerification): VerdictMessage {
  return fault === undefined ? infoMessage('verifier.results.records', { slips }) : errorMessage(`verifier.faults.slip-${fault.kind}`, { number: fault.number, place: fault.place })
}

export function formatTablesVerdict (differences: readonly TableDifference[]): VerdictMessage[] {
  if (differences.length === 0) return [infoMessage('verifier.results.tables', {})]
  return differences.map(({ table, row, column, kind }) => errorMessage(`verifier.faults.row-${kind}`, { place: column === undefined ? table : `${table}.${column}`, row }))
}

export function formatSourceFault ({ kind, source }: CheckpointSourceFault): VerdictMessage {
  return errorMessage(`verifier.faults.${kind}`, { source })
}

export function formatExportVerdict (verdict: ExportVerdict): VerdictMessage {
  if (verdict.fault !== undefined) return formatExportFault(verdict.fault)
  const { manifest: { export: { files, rows }, proof }, size } = verdict
  return { tone: 'good', key: 'verifier.results.export', values: { files: files.length, rows, leaf: proof.index, size } }
}

/** Names the faulty file, or the export as a whole if no single file is at fault. */
export function formatInvalidExport ({ kind, file }: InvalidExportError, whole: string): VerdictMessage {
  return kind === 'zip-unreadable' || kind === 'zip-too-large' ? errorMessage(`verifier.missing.${kind}`) : errorMessage(`verifier.faults.${kind}`, { file: file ?? whole })
}

export function formatConsistencyVerdict (holds: boolean, from: number, to: number): VerdictMessage {
  return holds ? { tone: 'good', key: 'verifier.results.consistent', values: { from, to } } : errorMessage('verifier.faults.inconsistent', { from, to })
}

export function infoMessage (key: TextKey, values: TextValues): VerdictMessage {
  return { tone: 'note', key, values }
}

function formatExportFault (fault: ExportFault): VerdictMessage {
  if (fault.kind === 'checkpoint') return errorMessage(`verifier.faults.${fault.fault}`, { source: 'manifest.json' })
  return errorMessage(`verifier.faults.${fault.kind}`, 'file' in fault ? { file: fault.file } : {})
}

function toFaultValues (fault: LogFault): TextValues {
  switch (fault.kind) {
    case 'fork': return { size: fault.size, sources: fault.sources.join(', ') }
    case 'corrupt-range': return { from: fault.from, to: fault.to - 1, source: fault.source }
    case 'subtree': return { level: fault.level, index: fault.index }
    case 'altered': case 'removed': case 'inserted': case 'reordered': case 'cut': case 'record': case 'unsigned': return { leaf: fault.leaf, event: fault.event ?? UNKNOWN_EVENT }
    default: return fault satisfies never
  }
}
