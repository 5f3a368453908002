/** The list of slips, and the filters that it shares with the delivery records. */
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { formatHolderName, formatUsername } from '../../accounts/erasure-markers.js'
import type { Database } from '../../database/schema.js'
import { describeFaults, type FormFaults, type FormFields } from '../../http/forms.js'
import { formatDateTime, parseDate } from '../../i18n/formatters.js'
import { translator } from '../../i18n/translate.js'
import { parseInput, parseValidFields, readFormValues } from '../../institution/input.js'
import { channels, type Language, slipStates } from '../../institution/vocabulary.js'
import { listServicePoints } from '../../service-points/queries.js'
import type { SlipListPage } from '../queries.js'
import { isPeriodReversed, slipFilterFields, optionalUnlessBlank, type SlipFilter } from '../slip-filter.js'

const daySchema = z.string().max(20).transform((text, context) => {
  const date = parseDate(text)
  if (date === undefined) context.addIssue({ code: 'custom', message: 'no-such-day' })
  return date ?? z.NEVER
})

/** The period in a page's query string, as days in the format that users type. */
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

/** Parses the filters in a page's query string. */
export function parseSlipFilter (request: FastifyRequest, zone: string): ParsedFilter {
  return parseFilter(pageFilterSchema, request, zone)
}

/** Parses the filters of a schema that includes the period. */
export function parseFilter<Shape extends typeof periodFields & z.ZodRawShape> (
  schema: z.ZodObject<Shape>, request: FastifyRequest, zone: string
): ParsedFilter<z.output<z.ZodObject<Shape>>> {
  const values = readFormValues(request.query)
  const typed = Object.fromEntries(Object.keys(schema.shape).map(name => [name, values[name] ?? '']))
  const parsed = parseInput(schema, request.query)
  const { errors, summary } = describeFaults({
    errors: [
      ...parsed.ok ? [] : parsed.errors,
      ...isPeriodReversed(parseValidFields(periodSchema, request.query), zone) ? [{ path: 'to', message: 'period-ends-before-it-begins' }] : [],
    ],
  }, typed, filterFields, request.t)
  return parsed.ok
    ? { filter: parsed.value, cursor: values['cursor']?.slice(0, 2000), typed, errors, summary }
    : { filter: schema.parse({}), cursor: undefined, typed, errors, summary }
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
    displayName: formatHolderName(translator(language), slip.display_name),
    username: formatUsername(slip.username),
    issuedAt: formatDateTime(slip.issued_at, zone, language),
    issuedBy: slip.issued_by_name,
    servicePoint: names.get(slip.service_point_id)?.[language] ?? slip.service_point_id,
  }))
}
