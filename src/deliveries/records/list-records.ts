/**
 * Lists and counts delivery records among millions of rows. A list first scans a limited number of rows in its own
 * order. If the filter matches too few of them to fill a page, the list uses the index of facets.
 */
import { type Kysely, type RawBuilder, sql, type SqlBool } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../database/cursor.js'
import type { Database } from '../../database/schema.js'
import { findStaffByLogin } from '../../staff/queries.js'
import { facetCondition, hasFacets, periodCondition, type RecordFilter, type ResolvedFilter } from './record-filter.js'

export const recordSorts = ['newest', 'oldest', 'number', 'number-down'] as const
export type RecordSort = (typeof recordSorts)[number]

export interface RecordSearch {
  readonly filter: RecordFilter
  readonly sort: RecordSort
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface RecordKey { readonly slip_id: string, readonly issued_at: Date, readonly number: string }
export interface RecordPage { readonly items: readonly RecordKey[], readonly next: string | undefined }

/** Rows to scan in the list's order before using the index of facets. Fewer by number, because those rows are scattered. */
const SCAN_LIMIT = 50_000
const SCAN_LIMIT_BY_NUMBER = 5_000
/** The highest exact count. The manifest of an export has the exact number of a larger result. */
export const MAX_COUNTED = 10_000

const cursorKeySchema = z.tuple([z.iso.datetime(), z.string().length(11)])

const orders: Readonly<Record<RecordSort, { by: RawBuilder<unknown>, after: (at: Date, number: string) => RawBuilder<SqlBool> }>> = {
  newest: { by: sql`issued_at desc, number desc`, after: (at, number) => sql`(record.issued_at, record.number) < (${at}, ${number})` },
  oldest: { by: sql`issued_at, number`, after: (at, number) => sql`(record.issued_at, record.number) > (${at}, ${number})` },
  number: { by: sql`number`, after: (_, number) => sql`record.number > ${number}` },
  'number-down': { by: sql`number desc`, after: (_, number) => sql`record.number < ${number}` },
}

/** Replaces the agent's login in the filter with the agent's id. */
export async function resolveFilter (db: Kysely<Database>, { agent, ...filter }: RecordFilter): Promise<ResolvedFilter> {
  return agent === undefined ? filter : { ...filter, agentId: (await findStaffByLogin(db, agent))?.id ?? '' }
}

/** Lists the keys of a page of records. @throws {InvalidInput} for a cursor of another list */
export async function listRecords (db: Kysely<Database>, { filter, sort, limit, cursor }: RecordSearch, zone: string, now: Date): Promise<RecordPage> {
  const list = `delivery-records?${JSON.stringify([filter, sort])}`
  const key = cursor === undefined ? undefined : decodeCursor(list, cursor, cursorKeySchema)
  const resolved = await resolveFilter(db, filter)
  const { by, after } = orders[sort]
  const within = key === undefined ? periodCondition(filter, zone) : sql<SqlBool>`${periodCondition(filter, zone)} and ${after(new Date(key[0]), key[1])}`
  const matching = facetCondition(resolved, now)
  const query = { within, matching, by, limit: limit + 1 }
  let rows = await scanNearest(db, query, sort.startsWith('number') ? SCAN_LIMIT_BY_NUMBER : SCAN_LIMIT)
  if (rows.length <= limit) rows = await searchByFacets(db, query)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(list, [last.issued_at.toISOString(), last.number]) : undefined }
}

interface KeyQuery {
  readonly within: RawBuilder<SqlBool>
  readonly matching: RawBuilder<SqlBool>
  readonly by: RawBuilder<unknown>
  readonly limit: number
}

async function scanNearest (db: Kysely<Database>, { within, matching, by, limit }: KeyQuery, scanLimit: number): Promise<RecordKey[]> {
  const { rows } = await sql<RecordKey>`select slip_id, issued_at, number
    from (select * from delivery_records as record where ${within} order by ${by} limit ${sql.lit(scanLimit)}) as record
    where ${matching} order by ${by} limit ${limit}`.execute(db)
  return rows
}

/** Finds all matches before it sorts them. Otherwise the planner would scan the table in the order of the list. */
async function searchByFacets (db: Kysely<Database>, { within, matching, by, limit }: KeyQuery): Promise<RecordKey[]> {
  const { rows } = await sql<RecordKey>`with found as materialized (select slip_id, issued_at, number from delivery_records as record where ${within} and ${matching})
    select * from found order by ${by} limit ${limit}`.execute(db)
  return rows
}

/** Counts the records of the filter up to `MAX_COUNTED`, and says if there are more. */
export async function countRecords (db: Kysely<Database>, filter: RecordFilter, zone: string, now: Date): Promise<{ readonly count: number, readonly more: boolean }> {
  const resolved = await resolveFilter(db, filter)
  const within = periodCondition(filter, zone)
  const counted = hasFacets(resolved) ? await countMatching(db, within, facetCondition(resolved, now)) : await countUpTo(db, within)
  return { count: Math.min(counted, MAX_COUNTED), more: counted > MAX_COUNTED }
}

async function countMatching (db: Kysely<Database>, within: RawBuilder<SqlBool>, matching: RawBuilder<SqlBool>): Promise<number> {
  const { rows } = await sql<{ seen: number, matching: number }>`select count(*) as seen, count(*) filter (where ${matching}) as matching
    from (select * from delivery_records as record where ${within} order by issued_at desc, number desc limit ${sql.lit(SCAN_LIMIT)}) as record`.execute(db)
  const [near] = rows
  if (near!.matching > MAX_COUNTED || near!.seen < SCAN_LIMIT) return near!.matching
  return await db.transaction().execute(async trx => {
    // Because of the limit, the planner would otherwise scan the table until it has found ten thousand matches.
    await sql`set local enable_seqscan = off`.execute(trx)
    await sql`set local enable_indexscan = off`.execute(trx)
    return await countUpTo(trx, sql<SqlBool>`${within} and ${matching}`)
  })
}

async function countUpTo (db: Kysely<Database>, condition: RawBuilder<SqlBool>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from (select from delivery_records as record where ${condition} limit ${sql.lit(MAX_COUNTED + 1)}) as counted`.execute(db)
  return rows[0]!.count
}

/** Lists current agents and everyone else who has issued a slip, by name. */
export async function listIssuers (db: Kysely<Database>): Promise<Array<{ login: string, name: string }>> {
  return await db.selectFrom('staff').select(['login', 'name'])
    .where(sql<boolean>`('agent' = any (roles) or exists (select from delivery_records where facets @> array['agent:' || staff.id]))`)
    .orderBy('name').orderBy('login').execute()
}
