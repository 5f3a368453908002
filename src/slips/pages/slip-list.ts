/** The list of slips, and the filters that it shares with the delivery records. */
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { formatHolderName, formatUsername } from '../../accounts/erasure-markers.js'
import type { Database } from '../../database/schema.js'
import { formatFieldError, parseInput } from '../../http/forms.js'
import { formatDateTime, parseDate } from '../../i18n/formatters.js'
import { translator } from '../../i18n/translate.js'
import { channels, type Language, slipStates } from '../../institution/vocabulary.js'
import { listServicePoints } from '../../service-points/queries.js'
import type { SlipListPage } from '../queries.js'
import { isPeriodReversed, slipFilterFields, optionalUnlessBlank, type SlipFilter } from '../slip-filter.js'

const daySchema = z.string().max(20).transform((text, context) => {
  const read = parseDate(text)
  if (read === undefined) context.addIssue({ code: 'custom', message: 'no-such-day' })
  return read ?? z.NEVER
})

/** The filters of a page's address: days as people type them. */
export const periodFields = { from: optionalUnlessBlank(daySchema), to: optionalUnlessBlank(daySchema) }

const pageFilterSchema = z.object({ ...slipFilterFields, ...periodFields })

export interface ParsedFilter<Filter = SlipFilter> {
  readonly filter: Filter
  readonly cursor: string | undefined
  /** As typed, for the form. */
  readonly typed: Readonly<Record<string, string>>
  /** Sentences by name of the filter; with any, nothing is listed. */
  readonly errors: Readonly<Record<string, string>>
}

/** Reads the filters of a page's address; a mistake is told at its field. */
export function parseSlipFilter (request: FastifyRequest, zone: string): ParsedFilter {
  return parseFilter(pageFilterSchema, request, zone)
}

/** The same by other filters, of which the period is one. */
export function parseFilter<Shape extends typeof periodFields & z.ZodRawShape> (
  schema: z.ZodObject<Shape>, request: FastifyRequest, zone: string
): ParsedFilter<z.output<z.ZodObject<Shape>>> {
  const query = request.query as Record<string, unknown>
  const typed = Object.fromEntries(Object.keys(schema.shape).map(name => [name, typeof query[name] === 'string' ? query[name] : '']))
  const cursor = typeof query['cursor'] === 'string' ? query['cursor'].slice(0, 2000) : undefined
  const parsed = parseInput(schema, query)
  if (!parsed.ok) {
    const none = schema.parse({})
    return { filter: none, cursor: undefined, typed, errors: Object.fromEntries(parsed.errors.map(error => [error.path, formatFieldError(request.t, error)])) }
  }
  const errors: Record<string, string> = isPeriodReversed(parsed.value as Pick<SlipFilter, 'from' | 'to'>, zone) ? { to: request.t('fields.period-ends-before-it-begins') } : {}
  return { filter: parsed.value, cursor, typed, errors }
}

/** What the filters' fields need. */
export async function loadFilterOptions (db: Kysely<Database>, language: Language, { typed, errors }: Pick<ParsedFilter, 'typed' | 'errors'>) {
  const points = await listServicePoints(db)
  return {
    filter: typed,
    errors,
    servicePoints: points.map(({ id, name }) => ({ value: id, label: name[language] })),
    states: slipStates,
    channels,
  }
}

/** The addresses of the other pages of a list. */
export function buildPagerLinks (path: string, { typed, cursor }: Pick<ParsedFilter, 'typed' | 'cursor'>, next: string | undefined) {
  const query = new URLSearchParams(Object.entries(typed).filter(([, value]) => value !== '')).toString()
  return {
    next: next && `${path}?${query === '' ? '' : `${query}&`}cursor=${next}`,
    first: cursor && (query === '' ? path : `${path}?${query}`),
  }
}

/** The rows of the list. */
export function toSlipLines ({ items }: SlipListPage, zone: string, language: Language, names: ReadonlyMap<string, Record<Language, string>>) {
  return items.map(slip => ({
    number: slip.number,
    state: slip.state,
    channel: slip.channel,
    displayName: formatHolderName(translator(language), slip.display_name),
    username: formatUsername(slip.username),
    issuedAt: formatDateTime(slip.issued_at, zone, language),
    issuedBy: slip.issued_by_name,
    servicePoint: names.get(slip.service_point_id)?.[language] ?? slip.service_point_id,
  }))
}
