/** Service points for administrators: the list, and the hours of each with the coming four weeks. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../database/schema.js'
import { countWaitingEnvelopes } from '../../deliveries/porter/queries.js'
import { describeFaults, type FormFields, optionalQueryText } from '../../http/forms.js'
import { statusOf } from '../../http/problems.js'
import { formatWeekdayName } from '../../i18n/formatters.js'
import type { FieldError } from '../../institution/base-error.js'
import { Conflict, NotFound } from '../../institution/errors.js'
import { readFormValues } from '../../institution/input.js'
import type { OpeningHours } from '../../institution/opening-hours.js'
import type { Profile } from '../../institution/profile.js'
import { changeHours, hoursVersion } from '../../service-points/change-hours.js'
import { blankException, blankSeason, type HoursForm, isBlankRow, maxRows, parseHoursForm, readHoursForm, toHoursForm } from '../../service-points/hours-form.js'
import { institutionDay } from '../../service-points/institution-day.js'
import { findServicePoint, listServicePoints } from '../../service-points/queries.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import { type FormatContext, formatHoursField, toHoursSummary, toServicePointRow, toSlipPreview, toUpcomingDaysView, toWaitingNotice } from '../../service-points/view-models.js'
import { requireSession } from '../../staff/authenticate.js'

const manageServicePointsRoute = { config: { permission: 'service-points:manage', withoutServicePoint: true } } as const
const paramsSchema = z.object({ id: z.string() })
type ServicePointRequest = FastifyRequest<{ Params: z.output<typeof paramsSchema> }>
const servicePointIdSchema = z.string().regex(/^[a-z0-9-]{1,60}$/)

/** The number of empty rows below the rows that are filled in. */
const BLANK_SEASON_ROWS = 1
const BLANK_EXCEPTION_ROWS = 3

interface HoursPageState {
  readonly form: HoursForm
  /** The version of the hours that the administrator has seen. */
  readonly version: string
  /** The typed hours, if they are valid and previewed. */
  readonly preview?: OpeningHours
  readonly errors?: readonly FieldError[]
  readonly conflict?: boolean
  readonly saved?: boolean
}

export interface ServicePointsPagesDeps {
  readonly db: Kysely<Database>
  readonly profile: Profile
  readonly now: () => Date
}

