/** Takes delivery records away: written down before the first byte, and again, with what the file was, after the last. */
import { createHash, randomUUID } from 'node:crypto'
import type { Deps } from '../../app.js'
import { rfc3339 } from '../../http/times.js'
import { sealedNow } from '../../proofs/sealed-now.js'
import type { Session } from '../../staff/session.js'
import { soughtBy } from '../records/list-records.js'
import { filterFacts } from '../../slips/reading-event.js'
import { countAllRecords, type DeliveryRecord, type FlatRecord } from '../records/records.js'
import type { RecordFilter, Sought } from '../records/record-filter.js'
import type { ExportFormat } from './export-formats.js'
import { writeBeginning, writeBreak, writeEnd } from './export-record.js'
import { logBounds, type Manifest, type Statement } from './manifest.js'
import type { Progress } from './progress.js'
import { flatPages, openReading, recordPages, type Reading } from './record-pages.js'

/** Makes the file's pieces: from pages of records, or from what else the transaction can read. */
export type Drawn = (source: ExportSource) => AsyncIterable<string | Buffer>

export interface ExportSource {
  /** Pages of records; with their steps in one cell, where a format has cells. One of the two, once. */
  records (): AsyncIterable<readonly DeliveryRecord[]>
  flat (): AsyncIterable<readonly FlatRecord[]>
  readonly reading: Reading
  readonly sought: Sought
  readonly at: Date
}

export interface ExportRequest {
  readonly format: ExportFormat
  readonly filter: RecordFilter
  /** The file's, with its ending. */
  readonly fileName: string
  readonly columns: readonly string[]
  readonly draw: Drawn
  readonly progress?: Progress | undefined
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
 * @throws {Problem} `unavailable` when the log may not be signed
 * @throws whatever else keeps it from being written down and counted
 */
export async function beginExport (deps: Deps, by: Session, request: ExportRequest): Promise<RunningExport> {
  const at = deps.now()
  const id = randomUUID()
  const filter = await filterFacts(deps.db, request.filter)
  await deps.db.transaction().execute(async trx => await writeBeginning(trx, id, by, { format: request.format, filter }, at))
  await sealedNow(deps)
  const reading = await openReading(deps)
  try {
    const sought = await soughtBy(deps.db, request.filter)
    const total = await reading.read(async trx => await countAllRecords(trx, sought, deps.profile.timeZone, at))
    const bounds = await reading.read(logBounds)
    const head = { ...headOf(deps, by, request, id, at), filter: filter.shown, ...bounds }
    return running(deps, by, request, { head, total, reading, sought, at })
  } catch (error) {
    await reading.close()
    throw error
  }
}

interface Begun {
  readonly head: Omit<Statement, 'rows' | 'files'>
  readonly total: number
  readonly reading: Reading
  readonly sought: Sought
  readonly at: Date
}

function running (deps: Deps, by: Session, request: ExportRequest, { head, total, reading, sought, at }: Begun): RunningExport {
  let manifest: Manifest | undefined
  let rows = 0
  let isOver = false
  let ending: Promise<Manifest> | undefined
  const wanted = { sought, zone: deps.profile.timeZone, now: at }
  async function * counted<Row> (pages: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
    for await (const page of pages) {
      rows += page.length
      request.progress?.rows(rows, total)
      yield page
    }
  }
  async function * file (): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const piece of request.draw({ records: () => counted(recordPages(reading, wanted)), flat: () => counted(flatPages(reading, wanted)), reading, sought, at })) {
      const buffer = Buffer.from(piece as string)
      hash.update(buffer)
      bytes += buffer.length
      yield buffer
    }
    await reading.close()
    const whole: Statement = { ...head, rows: request.format === 'pdf' ? total : rows, files: [{ name: request.fileName, bytes, sha256: hash.digest('hex') }] }
    ending = writeEnd(deps, by, whole)
    manifest = await ending
    isOver = true
    request.progress?.over(true)
  }
  async function close (): Promise<void> {
    await reading.close()
    // An end that is being written is waited for; where it cannot be proved the export was not whole after all.
    await ending?.catch(() => {})
    if (isOver) return
    isOver = true
    request.progress?.over(false)
    await deps.db.transaction().execute(async trx => await writeBreak(trx, by, head, rows, deps.now()))
  }
  return { id: head.id, total, file, close, manifest: () => manifest! }
}

function headOf ({ profile }: Deps, by: Session, { format, columns }: ExportRequest, id: string, at: Date): Omit<Statement, 'rows' | 'files' | 'filter' | 'firstSequence' | 'lastSequence'> {
  return {
    id,
    institution: profile.name.en,
    exportedBy: by.staff.login,
    exportedAt: rfc3339(at, profile.timeZone),
    timeZone: profile.timeZone,
    format,
    columns: [...columns],
  }
}
