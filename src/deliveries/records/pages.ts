/** The page of refused attempts to issue or hand over a slip, with filters. */
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { formatHolderName, formatUsername } from '../../accounts/erasure-markers.js'
import { formatDateTime } from '../../i18n/formatters.js'
import { refusalCodes } from '../../institution/refusals.js'
import { channels, prohibitedChannels } from '../../institution/vocabulary.js'
import { listServicePointNames } from '../../service-points/queries.js'
import { recordAccess } from '../../slips/access-events.js'
import { buildPagerLinks, loadFilterOptions, parseFilter, periodFields } from '../../slips/pages/slip-list.js'
import { requireSession } from '../../staff/authenticate.js'
import type { RecordPagesDeps } from './filter-form.js'
import { listIssuers } from './list-records.js'
import { countRefusals, listRefusals, refusalFilterFields } from './list-refusals.js'

const REFUSALS_PAGE_SIZE = 50
const refusalFilterSchema = z.object({ ...refusalFilterFields, ...periodFields })

export const refusalsPages: FastifyPluginAsync<RecordPagesDeps> = async (app, deps) => {
  const { db, profile: { timeZone: zone } } = deps

  app.get('/delivery-records/refusals', { config: { permission: 'delivery-records:read' } }, async (request, reply) => {
    const read = parseFilter(refusalFilterSchema, request, { zone, now: deps.now() })
    const failed = Object.keys(read.errors).length > 0
    if (!failed) await recordAccess(deps, requireSession(request), 'refusals-read', { filter: read.filter, format: 'page' })
    const page = failed ? { items: [], next: undefined } : await listRefusals(db, { filter: read.filter, limit: REFUSALS_PAGE_SIZE, cursor: read.cursor }, zone)
    const names = await listServicePointNames(db)
    return await reply.page('records/refusals', {
      ...await loadFilterOptions(db, request.language, read),
      ...failed ? { count: 0, more: false } : await countRefusals(db, read.filter, zone),
      channels: [...channels, ...prohibitedChannels],
      reasons: refusalCodes,
      agents: (await listIssuers(db)).map(({ login, name }) => ({ value: login, label: name })),
      attempts: page.items.map(({ at, service_point: point, ...attempt }) => ({
        ...attempt,
        display_name: attempt.display_name === null ? null : formatHolderName(request.t, attempt.display_name),
        username: attempt.username === null ? null : formatUsername(attempt.username),
        at: formatDateTime(at, zone, request.language),
        servicePoint: point === null ? undefined : names.get(point)?.[request.language] ?? point,
      })),
      ...buildPagerLinks('/delivery-records/refusals', read, page.next),
    }, { status: failed ? 400 : 200 })
  })
}