export const servicePointsPages: FastifyPluginAsyncZod<ServicePointsPagesDeps> = async (app, deps) => {
  app.get('/service-points', manageServicePointsRoute, async (request, reply) => {
    const all = await listServicePoints(deps.db)
    return await reply.page('service-points/list', { servicePoints: all.map(one => toServicePointRow(one, buildFormatContext(request))) })
  })

  app.get('/service-points/:id', { ...manageServicePointsRoute, schema: { params: paramsSchema, querystring: z.object({ saved: optionalQueryText }) } }, async (request, reply) => {
    const servicePoint = await requireServicePoint(request.params.id)
    const { hours } = servicePoint
    const version = hoursVersion(hours)
    const saved = request.query.saved === version
    return await show(request, reply, servicePoint, { form: toHoursForm(hours), version, saved })
  })

  app.post('/service-points/:id', {
    config: { ...manageServicePointsRoute.config, form: { action: 'save-hours', show: showAgain } }, schema: { params: paramsSchema },
  }, async (request, reply) => {
    const servicePoint = await requireServicePoint(request.params.id)
    const { do: action, version = '' } = readFormValues(request.body)
    const typed = readHoursForm(request.body)
    const read = parseHoursForm(typed, institutionDay(deps.now(), deps.profile.timeZone))
    if (action === 'more-seasons' || action === 'more-exceptions') {
      return await show(request, reply, servicePoint, { form: addBlankRow(typed, action), version, ...read.ok && { preview: read.value } })
    }
    if (!read.ok) return await show(request, reply, servicePoint, { form: typed, version, errors: read.errors })
    if (action !== 'save') return await show(request, reply, servicePoint, { form: typed, version, preview: read.value })
    const refused = await changeHours(deps, `staff:${requireSession(request).staff.id}`, servicePoint.id, { hours: read.value, version }).catch(rethrowUnlessConflict)
    const present = await requireServicePoint(request.params.id)
    const storedVersion = hoursVersion(present.hours)
    if (refused === undefined) return await reply.redirect(`/service-points/${servicePoint.id}?saved=${storedVersion}`, 303)
    return await show(request, reply, present, { form: typed, version: storedVersion, conflict: true })
  })

  async function showAgain (request: ServicePointRequest, reply: FastifyReply): Promise<FastifyReply> {
    const servicePoint = await requireServicePoint(request.params.id)
    return await show(request, reply, servicePoint, { form: readHoursForm(request.body), version: readFormValues(request.body)['version'] ?? '' })
  }

  async function show (request: FastifyRequest, reply: FastifyReply, servicePoint: ServicePoint, shown: HoursPageState): Promise<FastifyReply> {
    const context = buildFormatContext(request)
    const fields: FormFields = { labels: {}, labelOf: field => formatHoursField(field, context) }
    const { errors, summary } = describeFaults({ errors: shown.errors ?? [] }, {}, fields, request.t)
    const previewed = { ...servicePoint, hours: shown.preview ?? servicePoint.hours }
    const desks = servicePoint.kind === 'porter' ? await listServicePoints(deps.db, { kind: 'porter' }) : []
    return await reply.page('service-points/hours', {
      servicePoint: { id: servicePoint.id, name: servicePoint.name[request.language], address: servicePoint.address },
      typed: padWithBlankRows(shown.form),
      weekdays: shown.form.week.map((_, weekday) => formatWeekdayName(weekday, request.language)),
      version: shown.version,
      errors,
      summary,
      conflict: shown.conflict ? toHoursSummary(servicePoint.hours, context) : undefined,
      saved: shown.saved ?? false,
      isPreview: shown.preview !== undefined,
      days: toUpcomingDaysView(previewed, context),
      slip: servicePoint.kind === 'porter' ? toSlipPreview(previewed, desks, context) : undefined,
      waiting: servicePoint.kind === 'porter' ? toWaitingNotice(await countWaitingEnvelopes(deps.db, deps.profile, previewed, deps.now()), context) : undefined,
    }, { status: summary.length > 0 ? 400 : shown.conflict ? statusOf('conflict') : 200 })
  }

  async function requireServicePoint (id: string): Promise<ServicePoint> {
    const servicePoint = servicePointIdSchema.safeParse(id).success ? await findServicePoint(deps.db, id) : undefined
    if (servicePoint === undefined) throw new NotFound('service-point')
    return servicePoint
  }

  function buildFormatContext ({ t, language }: FastifyRequest): FormatContext {
    return { t, language, profile: deps.profile, now: deps.now() }
  }
}

function addBlankRow (typed: HoursForm, list: 'more-seasons' | 'more-exceptions'): HoursForm {
  const { seasons, exceptions } = padWithBlankRows(typed)
  return list === 'more-seasons'
    ? { ...typed, seasons: [...seasons, blankSeason].slice(0, maxRows.seasons) }
    : { ...typed, exceptions: [...exceptions, blankException].slice(0, maxRows.exceptions) }
}

/** Adds empty rows to the typed values, up to the maximum. */
function padWithBlankRows (typed: HoursForm): HoursForm {
  const blanks = <T extends Parameters<typeof isBlankRow>[0]>(rows: readonly T[], blank: T, minBlankCount: number, most: number) =>
    [...rows, ...Array<T>(Math.max(0, minBlankCount - rows.filter(isBlankRow).length)).fill(blank)].slice(0, most)
  return {
    ...typed,
    seasons: blanks(typed.seasons, blankSeason, BLANK_SEASON_ROWS, maxRows.seasons),
    exceptions: blanks(typed.exceptions, blankException, BLANK_EXCEPTION_ROWS, maxRows.exceptions),
  }
}

/** The form shows a conflict. The error handler responds to other errors. */
function rethrowUnlessConflict (error: unknown): Conflict {
  if (error instanceof Conflict) return error
  throw error
}
