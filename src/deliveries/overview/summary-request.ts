/** The summary on paper, asked for like any other export. */
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../app.js'
import { momentInWords } from '../../i18n/moments.js'
import { hasText, type TextKey, type Translate } from '../../i18n/translate.js'
import type { Localised } from '../../institution/words.js'
import { institutionDay } from '../../service-points/institution-day.js'
import { signedIn } from '../../staff/authenticate.js'
import type { ExportRequest } from '../exports/export-records.js'
import type { Progress } from '../exports/progress.js'
import type { ReadRecordFilter } from '../records/filter-page.js'
import { readFigures } from './figures.js'
import { overviewOf } from './overview.js'
import { renderSummary } from './summary-paper.js'

const wide = { width: 640, height: 230 }

/** Its figures are read when the file is made, in the export's own moment. */
export function summaryRequest (
  deps: Deps, request: FastifyRequest, read: ReadRecordFilter, names: ReadonlyMap<string, Localised>, progress: Progress | undefined
): ExportRequest {
  const { profile, now } = deps
  const { t, language } = request
  const by = signedIn(request)
  return {
    format: 'pdf',
    filter: read.filter,
    fileName: `delivery-records-${institutionDay(now(), profile.timeZone)}.pdf`,
    columns: [],
    progress,
    async * draw ({ reading, sought, at }) {
      const figures = await reading.read(async trx => await readFigures(trx, sought, profile.timeZone, at))
      yield await renderSummary({
        language,
        institution: { name: profile.name, returnAddress: profile.returnAddress, timeZone: profile.timeZone },
        at,
        made: t('overview.paper.made', { at: momentInWords(at, profile.timeZone, language), by: by.staff.name }),
        filter: filterInWords(read.typed, t, id => names.get(id)?.[language] ?? id),
        overview: overviewOf(figures, { t, language, names }, wide),
      })
    },
  }
}

const wordsOf: Readonly<Record<string, string>> = { state: 'slips.states', channel: 'common.channels', affiliation: 'common.affiliations', identityCheck: 'common.documents' }

/** "From: 1.11.2026; Channel: Porter", or that it is of everything. */
export function filterInWords (typed: Readonly<Record<string, string>>, t: Translate, nameOf: (servicePoint: string) => string): string {
  const parts = Object.entries(typed).filter(([, value]) => value !== '').map(([name, value]) => {
    const key = `${wordsOf[name] ?? ''}.${value}`
    const words = name === 'servicePointId' ? nameOf(value) : name === 'refused' ? t('records.refusedYes') : hasText(key) ? t(key) : value
    return `${t(`records.filters.${name}` as TextKey)}: ${words}`
  })
  return parts.length === 0 ? t('overview.paper.everything') : parts.join('; ')
}
