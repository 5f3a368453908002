/** The list of slips, and the filters that it shares with the delivery records. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { shownName, shownUsername } from '../accounts/erased.js'
import type { Deps } from '../app.js'
import { fieldMessage, parseForm } from '../http/forms.js'
import { momentInWords, readDay } from '../i18n/moments.js'
import { translator } from '../i18n/translate.js'
import { channels, type Language } from '../institution/words.js'
import { listServicePoints } from '../service-points/queries.js'
import { slipStates } from './life.js'
import type { SlipPage } from './queries.js'
import { isBackwards, slipFilterFields, unlessBlank, type SlipFilter } from './slip-filter.js'

const day = z.string().max(20).transform((text, context) => {
  const read = readDay(text)
  if (read === undefined) context.addIssue({ code: 'custom', message: 'no-such-day' })
  return read ?? z.NEVER
})

/** The filters of a page's address: days as people type them. */
export const typedPeriod = { from: unlessBlank(day), to: unlessBlank(day) }

const pageFilterSchema = z.object({ ...slipFilterFields, ...typedPeriod })

export interface ReadFilter<Filter = SlipFilter> {
  readonly filter: Filter
  readonly cursor: string | undefined
  /** As typed, for the form. */
  readonly typed: Readonly<Record<string, string>>
  /** Sentences by name of the filter; with any, nothing is listed. */
  readonly errors: Readonly<Record<string, string>>
}

/** Reads the filters of a page's address; a mistake is told at its field. */
export function readFilter (request: FastifyRequest, zone: string): ReadFilter {
  return readFilterBy(pageFilterSchema, request, zone)
}

/** The same by other filters, of which the period is one. */
export function readFilterBy<Shape extends typeof typedPeriod & z.ZodRawShape> (
  schema: z.ZodObject<Shape>, request: FastifyRequest, zone: string
): ReadFilter<z.output<z.ZodObject<Shape>>> {
  const query = request.query as Record<string, unknown>
  const typed = Object.fromEntries(Object.keys(schema.shape).map(name => [name, typeof query[name] === 'string' ? query[name] : '']))
  const cursor = typeof query['cursor'] === 'string' ? query['cursor'].slice(0, 2000) : undefined
  const parsed = parseForm(schema, query)
  if (!parsed.ok) {
    const none = schema.parse({})
    return { filter: none, cursor: undefined, typed, errors: Object.fromEntries(parsed.errors.map(error => [error.path, fieldMessage(request.t, error)])) }
  }
  const errors: Record<string, string> = isBackwards(parsed.value as Pick<SlipFilter, 'from' | 'to'>, zone) ? { to: request.t('fields.period-ends-before-it-begins') } : {}
  return { filter: parsed.value, cursor, typed, errors }
}

/** What the filters' fields need. */
export async function filterChoices (deps: Deps, language: Language, { typed, errors }: Pick<ReadFilter, 'typed' | 'errors'>) {
  const points = await listServicePoints(deps.db)
  return {
    filter: typed,
    errors,
    servicePoints: points.map(({ id, name }) => ({ value: id, label: name[language] })),
    states: slipStates,
    channels,
  }
}

/** The addresses of the other pages of a list. */
export function pagerLinks (path: string, { typed, cursor }: Pick<ReadFilter, 'typed' | 'cursor'>, next: string | undefined) {
  const query = new URLSearchParams(Object.entries(typed).filter(([, value]) => value !== '')).toString()
  return {
    next: next && `${path}?${query === '' ? '' : `${query}&`}cursor=${next}`,
    first: cursor && (query === '' ? path : `${path}?${query}`),
  }
}

/** The rows of the list. */
export function slipLines ({ items }: SlipPage, zone: string, language: Language, names: ReadonlyMap<string, Record<Language, string>>) {
  return items.map(slip => ({
    number: slip.number,
    state: slip.state,
    channel: slip.channel,
    displayName: shownName(translator(language), slip.display_name),
    username: shownUsername(slip.username),
    issuedAt: momentInWords(slip.issued_at, zone, language),
    issuedBy: slip.issued_by_name,
    servicePoint: names.get(slip.service_point_id)?.[language] ?? slip.service_point_id,
  }))
}
