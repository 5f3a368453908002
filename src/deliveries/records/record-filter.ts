/** What delivery records are filtered by, and how that is asked of the table of records. */
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import { affiliations, documentTypes } from '../../institution/vocabulary.js'
import { isOpen } from '../../slips/rules/state-machine.js'
import { resolvePeriod, slipFilterFields, optionalUnlessBlank, type SlipFilter } from '../../slips/slip-filter.js'

/** The filters of slips, and an auditor's own. */
export const recordFilterFields = {
  ...slipFilterFields,
  affiliation: optionalUnlessBlank(z.enum(affiliations)),
  agent: optionalUnlessBlank(z.string().max(100)).describe('The login of who issued it'),
  refused: optionalUnlessBlank(z.enum(['yes'])).describe('A handover was refused, or issuing to its holder was in the day before'),
  identityCheck: optionalUnlessBlank(z.enum(documentTypes)).describe('A document of this kind was looked at'),
}

export type RecordFilter = z.output<z.ZodObject<typeof recordFilterFields>>

/** A filter with the agent's id found: what the table of records knows. */
export interface ResolvedFilter extends Omit<RecordFilter, 'agent'> {
  /** The id; '' for a login that nobody has. */
  readonly agentId?: string | undefined
}

/** True when something besides the period is asked for. */
export function hasFacets ({ from: _from, to: _to, ...others }: ResolvedFilter): boolean {
  return Object.values(others).some(value => value !== undefined)
}

/** The period as a condition over `delivery_records as record`, or over `slips`, which have the same moments. */
export function periodCondition (filter: Pick<SlipFilter, 'from' | 'to'>, zone: string, over: 'record' | 'slips' = 'record'): RawBuilder<SqlBool> {
  const { from, before } = resolvePeriod(filter, zone)
  const issuedAt = sql.ref(`${over}.issued_at`)
  return allOf([
    ...(from === undefined ? [] : [sql<SqlBool>`${issuedAt} >= ${from}`]),
    ...(before === undefined ? [] : [sql<SqlBool>`${issuedAt} < ${before}`]),
  ])
}

/** Everything but the period, over `delivery_records as record`: one look at one index, whatever is asked for. */
export function facetCondition (sought: ResolvedFilter, now: Date): RawBuilder<SqlBool> {
  const facets = listFacets(sought)
  return allOf([
    ...(facets.length === 0 ? [] : [sql<SqlBool>`record.facets @> ${facets}::text[]`]),
    ...(sought.state === undefined ? [] : [stateCondition(sought.state, now)]),
  ])
}

/** Expiry is by the clock: an open slip past its end is expired, whatever its row says. */
function stateCondition (state: NonNullable<SlipFilter['state']>, now: Date): RawBuilder<SqlBool> {
  const saysSo = sql<SqlBool>`record.facets @> ${[`state:${state}`]}::text[]`
  if (state === 'expired') return sql<SqlBool>`(${saysSo} or (record.open and record.expires_at <= ${now}))`
  return isOpen(state) ? sql<SqlBool>`(${saysSo} and record.expires_at > ${now})` : saysSo
}

function listFacets ({ channel, servicePointId, accountId, affiliation, agentId, refused, identityCheck }: ResolvedFilter): string[] {
  const named = { channel, point: servicePointId, account: accountId, affiliation, agent: agentId, document: identityCheck }
  return [
    ...Object.entries(named).flatMap(([name, value]) => value === undefined ? [] : [`${name}:${value}`]),
    ...(refused === undefined ? [] : ['refused']),
  ]
}

function allOf (conditions: ReadonlyArray<RawBuilder<SqlBool>>): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql<SqlBool>`true` : sql.join<SqlBool>([...conditions], sql` and `)
}
