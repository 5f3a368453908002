/** Takes delivery records away: written down before the first byte, and again, with what the file was, after the last. */
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

/** Makes the file's pieces: from pages of records, or from what else the transaction can read. */
export type RenderFn = (source: ExportSource) => AsyncIterable<string | Buffer>

export interface ExportSource {
  /** Pages of records; with their steps in one cell, where a format has cells. One of the two, once. */
  records (): AsyncIterable<readonly DeliveryRecord[]>
  flatRecords (): AsyncIterable<readonly FlatRecord[]>
  readonly reader: RecordReader
  readonly filter: ResolvedFilter
  readonly at: Date
}

export interface ExportRequest {
  readonly format: ExportFormat
  readonly filter: RecordFilter
  /** The file's, with its ending. */
  readonly fileName: string
  readonly columns: readonly string[]
  readonly render: RenderFn
  readonly progress?: ProgressReporter | undefined
}

export interface RunningExport {
  readonly id: string
  /** How many records it will hold; without a snapshot one that is issued or ends meanwhile may change it. */
  readonly total: number
  /** The file, once. Only when its last piece has been given is the export whole. */
  file (): AsyncGenerator<Buffer>
  /** What goes with the file, once that is whole. */
  manifest (): Manifest
  /** Stops the queries and lets go of everything; an export that was not whole by then never will be. */
  close (): Promise<void>
}

/**
 * Begins an export, for which the log is sealed first.
 * @throws {Unavailable} when the log may not be signed
 * @throws whatever else keeps it from being written down and counted
 */
export async function startExport (deps: RunExportDeps, by: Session, request: ExportRequest): Promise<RunningExport> {
  const at = deps.now()
  const id = randomUUID()
  const filter = await describeFilter(deps.db, request.filter)
  await deps.db.transaction().execute(async trx => await recordExportStart(trx, by, { id, format: request.format, filter, at }))
  await requireCurrentCheckpoint(deps)
  const reading = await openRecordReader(deps)
  try {
    const sought = await resolveFilter(deps.db, request.filter)
    const total = await reading.read(async trx => await countAllRecords(trx, sought, deps.profile.timeZone, at))
    const bounds = await reading.read(readSequenceRange)
    const head = { ...buildStatementHeader(deps.profile, request, { id, exportedBy: by.staff.login, at }), filter: filter.shown, ...bounds }
    return createRunningExport(deps, by, request, { head, total, reader: reading, filter: sought, at })
  } catch (error) {
    await reading.close()
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
  const wanted = { sought: filter, zone: deps.profile.timeZone, now: at }
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
    for await (const piece of request.render({ records: () => counted(streamRecords(reader, wanted)), flatRecords: () => counted(streamFlatRecords(reader, wanted)), reader, filter, at })) {
      const buffer = Buffer.from(piece as string)
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
    // An end that is being written is waited for; where it cannot be proved the export was not whole after all.
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
  /** The login. */
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
