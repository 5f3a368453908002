/** Exports delivery records. The export is recorded before its first byte, and again with the file's hash after its last. */
import { createHash, randomUUID } from 'node:crypto'
import { formatRfc3339 } from '../../i18n/formatters.js'
import type { Profile } from '../../institution/profile.js'
import { requireCurrentCheckpoint, type SealingDeps } from '../../proofs/event-proof.js'
import { describeFilter } from '../../slips/access-events.js'
import type { Session } from '../../staff/session.js'
import { countAllRecords, type DeliveryRecord, type FlatRecord } from '../records/delivery-record.js'
import { resolveFilter } from '../records/list-records.js'
import type { RecordFilter, ResolvedFilter } from '../records/record-filter.js'
import type { ExportFormat } from './formats.js'
import { type ExportStatement, type Manifest, readSequenceRange, recordExportAbort, recordExportEnd, recordExportStart } from './manifest.js'
import { openRecordReader, type RecordReader, type RecordReaderDeps, streamFlatRecords, streamRecords } from './record-reader.js'
import type { ProgressReporter } from './running-exports.js'

export interface RunExportDeps extends SealingDeps, RecordReaderDeps {
  readonly profile: Profile
}

/** Renders the file in chunks, from pages of records or from other data that the reader can query. */
export type RenderFn = (source: ExportSource) => AsyncIterable<string | Buffer>

export interface ExportSource {
  /** Pages of records. Call either this or `flatRecords`, which has the steps in one cell, and only once. */
  records (): AsyncIterable<readonly DeliveryRecord[]>
  flatRecords (): AsyncIterable<readonly FlatRecord[]>
  readonly reader: RecordReader
  readonly filter: ResolvedFilter
  readonly at: Date
}

export interface ExportRequest {
  readonly format: ExportFormat
  readonly filter: RecordFilter
  /** The name of the file with its extension. */
  readonly fileName: string
  readonly columns: readonly string[]
  readonly render: RenderFn
  readonly progress?: ProgressReporter | undefined
}

export interface RunningExport {
  readonly id: string
  /** The expected number of records. Without a snapshot, the real number can differ if slips change in the meantime. */
  readonly total: number
  /** Streams the file; call it once. The export is complete after the last chunk. */
  file (): AsyncGenerator<Buffer>
  /** Returns the manifest. Call it after the last chunk. */
  manifest (): Manifest
  /** Stops the queries and releases the connection. An incomplete export is recorded as aborted. */
  close (): Promise<void>
}

/**
 * Records the start of an export, seals the log and opens the reader.
 * @throws {Unavailable} when the log may not be signed
 */
export async function startExport (deps: RunExportDeps, by: Session, request: ExportRequest): Promise<RunningExport> {
  const at = deps.now()
  const id = randomUUID()
  const filter = await describeFilter(deps.db, request.filter)
  await deps.db.transaction().execute(async trx => await recordExportStart(trx, by, { id, format: request.format, filter, at }))
  await requireCurrentCheckpoint(deps)
  const reader = await openRecordReader(deps)
  try {
    const resolved = await resolveFilter(deps.db, request.filter)
    const total = await reader.read(async trx => await countAllRecords(trx, resolved, deps.profile.timeZone, at))
    const bounds = await reader.read(readSequenceRange)
    const head = { ...buildStatementHeader(deps.profile, request, { id, exportedBy: by.staff.login, at }), filter: filter.shown, ...bounds }
    return createRunningExport(deps, by, request, { head, total, reader, filter: resolved, at })
  } catch (error) {
    await reader.close()
    throw error
  }
}

interface StartedExport {
  readonly head: Omit<ExportStatement, 'rows' | 'files'>
  readonly total: number
  readonly reader: RecordReader
  readonly filter: ResolvedFilter
  readonly at: Date
}

function createRunningExport (deps: RunExportDeps, by: Session, request: ExportRequest, { head, total, reader, filter, at }: StartedExport): RunningExport {
  let manifest: Manifest | undefined
  let rows = 0
  let isOver = false
  let ending: Promise<Manifest> | undefined
  const query = { filter, zone: deps.profile.timeZone, now: at }
  async function * counted<Row> (pages: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
    for await (const page of pages) {
      rows += page.length
      request.progress?.reportRows(rows, total)
      yield page
    }
  }
  async function * file (): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of request.render({ records: () => counted(streamRecords(reader, query)), flatRecords: () => counted(streamFlatRecords(reader, query)), reader, filter, at })) {
      const buffer = Buffer.from(chunk as string)
      hash.update(buffer)
      bytes += buffer.length
      yield buffer
    }
    await reader.close()
    const whole: ExportStatement = { ...head, rows: request.format === 'pdf' ? total : rows, files: [{ name: request.fileName, bytes, sha256: hash.digest('hex') }] }
    ending = recordExportEnd(deps, by, whole)
    manifest = await ending
    isOver = true
    request.progress?.reportEnd(true)
  }
  async function close (): Promise<void> {
    await reader.close()
    // Wait while the end is being recorded. If its proof fails, the export is incomplete after all.
    await ending?.catch(() => {})
    if (isOver) return
    isOver = true
    request.progress?.reportEnd(false)
    await deps.db.transaction().execute(async trx => await recordExportAbort(trx, by, { id: head.id, rows, at: deps.now() }))
  }
  return { id: head.id, total, file, close, manifest: () => manifest! }
}

interface StatementOrigin {
  readonly id: string
  /** The login of the user. */
  readonly exportedBy: string
  readonly at: Date
}

function buildStatementHeader (profile: Profile, { format, columns }: ExportRequest, { id, exportedBy, at }: StatementOrigin): Omit<ExportStatement, 'rows' | 'files' | 'filter' | 'firstSequence' | 'lastSequence'> {
  return {
    id,
    institution: profile.name.en,
    exportedBy,
    exportedAt: formatRfc3339(at, profile.timeZone),
    timeZone: profile.timeZone,
    format,
    columns: [...columns],
  }
}
