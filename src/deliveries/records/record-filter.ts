/** The filters of delivery records, and their SQL conditions. */
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import { affiliations, documentTypes } from '../../institution/vocabulary.js'
import { unusualPatterns } from '../../slips/rules/patterns.js'
import { isOpen } from '../../slips/rules/state-machine.js'
import { resolvePeriod, slipFilterFields, optionalUnlessBlank, type SlipFilter } from '../../slips/slip-filter.js'

/** The filters of slips, with additional filters for auditors. */
export const recordFilterFields = {
  ...slipFilterFields,
  affiliation: optionalUnlessBlank(z.enum(affiliations)),
  agent: optionalUnlessBlank(z.string().max(100)).describe('The login of the agent who issued the slip'),
  refused: optionalUnlessBlank(z.enum(['yes'])).describe('A handover was refused, or an attempt to issue for the holder was refused in the day before'),
  latinName: optionalUnlessBlank(z.enum(['differs'])).describe('The name in Latin letters that was entered is not the transliteration of the account’s name'),
  identityCheck: optionalUnlessBlank(z.enum(documentTypes)).describe('A document of this kind was checked'),
  pattern: optionalUnlessBlank(z.enum(unusualPatterns)).describe('An unusual pattern, worth a look: see the overview'),
}

export type RecordFilter = z.output<z.ZodObject<typeof recordFilterFields>>

/** A filter with the agent's id instead of the login. */
export interface ResolvedFilter extends Omit<RecordFilter, 'agent'> {
  /** The agent's id, or '' for an unknown login. */
  readonly agentId?: string | undefined
}

/** Returns true if the filter has more than a period. */
export function hasFacets ({ from: _from, to: _to, ...others }: ResolvedFilter): boolean {
  return Object.values(others).some(value => value !== undefined)
}

/** Builds the condition of the period, for `delivery_records as record` or for `slips`, which have the same times. */
export function periodCondition (filter: Pick<SlipFilter, 'from' | 'to'>, zone: string, over: 'record' | 'slips' = 'record'): RawBuilder<SqlBool> {
  const { from, before } = resolvePeriod(filter, zone)
  const issuedAt = sql.ref(`${over}.issued_at`)
  return allOf([
    ...(from === undefined ? [] : [sql<SqlBool>`${issuedAt} >= ${from}`]),
    ...(before === undefined ? [] : [sql<SqlBool>`${issuedAt} < ${before}`]),
  ])
}

/** Builds the condition of all other filters, for `delivery_records as record`. It needs a single index scan. */
export function facetCondition (filter: ResolvedFilter, now: Date): RawBuilder<SqlBool> {
  const facets = listFacets(filter)
  return allOf([
    ...(facets.length === 0 ? [] : [sql<SqlBool>`record.facets @> ${facets}::text[]`]),
    ...(filter.state === undefined ? [] : [stateCondition(filter.state, now)]),
  ])
}

/** Builds the condition of a state. An open slip past its end is expired, whatever state its row has. */
function stateCondition (state: NonNullable<SlipFilter['state']>, now: Date): RawBuilder<SqlBool> {
  const hasStateFacet = sql<SqlBool>`record.facets @> ${[`state:${state}`]}::text[]`
  if (state === 'expired') return sql<SqlBool>`(${hasStateFacet} or (record.open and record.expires_at <= ${now}))`
  return isOpen(state) ? sql<SqlBool>`(${hasStateFacet} and record.expires_at > ${now})` : hasStateFacet
}

function listFacets ({ channel, servicePointId, accountId, affiliation, agentId, refused, latinName, identityCheck, pattern }: ResolvedFilter): string[] {
  const named = { channel, point: servicePointId, account: accountId, affiliation, agent: agentId, document: identityCheck, pattern }
  return [
    ...Object.entries(named).flatMap(([name, value]) => value === undefined ? [] : [`${name}:${value}`]),
    ...(refused === undefined ? [] : ['refused']),
    ...(latinName === undefined ? [] : ['latin-name']),
  ]
}

function allOf (conditions: ReadonlyArray<RawBuilder<SqlBool>>): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql<SqlBool>`true` : sql.join<SqlBool>([...conditions], sql` and `)
}
