/** The list of slips, and the filters that it shares with the delivery records. */
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { formatBothNames, formatUsername } from '../../accounts/erasure-markers.js'
import type { Database } from '../../database/schema.js'
import { describeFaults, type FormFaults, type FormFields } from '../../http/forms.js'
import { formatDateTime } from '../../i18n/formatters.js'
import { translator } from '../../i18n/translate.js'
import { parseDate } from '../../institution/dates.js'
import { type FormValues, parseInput, parseValidFields, readFormValues } from '../../institution/input.js'
import { channels, type Language, slipStates } from '../../institution/vocabulary.js'
import { institutionDay } from '../../service-points/institution-day.js'
import { listServicePoints } from '../../service-points/queries.js'
import type { SlipListPage } from '../queries.js'
import { isPeriodReversed, slipFilterFields, optionalUnlessBlank, type SlipFilter } from '../slip-filter.js'

const daySchema = z.iso.date('no-such-day')

/** The period of a page, in days. `parseFilter` reads them as users type dates. */
export const periodFields = { from: optionalUnlessBlank(daySchema), to: optionalUnlessBlank(daySchema) }

const periodSchema = z.object(periodFields)
const pageFilterSchema = z.object({ ...slipFilterFields, ...periodFields })

/** The filters of every list, in the order of the page. */
const filterFields: FormFields = {
  labels: {
    from: 'records.filters.from',
    to: 'records.filters.to',
    reason: 'records.refusals.reason',
    state: 'records.filters.state',
    channel: 'records.filters.channel',
    servicePointId: 'records.filters.servicePointId',
    affiliation: 'records.filters.affiliation',
    agent: 'records.filters.agent',
    identityCheck: 'records.filters.identityCheck',
    refused: 'records.filters.refused',
    pattern: 'records.filters.pattern',
    accountId: 'records.filters.accountId',
  },
}

/** The parsed filters of a page. If there are errors, the page lists nothing. */
export interface ParsedFilter<Filter = SlipFilter> extends Pick<FormFaults, 'errors' | 'summary'> {
  readonly filter: Filter
  readonly cursor: string | undefined
  /** The typed values, for the form. */
  readonly typed: FormFaults['values']
}

/** The institution's time zone, and the current time, from which years of two digits are read. */
export interface PeriodContext {
  readonly zone: string
  readonly now: Date
}

/** Parses the filters in a page's query string. */
export function parseSlipFilter (request: FastifyRequest, context: PeriodContext): ParsedFilter {
  return parseFilter(pageFilterSchema, request, context)
}

/** Parses the filters of a schema that includes the period. */
export function parseFilter<Shape extends typeof periodFields & z.ZodRawShape> (
  schema: z.ZodObject<Shape>, request: FastifyRequest, { zone, now }: PeriodContext
): ParsedFilter<z.output<z.ZodObject<Shape>>> {
  const values = readFormValues(request.query)
  const typed = Object.fromEntries(Object.keys(schema.shape).map(name => [name, values[name] ?? '']))
  const query = { ...Object(request.query) as object, ...parsePeriod(values, institutionDay(now, zone)) }
  const parsed = parseInput(schema, query)
  const { errors, summary } = describeFaults({
    errors: [
      ...parsed.ok ? [] : parsed.errors,
      ...isPeriodReversed(parseValidFields(periodSchema, query), zone) ? [{ path: 'to', message: 'period-ends-before-it-begins' }] : [],
    ],
  }, typed, filterFields, request.t)
  return parsed.ok
    ? { filter: parsed.value, cursor: values['cursor']?.slice(0, 2000), typed, errors, summary }
    : { filter: schema.parse({}), cursor: undefined, typed, errors, summary }
}

/** Parses the days that were typed. Other text stays as it is, for the schema to refuse. */
function parsePeriod (typed: FormValues, today: string): FormValues {
  return Object.fromEntries(Object.keys(periodFields).flatMap(name => {
    const day = parseDate(typed[name] ?? '', { kind: 'other', today })
    return day === undefined ? [] : [[name, day]]
  }))
}

/** Loads the values and the options of the filter fields. */
export async function loadFilterOptions (db: Kysely<Database>, language: Language, { typed, errors, summary }: Pick<ParsedFilter, 'typed' | 'errors' | 'summary'>) {
  const points = await listServicePoints(db)
  return {
    filter: typed,
    errors,
    summary,
    servicePoints: points.map(({ id, name }) => ({ value: id, label: name[language] })),
    states: slipStates,
    channels,
  }
}

/** Builds the links to the next and the first page of a list. */
export function buildPagerLinks (path: string, { typed, cursor }: Pick<ParsedFilter, 'typed' | 'cursor'>, next: string | undefined) {
  const query = new URLSearchParams(Object.entries(typed).filter(([, value]) => value !== '')).toString()
  return {
    next: next && `${path}?${query === '' ? '' : `${query}&`}cursor=${next}`,
    first: cursor && (query === '' ? path : `${path}?${query}`),
  }
}

/** Converts slips to the rows of the list. */
export function toSlipLines ({ items }: SlipListPage, zone: string, language: Language, names: ReadonlyMap<string, Record<Language, string>>) {
  return items.map(slip => ({
    number: slip.number,
    state: slip.state,
    channel: slip.channel,
    displayName: formatBothNames(translator(language), slip),
    username: formatUsername(slip.username),
    issuedAt: formatDateTime(slip.issued_at, zone, language),
    issuedBy: slip.issued_by_name,
    servicePoint: names.get(slip.service_point_id)?.[language] ?? slip.service_point_id,
  }))
}
