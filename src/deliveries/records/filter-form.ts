/** The auditor's filters: parses the query string, loads the options of the fields, and builds links. */
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../database/schema.js'
import { readFormValues } from '../../institution/input.js'
import type { Profile } from '../../institution/profile.js'
import { affiliations, documentTypes } from '../../institution/vocabulary.js'
import type { AccessEventDeps } from '../../slips/access-events.js'
import { unusualPatterns } from '../../slips/rules/patterns.js'
import { loadFilterOptions, type ParsedFilter, parseFilter, type PeriodContext, periodFields } from '../../slips/pages/slip-list.js'
import { listIssuers, type RecordSort, recordSorts } from './list-records.js'
import { type RecordFilter, recordFilterFields } from './record-filter.js'

/** The dependencies of the pages of delivery records. */
export interface RecordPagesDeps extends AccessEventDeps {
  readonly profile: Profile
}

const pageFilterSchema = z.object({ ...recordFilterFields, ...periodFields })

export interface ParsedRecordFilter extends ParsedFilter<RecordFilter> {
  readonly sort: RecordSort
}

/** Parses the filters and the sort order. */
export function readRecordFilter (request: FastifyRequest, context: PeriodContext): ParsedRecordFilter {
  const { sort } = readFormValues(request.query)
  return { ...parseFilter(pageFilterSchema, request, context), sort: recordSorts.find(one => one === sort) ?? 'newest' }
}

/** Loads the data of the filter fields. */
export async function loadRecordFilterOptions (db: Kysely<Database>, request: FastifyRequest, read: ParsedRecordFilter) {
  return {
    ...await loadFilterOptions(db, request.language, read),
    affiliations,
    documentTypes,
    patternNames: unusualPatterns,
    agents: (await listIssuers(db)).map(({ login, name }) => ({ value: login, label: name })),
    sort: read.sort,
  }
}

/** Builds a link with the same filters. `more` adds filters, or removes those with an empty value. */
export function buildFilterLink (path: string, { typed, sort }: Pick<ParsedRecordFilter, 'typed' | 'sort'>, more: Readonly<Record<string, string>> = {}): string {
  const all = { ...typed, sort: sort === 'newest' ? '' : sort, ...more }
  const query = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== '')).toString()
  return query === '' ? path : `${path}?${query}`
}
