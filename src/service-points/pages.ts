/** Service points for administrators: the list, and the hours of each with the coming four weeks. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../app.js'
import { Problem, statusOf, type FieldError } from '../http/problems.js'
import { signedIn } from '../staff/authenticate.js'
import { changeHours, hoursVersion } from './change-hours.js'
import { errorsShown, hoursShown, slipShown, waitingShown, weeksShown, type Reader, type WaitingEnvelopes } from './hours-page.js'
import type { OpeningHours } from './hours-schema.js'
import { findServicePoint, listServicePoints } from './queries.js'
import { readHours } from './read-hours.js'
import { rowShown } from './service-point-row.js'
import type { ServicePoint } from './service-point.js'
import { blankException, blankSeason, isBlank, mostRows, typedBy, typedFrom, type TypedHours } from './typed-hours.js'

const manages = { config: { may: 'service-points:manage', anywhere: true } } as const

/** Rows to fill in that stand below those which are filled in. */
const blankSeasons = 1
const blankExceptions = 3

interface Shown {
  readonly typed: TypedHours
  /** Of the hours that the administrator has seen. */
  readonly version: string
  /** What the form says, where it can be read and is to be previewed. */
  readonly preview?: OpeningHours
  readonly errors?: readonly FieldError[]
  readonly conflict?: boolean
  readonly saved?: boolean
}

export interface ServicePointsDeps extends Deps {
  /** How many envelopes wait for a porters' desk with these hours: handed in, since this room knows of no envelopes. */
  readonly waitingAtDesk: (desk: Pick<ServicePoint, 'id' | 'hours'>) => Promise<WaitingEnvelopes>
}

export const servicePointsPages: FastifyPluginAsync<ServicePointsDeps> = async (app, deps) => {
  app.get('/service-points', manages, async (request, reply) => {
    const all = await listServicePoints(deps.db)
    return await reply.page('service-points/list', { servicePoints: all.map(one => rowShown(one, readerOf(request))) })
  })

  app.get('/service-points/:id', manages, async (request, reply) => {
    const servicePoint = await servicePointOf(request)
    const { hours } = servicePoint
    const version = hoursVersion(hours)
    const saved = (request.query as { saved?: unknown }).saved === version
    return await show(request, reply, servicePoint, { typed: typedFrom(hours), version, saved })
  })

  app.post('/service-points/:id', manages, async (request, reply) => {
    const servicePoint = await servicePointOf(request)
    const { do: wish, version: sent } = (request.body ?? {}) as { do?: unknown, version?: unknown }
    const typed = typedBy(request.body)
    const version = typeof sent === 'string' ? sent : ''
    const read = readHours(typed)
    if (wish === 'more-seasons' || wish === 'more-exceptions') {
      return await show(request, reply, servicePoint, { typed: withOneMore(typed, wish), version, ...read.ok && { preview: read.value } })
    }
    if (!read.ok) return await show(request, reply, servicePoint, { typed, version, errors: read.errors })
    if (wish !== 'save') return await show(request, reply, servicePoint, { typed, version, preview: read.value })
    const refused = await changeHours(deps, `staff:${signedIn(request).staff.id}`, servicePoint.id, { hours: read.value, version }).catch(conflictOnly)
    const present = await servicePointOf(request)
    const held = hoursVersion(present.hours)
    if (refused === undefined) return await reply.redirect(`/service-points/${servicePoint.id}?saved=${held}`, 303)
    return await show(request, reply, present, { typed, version: held, conflict: true })
  })

  async function show (request: FastifyRequest, reply: FastifyReply, servicePoint: ServicePoint, shown: Shown): Promise<FastifyReply> {
    const reader = readerOf(request)
    const errors = shown.errors ?? []
    const previewed = { ...servicePoint, hours: shown.preview ?? servicePoint.hours }
    const desks = servicePoint.kind === 'porter' ? await listServicePoints(deps.db, { kind: 'porter' }) : []
    return await reply.page('service-points/hours', {
      servicePoint: { id: servicePoint.id, name: servicePoint.name[request.language], address: servicePoint.address },
      typed: withBlankRows(shown.typed),
      version: shown.version,
      ...errorsShown(errors, request.t),
      conflict: shown.conflict ? hoursShown(servicePoint.hours, reader) : undefined,
      saved: shown.saved ?? false,
      isPreview: shown.preview !== undefined,
      days: weeksShown(previewed, reader),
      slip: servicePoint.kind === 'porter' ? slipShown(previewed, desks, reader) : undefined,
      waiting: servicePoint.kind === 'porter' ? waitingShown(await deps.waitingAtDesk(previewed), reader) : undefined,
    }, { status: errors.length > 0 ? 400 : shown.conflict ? statusOf('conflict') : 200 })
  }

  async function servicePointOf (request: FastifyRequest): Promise<ServicePoint> {
    const { data } = z.object({ id: z.string().regex(/^[a-z0-9-]{1,60}$/) }).safeParse(request.params)
    const servicePoint = data && await findServicePoint(deps.db, data.id)
    if (servicePoint === undefined) throw new Problem('not-found')
    return servicePoint
  }

  function readerOf ({ t, language }: FastifyRequest): Reader {
    return { t, language, profile: deps.profile, now: deps.now() }
  }
}

function withOneMore (typed: TypedHours, list: 'more-seasons' | 'more-exceptions'): TypedHours {
  const { seasons, exceptions } = withBlankRows(typed)
  return list === 'more-seasons'
    ? { ...typed, seasons: [...seasons, blankSeason].slice(0, mostRows.seasons) }
    : { ...typed, exceptions: [...exceptions, blankException].slice(0, mostRows.exceptions) }
}

/** What was typed, with rows to go on as long as there is room. */
function withBlankRows (typed: TypedHours): TypedHours {
  const blanks = <T extends Parameters<typeof isBlank>[0]>(rows: readonly T[], blank: T, wanted: number, most: number) =>
    [...rows, ...Array<T>(Math.max(0, wanted - rows.filter(isBlank).length)).fill(blank)].slice(0, most)
  return {
    ...typed,
    seasons: blanks(typed.seasons, blankSeason, blankSeasons, mostRows.seasons),
    exceptions: blanks(typed.exceptions, blankException, blankExceptions, mostRows.exceptions),
  }
}

/** A conflict is shown in the form; anything else is the error handler's. */
function conflictOnly (error: unknown): Problem {
  if (error instanceof Problem && error.code === 'conflict') return error
  throw error
}
