/** Service points over the API, with their opening hours. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../database/cursor.js'
import type { Database } from '../database/schema.js'
import { formatRfc3339 } from '../i18n/formatters.js'
import type { Profile } from '../institution/profile.js'
import { servicePointKinds, type Language } from '../institution/vocabulary.js'
import { findNextOpening, findOpenSpan } from './hours.js'
import { toOpeningCalendar } from './pick-up.js'
import { listServicePoints } from './queries.js'
import type { ServicePoint } from './service-point.js'

const dateTimeSchema = z.iso.datetime({ offset: true })
const servicePointItemSchema = z.object({
  id: z.string(),
  kind: z.enum(servicePointKinds),
  name: z.string().describe('In the language of the request.'),
  openNow: z.boolean(),
  opensAt: dateTimeSchema.optional().describe('While closed: the next opening.'),
  closesAt: dateTimeSchema.optional().describe('While open: when it closes.'),
})

export interface ServicePointsApiDeps {
  readonly db: Kysely<Database>
  readonly profile: Profile
  readonly now: () => Date
}

const CURSOR_LIST = 'service-points'

export const servicePointsApi: FastifyPluginAsyncZod<ServicePointsApiDeps> = async (app, { db, profile, now }) => {
  app.get('/service-points', {
    config: { permission: 'service-points:read' },
    schema: {
      tags: ['Service points'],
      summary: 'List service points',
      querystring: z.object({ limit: z.coerce.number().int().min(1).max(200).default(200), cursor: z.string().max(500).optional() }),
      response: { 200: z.object({ items: z.array(servicePointItemSchema), next: z.string().optional() }) },
    },
  }, async request => {
    const { limit, cursor } = request.query
    const after = cursor === undefined ? '' : decodeCursor(CURSOR_LIST, cursor, z.string())
    const [page, more] = slicePage(await listServicePoints(db), after, limit)
    return {
      items: page.map(servicePoint => toServicePointItem(servicePoint, now(), profile, request.language)),
      ...more ? { next: encodeCursor(CURSOR_LIST, page.at(-1)!.id) } : {},
    }
  })
}

/** Returns the service points after an id, in the order of ids, and whether there are more. */
function slicePage (all: readonly ServicePoint[], after: string, limit: number): [ServicePoint[], boolean] {
  const rest = all.filter(({ id }) => id > after).sort((a, b) => a.id < b.id ? -1 : 1)
  return [rest.slice(0, limit), rest.length > limit]
}

function toServicePointItem (servicePoint: ServicePoint, now: Date, profile: Profile, language: Language): z.output<typeof servicePointItemSchema> {
  const calendar = toOpeningCalendar(servicePoint, profile)
  const open = findOpenSpan(calendar, now)
  const next = open === undefined ? findNextOpening(calendar, now) : undefined
  return {
    id: servicePoint.id,
    kind: servicePoint.kind,
    name: servicePoint.name[language],
    openNow: open !== undefined,
    ...next && { opensAt: formatRfc3339(next.opens, profile.timeZone) },
    ...open && { closesAt: formatRfc3339(open.closes, profile.timeZone) },
  }
}
