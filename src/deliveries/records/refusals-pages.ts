/** The list of refused attempts. */
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { shownName, shownUsername } from '../../accounts/erased.js'
import type { Deps } from '../../app.js'
import { momentInWords } from '../../i18n/moments.js'
import { refusalCodes } from '../../institution/refusals.js'
import { channels, prohibitedChannels } from '../../institution/words.js'
import { namesOfServicePoints } from '../../slips/show-slip.js'
import { filterChoices, pagerLinks, readFilterBy, typedPeriod } from '../../slips/slip-list-page.js'
import { signedIn } from '../../staff/authenticate.js'
import { listIssuers } from './issuers.js'
import { recordReading } from '../../slips/reading-event.js'
import { countRefusals, listRefusals, refusalFilterFields } from './refusals.js'

const aPage = 50
const schema = z.object({ ...refusalFilterFields, ...typedPeriod })

export const refusalsPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, profile: { timeZone: zone } } = deps

  app.get('/delivery-records/refusals', { config: { may: 'delivery-records:read' } }, async (request, reply) => {
    const read = readFilterBy(schema, request, zone)
    const failed = Object.keys(read.errors).length > 0
    if (!failed) await recordReading(deps, signedIn(request), 'refusals-read', { filter: read.filter, format: 'page' })
    const page = failed ? { items: [], next: undefined } : await listRefusals(db, { filter: read.filter, limit: aPage, cursor: read.cursor }, zone)
    const names = await namesOfServicePoints(deps)
    return await reply.page('records/refusals', {
      ...await filterChoices(deps, request.language, read),
      ...failed ? { count: 0, more: false } : await countRefusals(db, read.filter, zone),
      channels: [...channels, ...prohibitedChannels],
      reasons: refusalCodes,
      agents: (await listIssuers(db)).map(({ login, name }) => ({ value: login, label: name })),
      attempts: page.items.map(({ at, service_point: point, ...attempt }) => ({
        ...attempt,
        display_name: attempt.display_name === null ? null : shownName(request.t, attempt.display_name),
        username: attempt.username === null ? null : shownUsername(attempt.username),
        at: momentInWords(at, zone, request.language),
        servicePoint: point === null ? undefined : names.get(point)?.[request.language] ?? point,
      })),
      ...pagerLinks('/delivery-records/refusals', read, page.next),
    }, { status: failed ? 400 : 200 })
  })
}
