/** Sends an export as a stream: the file alone, or with its manifest in a ZIP. */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Deps } from '../../app.js'
import { institutionDay } from '../../service-points/institution-day.js'
import type { Session } from '../../staff/session.js'
import { recordColumns } from '../records/records.js'
import type { RecordFilter } from '../records/record-filter.js'
import { beginExport, type Drawn, type ExportRequest, type RunningExport } from './export-records.js'
import { manifestText } from './manifest.js'
import type { Progress } from './progress.js'
import { asCsv, asJson, asLines, contentTypes, type CsvDialect, type RecordFormat } from './record-formats.js'
import type { RunningExports } from './running-exports.js'
import { asXlsx } from './xlsx.js'
import { piecesOf, zipped } from './zip.js'

export interface ExportDeps extends Deps {
  readonly runningExports: RunningExports
}

export interface RecordsWish {
  readonly filter: RecordFilter
  readonly format: RecordFormat
  readonly dialect: CsvDialect
}

/** The records alone; where their manifest will lie stands in a `Link`. */
export async function sendRecords (deps: ExportDeps, reply: FastifyReply, by: Session, wish: RecordsWish): Promise<FastifyReply> {
  const request = recordsRequest(deps, wish)
  return await send(deps, reply, by, request, contentTypes[wish.format], request.fileName, running => Readable.from(running.file(), { objectMode: false }))
}

/** The file and its manifest in a ZIP, which has no end, and opens nowhere, when it broke off. */
export async function sendZipped (deps: ExportDeps, reply: FastifyReply, by: Session, request: ExportRequest): Promise<FastifyReply> {
  const name = request.fileName.replace(/\.\w+$/, '.zip')
  return await send(deps, reply, by, request, 'application/zip', name, running => zipped([
    { name: request.fileName, compress: request.format !== 'xlsx', pieces: () => running.file() },
    { name: 'manifest.json', compress: true, pieces: () => [manifestText(running.manifest())] },
  ], deps.now()))
}

/** The request for the records themselves. */
export function recordsRequest (deps: Deps, wish: RecordsWish, progress?: Progress): ExportRequest {
  const { format, filter } = wish
  const fileName = `delivery-records-${institutionDay(deps.now(), deps.profile.timeZone)}.${format}`
  return { format, filter, fileName, columns: recordColumns, draw: drawing(wish), progress }
}

function drawing ({ format, dialect }: RecordsWish): Drawn {
  switch (format) {
    case 'json': return ({ records }) => asJson(records())
    case 'ndjson': return ({ records }) => asLines(records())
    case 'csv': return ({ flat }) => asCsv(flat(), dialect)
    case 'xlsx': return ({ flat, at }) => piecesOf(asXlsx(flat(), at))
    default: return format satisfies never
  }
}

async function send (
  deps: ExportDeps, reply: FastifyReply, by: Session, request: ExportRequest, type: string, name: string, streamOf: (running: RunningExport) => Readable
): Promise<FastifyReply> {
  const giveBack = deps.runningExports.begin(by.staff.id)
  const running = await beginExport(deps, by, request).catch((error: unknown) => {
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
