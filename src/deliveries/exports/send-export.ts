/** Sends an export as a stream: the file alone, or with its manifest in a ZIP. */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Deps } from '../../app.js'
import { institutionDay } from '../../service-points/institution-day.js'
import type { Session } from '../../staff/session.js'
import { recordColumns } from '../records/records.js'
import type { RecordFilter } from '../records/record-filter.js'
import { startExport, type RenderFn, type ExportRequest, type RunningExport } from './export-records.js'
import { formatManifest } from './manifest.js'
import type { ProgressReporter } from './progress.js'
import { toCsv, toJson, toNdjson, contentTypes, type CsvDialect, type RecordFormat } from './record-formats.js'
import type { ExportLimiter } from './running-exports.js'
import { toXlsx } from './xlsx.js'
import { streamChunks, createZipStream } from './zip.js'

export interface ExportDeps extends Deps {
  readonly runningExports: ExportLimiter
}

export interface RecordExportOptions {
  readonly filter: RecordFilter
  readonly format: RecordFormat
  readonly dialect: CsvDialect
}

/** The records alone; where their manifest will lie stands in a `Link`. */
export async function sendRecords (deps: ExportDeps, reply: FastifyReply, by: Session, wish: RecordExportOptions): Promise<FastifyReply> {
  const request = buildRecordExport(deps, wish)
  return await streamExport(deps, reply, by, request, contentTypes[wish.format], request.fileName, running => Readable.from(running.file(), { objectMode: false }))
}

/** The file and its manifest in a ZIP, which has no end, and opens nowhere, when it broke off. */
export async function sendZip (deps: ExportDeps, reply: FastifyReply, by: Session, request: ExportRequest): Promise<FastifyReply> {
  const name = request.fileName.replace(/\.\w+$/, '.zip')
  return await streamExport(deps, reply, by, request, 'application/zip', name, running => createZipStream([
    { name: request.fileName, compress: request.format !== 'xlsx', pieces: () => running.file() },
    { name: 'manifest.json', compress: true, pieces: () => [formatManifest(running.manifest())] },
  ], deps.now()))
}

/** The request for the records themselves. */
export function buildRecordExport (deps: Deps, wish: RecordExportOptions, progress?: ProgressReporter): ExportRequest {
  const { format, filter } = wish
  const fileName = `delivery-records-${institutionDay(deps.now(), deps.profile.timeZone)}.${format}`
  return { format, filter, fileName, columns: recordColumns, render: selectRenderer(wish), progress }
}

function selectRenderer ({ format, dialect }: RecordExportOptions): RenderFn {
  switch (format) {
    case 'json': return ({ records }) => toJson(records())
    case 'ndjson': return ({ records }) => toNdjson(records())
    case 'csv': return ({ flatRecords }) => toCsv(flatRecords(), dialect)
    case 'xlsx': return ({ flatRecords, at }) => streamChunks(toXlsx(flatRecords(), at))
    default: return format satisfies never
  }
}

async function streamExport (
  deps: ExportDeps, reply: FastifyReply, by: Session, request: ExportRequest, type: string, name: string, streamOf: (running: RunningExport) => Readable
): Promise<FastifyReply> {
  const giveBack = deps.runningExports.acquire(by.staff.id)
  const running = await startExport(deps, by, request).catch((error: unknown) => {
    giveBack()
    throw error
  })
  const stream = streamOf(running)
  const end = () => {
    giveBack()
    running.close().catch((error: unknown) => deps.logger.error({ err: error, export: running.id }, 'the end of an export was not written down'))
  }
  stream.once('close', end)
  // A stream whose query has not answered yet closes only after it has: whoever has gone does not wait for that.
  reply.raw.once('close', end)
  return await reply.headers({
    'content-disposition': `attachment; filename="${name}"`,
    link: `</api/v1/delivery-records/exports/${running.id}>; rel="describedby"`,
    'total-rows': String(running.total),
  }).type(type).send(stream)
}
