/** What the import page shows of an uploaded file: its progress, what it would change, or the result. */
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { accountHeaders } from '../../accounts/account-row.js'
import { formatFileError } from '../../accounts/import/file-errors.js'
import type { AccountChange, RejectedRow, RowRemark } from '../../accounts/import/import-accounts.js'
import { formatRemark, type NoteGroup } from '../../accounts/import/remarks.js'
import { formatRejection } from '../../accounts/import/side-files.js'
import { MAX_SHOWN_CHANGES } from '../../accounts/uploads/run-upload.js'
import { isRunning, listFirstFindings, type Upload, UPLOAD_LIFETIME_MS } from '../../accounts/uploads/upload-store.js'
import type { Database } from '../../database/schema.js'
import { formatDate, formatDateTime, formatNumber } from '../../i18n/formatters.js'
import { type Language, languages } from '../../i18n/locales.js'
import { accountStatuses, affiliations } from '../../institution/vocabulary.js'

/** A page shows so many warnings and rejected rows; the downloads have all. */
const MAX_SHOWN_FINDINGS = 100
const MAX_SHOWN_ROW_LENGTH = 200

export interface ViewContext {
  readonly request: FastifyRequest
  readonly db: Kysely<Database>
  readonly now: Date
  readonly timeZone: string
}

/** Which part of the page an upload needs; `stopped` is a run whose process no longer works on it. */
export type UploadStage = 'running' | 'stopped' | 'encoding-unknown' | 'refused' | 'checked' | 'imported'

export function stageOf (upload: Upload, now: Date): UploadStage {
  if (upload.state !== 'checking' && upload.state !== 'importing') return upload.state
  return isRunning(upload, now) ? 'running' : 'stopped'
}

/** What the upload form says about the columns of a file. */
export function toColumnHelp ({ t }: FastifyRequest) {
  const values = { affiliations, statuses: accountStatuses, languages }
  return accountHeaders.map(name => ({ name, text: t(`accountImport.upload.columns.${name}`, values) }))
}

/** Builds the data of `account-import/progress`. */
export function toProgressView (upload: Upload, { request: { t, language }, now }: ViewContext) {
  const [rows, of] = [upload.rows_read, upload.row_count ?? 0]
  const numbers = { rows: formatNumber(rows, language), of: formatNumber(of, language) }
  return {
    id: upload.id,
    name: upload.file_name,
    runId: upload.run_id,
    isImport: upload.state === 'importing',
    stage: stageOf(upload, now),
    rows,
    of,
    numbers,
    text: of === 0 ? t('accountImport.running.reading') : t('accountImport.running.progress', numbers),
  }
}

/** Builds the data of `account-import/encoding` and `account-import/refused`. */
export function toProblemView (upload: Upload, { request: { t } }: ViewContext) {
  const refusal = upload.facts?.refusal
  return { id: upload.id, name: upload.file_name, runId: upload.run_id, sample: upload.facts?.sample ?? [], reason: refusal === undefined ? '' : formatFileError(t, refusal) }
}

/** Builds the data of `account-import/checked` and `account-import/imported`. */
export async function toResultView (upload: Upload, context: ViewContext) {
  const { request: { t, language }, db, timeZone } = context
  const counts = upload.counts ?? { created: 0, updated: 0, unchanged: 0, warned: 0, rejected: 0 }
  const changes = await listFirstFindings<AccountChange>(db, upload.id, 'change', MAX_SHOWN_CHANGES)
  const warnings = await listFirstFindings<RowRemark>(db, upload.id, 'warning', MAX_SHOWN_FINDINGS)
  const rejected = await listFirstFindings<RejectedRow>(db, upload.id, 'rejected', MAX_SHOWN_FINDINGS)
  const file = upload.facts?.file
  const changed = counts.created + counts.updated
  return {
    id: upload.id,
    runId: upload.run_id,
    facts: [
      { label: t('accountImport.check.file'), value: upload.file_name },
      { label: t('accountImport.check.uploadedAt'), value: formatDateTime(upload.uploaded_at, timeZone, language) },
      { label: t('accountImport.check.rows'), value: formatNumber(upload.row_count ?? 0, language) },
      { label: t('accountImport.check.encoding'), value: file?.encoding.toUpperCase().replace('WINDOWS', 'Windows') },
      { label: t('accountImport.check.separator'), value: file && nameSeparator(t, file.delimiter) },
      { label: t('accountImport.check.ignored'), value: file?.ignored.join(', ') },
    ],
    counts: (['created', 'updated', 'unchanged', 'warned', 'rejected'] as const).map(name => ({ label: t(`accountImport.counts.${name}`), value: formatNumber(counts[name], language) })),
    changed,
    changedNumber: formatNumber(changed, language),
    isEmpty: upload.row_count === 0,
    changes: changes.map(change => toChangeRow(context.request, change)),
    hasMoreChanges: changed > changes.length,
    warnings: warnings.map(warning => ({ line: warning.line, username: warning.username, column: warning.column, text: formatRemark(t, 'warnings', warning) })),
    hasMoreWarnings: warnings.length === MAX_SHOWN_FINDINGS,
    rejected: rejected.map(({ row, errors }) => ({ line: row.line, reason: formatRejection(t, errors), row: row.cells.slice(file?.ownColumns ?? 0).filter(cell => cell.trim() !== '').join(' · ').slice(0, MAX_SHOWN_ROW_LENGTH) })),
    hasMoreRejected: rejected.length === MAX_SHOWN_FINDINGS,
    shown: MAX_SHOWN_FINDINGS,
    notes: (upload.facts?.notes ?? []).map(note => toNote(context.request, note)),
    keptZeros: upload.facts?.keptZeros ?? 0,
    shortensNumbers: upload.shortens_numbers,
    until: upload.ended_at === null ? undefined : new Date(upload.ended_at.getTime() + UPLOAD_LIFETIME_MS),
  }
}

type Translate = FastifyRequest['t']

function nameSeparator (t: Translate, sign: string): string {
  const names: Readonly<Record<string, 'comma' | 'semicolon' | 'tab'>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab' }
  return t(`accountImport.check.separators.${names[sign] ?? 'other'}`, { sign })
}

function toChangeRow ({ t, language }: FastifyRequest, { line, username, displayName, isNew, fields }: AccountChange) {
  const show = (column: string, value: string | null) => value === null ? t('accountImport.changes.none') : showValue(column, value, language)
  // Of a new account, fields without a value are nothing to look at.
  const shown = fields.filter(({ to }) => !isNew || to !== null)
  return { line, username, displayName, isNew, fields: shown.map(({ column, from, to }) => ({ column, from: isNew ? undefined : show(column, from), to: show(column, to) })) }
}

function toNote ({ t, language }: FastifyRequest, { first, count }: NoteGroup) {
  const { as } = first.values
  const values = as === undefined ? first.values : { ...first.values, as: showValue(first.column, String(as), language) }
  return { column: first.column, text: formatRemark(t, 'notes', { code: first.code, values }), rows: t('accountImport.noteList.rows', { count, line: first.line }) }
}

/** Dates are written for people, everything else as it is in the file. */
function showValue (column: string, value: string, language: Language): string {
  return column === 'birth_date' ? formatDate(value, language) : value
}
