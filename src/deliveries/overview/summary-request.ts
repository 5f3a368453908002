/** The summary on paper, asked for like any other export. */
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../app.js'
import { formatDateTime } from '../../i18n/moments.js'
import { hasText, type TextKey, type Translate } from '../../i18n/translate.js'
import type { Localised } from '../../institution/words.js'
import { institutionDay } from '../../service-points/institution-day.js'
import { requireSession } from '../../staff/authenticate.js'
import type { ExportRequest } from '../exports/export-records.js'
import type { ProgressReporter } from '../exports/progress.js'
import type { ReadRecordFilter } from '../records/filter-page.js'
import { readFigures } from './figures.js'
import { buildOverview } from './overview.js'
import { renderSummary } from './summary-paper.js'

const paperChartSize = { width: 640, height: 230 }

/** Its figures are read when the file is made, in the export's own moment. */
export function buildSummaryExport (
  deps: Deps, request: FastifyRequest, read: ReadRecordFilter, names: ReadonlyMap<string, Localised>, progress: ProgressReporter | undefined
): ExportRequest {
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
        made: t('overview.paper.made', { at: formatDateTime(at, profile.timeZone, language), by: by.staff.name }),
        filter: formatFilter(read.typed, t, id => names.get(id)?.[language] ?? id),
        overview: buildOverview(figures, { t, language, names }, paperChartSize),
      })
    },
  }
}

const filterTextPrefixes: Readonly<Record<string, string>> = { state: 'slips.states', channel: 'common.channels', affiliation: 'common.affiliations', identityCheck: 'common.documents' }

/** "From: 1.11.2026; Channel: Porter", or that it is of everything. */
export function formatFilter (typed: Readonly<Record<string, string>>, t: Translate, nameOf: (servicePoint: string) => string): string {
  const parts = Object.entries(typed).filter(([, value]) => value !== '').map(([name, value]) => {
    const key = `${filterTextPrefixes[name] ?? ''}.${value}`
    const words = name === 'servicePointId' ? nameOf(value) : name === 'refused' ? t('records.refusedYes') : hasText(key) ? t(key) : value
    return `${t(`records.filters.${name}` as TextKey)}: ${words}`
  })
  return parts.length === 0 ? t('overview.paper.everything') : parts.join('; ')
}
