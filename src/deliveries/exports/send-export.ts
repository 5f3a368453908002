/** Sends an export as a stream: the file alone, or with its manifest in a ZIP. */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StreamLimiter } from '../../http/streams.js'
import { hasText, type TextKey, type Translate } from '../../i18n/translate.js'
import type { Localised } from '../../institution/vocabulary.js'
import { institutionDay } from '../../service-points/institution-day.js'
import { requireSession } from '../../staff/authenticate.js'
import type { Session } from '../../staff/session.js'
import { buildOverview } from '../overview/build-overview.js'
import { readFigures } from '../overview/figures.js'
import { renderSummary } from '../overview/summary-pdf.js'
import { recordColumns } from '../records/delivery-record.js'
import type { ParsedRecordFilter } from '../records/filter-form.js'
import type { RecordFilter } from '../records/record-filter.js'
import { contentTypes, type CsvDialect, type RecordFormat, toCsv, toJson, toNdjson } from './formats.js'
import { formatManifest } from './manifest.js'
import { type ExportRequest, type RenderFn, type RunExportDeps, type RunningExport, startExport } from './run-export.js'
import type { ProgressReporter } from './running-exports.js'
import { toXlsx } from './xlsx.js'
import { createZipStream, streamChunks } from './zip.js'

export interface ExportDeps extends RunExportDeps {
  readonly streams: StreamLimiter
}

export interface RecordExportOptions {
  readonly filter: RecordFilter
  readonly format: RecordFormat
  readonly dialect: CsvDialect
}

/** Who exports, and where the manifest of an export can be fetched once the export is complete. */
export interface ExportRequester {
  readonly session: Session
  readonly manifestPath: (exportId: string) => string
}

/** Sends the records alone. A `Link` header names the address of the manifest. */
export async function sendRecords (deps: ExportDeps, reply: FastifyReply, requester: ExportRequester, options: RecordExportOptions): Promise<FastifyReply> {
  const request = buildRecordExport(deps, options)
  return await streamExport(deps, reply, {
    requester,
    request,
    contentType: contentTypes[options.format],
    fileName: request.fileName,
    toStream: running => Readable.from(running.file(), { objectMode: false }),
  })
}

/** Sends the file and its manifest as a ZIP. A ZIP that is cut off cannot be opened. */
export async function sendZip (deps: ExportDeps, reply: FastifyReply, requester: ExportRequester, request: ExportRequest): Promise<FastifyReply> {
  return await streamExport(deps, reply, {
    requester,
    request,
    contentType: 'application/zip',
    fileName: request.fileName.replace(/\.\w+$/, '.zip'),
    toStream: running => createZipStream([
      { name: request.fileName, compress: request.format !== 'xlsx', pieces: () => running.file() },
      { name: 'manifest.json', compress: true, pieces: () => [formatManifest(running.manifest())] },
    ], deps.now()),
  })
}

/** Builds the request for the records. */
export function buildRecordExport (deps: Pick<ExportDeps, 'profile' | 'now'>, options: RecordExportOptions, progress?: ProgressReporter): ExportRequest {
  const { format, filter } = options
  const fileName = `delivery-records-${institutionDay(deps.now(), deps.profile.timeZone)}.${format}`
  return { format, filter, fileName, columns: recordColumns, render: selectRenderer(options), progress }
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

interface ExportStream {
  readonly requester: ExportRequester
  readonly request: ExportRequest
  readonly contentType: string
  readonly fileName: string
  readonly toStream: (running: RunningExport) => Readable
}

async function streamExport (deps: ExportDeps, reply: FastifyReply, { requester: { session, manifestPath }, request, contentType, fileName, toStream }: ExportStream): Promise<FastifyReply> {
  return await deps.streams.send(reply, session.staff.id, async () => {
    const running = await startExport(deps, session, request)
    reply.headers({
      'content-disposition': `attachment; filename="${fileName}"`,
      link: `<${manifestPath(running.id)}>; rel="describedby"`,
      'total-rows': String(running.total),
    }).type(contentType)
    return {
      stream: toStream(running),
      onEnd: () => { running.close().catch((error: unknown) => deps.logger.error({ err: error, export: running.id }, 'recording the end of an export failed')) },
    }
  })
}

// The summary as a PDF.

const paperChartSize = { width: 640, height: 230 }

export interface SummaryExportOptions {
  readonly read: ParsedRecordFilter
  readonly names: ReadonlyMap<string, Localised>
  readonly progress: ProgressReporter | undefined
}

/** Builds the request for the summary. Its figures are read when the file is made, as of the time of the export. */
export function buildSummaryExport (deps: Pick<ExportDeps, 'profile' | 'now'>, request: FastifyRequest, { read, names, progress }: SummaryExportOptions): ExportRequest {
  const { profile, now } = deps
  const { t, language } = request
  const by = requireSession(request)
  return {
    format: 'pdf',
    filter: read.filter,
    fileName: `delivery-records-${institutionDay(now(), profile.timeZone)}.pdf`,
    columns: [],
    progress,
    async * render ({ reader, filter, at }) {
      const figures = await reader.read(async trx => await readFigures(trx, filter, profile.timeZone, at))
      yield await renderSummary({
        language,
        institution: { name: profile.name, returnAddress: profile.returnAddress, timeZone: profile.timeZone },
        at,
        made: t('overview.paper.made', { at, by: by.staff.name }),
        filter: formatFilter(read.typed, t, id => names.get(id)?.[language] ?? id),
        overview: buildOverview(figures, { t, language, names, profile }, paperChartSize),
      })
    },
  }
}

const filterTextPrefixes: Readonly<Record<string, string>> = { state: 'slips.states', channel: 'common.channels', affiliation: 'common.affiliations', identityCheck: 'common.documents' }

/** Formats the filter: "From: 1.11.2026; Channel: Porter", or a text for all records. */
function formatFilter (typed: Readonly<Record<string, string>>, t: Translate, nameOf: (servicePoint: string) => string): string {
  const parts = Object.entries(typed).filter(([, value]) => value !== '').map(([name, value]) => {
    const key = `${filterTextPrefixes[name] ?? ''}.${value}`
    const words = name === 'servicePointId' ? nameOf(value) : name === 'refused' ? t('records.refusedYes') : name === 'latinName' ? t('records.latinNameDiffers') : name === 'pattern' ? t(`overview.patterns.${value}.title` as TextKey) : hasText(key) ? t(key) : value
    return `${t(`records.filters.${name}` as TextKey)}: ${words}`
  })
  return parts.length === 0 ? t('overview.paper.everything') : parts.join('; ')
}
