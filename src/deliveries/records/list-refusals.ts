/** Lists and counts refused attempts by reason, from the audit events. */
import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../database/cursor.js'
import type { Database } from '../../database/schema.js'
import { refusalCodes, type RefusalCode } from '../../institution/refusals.js'
import { channels, prohibitedChannels } from '../../institution/vocabulary.js'
import { resolvePeriod, slipFilterFields, optionalUnlessBlank } from '../../slips/slip-filter.js'
import { MAX_COUNTED } from './list-records.js'
import type { ResolvedFilter } from './record-filter.js'

export const refusalFilterFields = {
  from: slipFilterFields.from,
  to: slipFilterFields.to,
  reason: optionalUnlessBlank(z.enum(refusalCodes)),
  channel: optionalUnlessBlank(z.enum([...channels, ...prohibitedChannels])),
  servicePointId: slipFilterFields.servicePointId,
  agent: optionalUnlessBlank(z.string().max(100)),
}

export type RefusalFilter = z.output<z.ZodObject<typeof refusalFilterFields>>

export interface RefusedAttempt {
  readonly sequence: number
  readonly at: Date
  readonly codes: readonly RefusalCode[]
  readonly channel: string
  readonly step: string | null
  readonly slip: string | null
  readonly by: string | null
  readonly service_point: string | null
  readonly display_name: string | null
  readonly username: string | null
}

const refusalCursorKeySchema = z.tuple([z.iso.datetime(), z.int()])

interface RefusalSearch { readonly filter: RefusalFilter, readonly limit: number, readonly cursor: string | undefined }

/** Lists a page of refused attempts, newest first. @throws {InvalidInput} for a cursor of another list */
export async function listRefusals (db: Kysely<Database>, { filter, limit, cursor }: RefusalSearch, zone: string): Promise<{ items: RefusedAttempt[], next: string | undefined }> {
  const list = `refusals?${JSON.stringify(filter)}`
  const key = cursor === undefined ? undefined : decodeCursor(list, cursor, refusalCursorKeySchema)
  const further = key === undefined ? sql<SqlBool>`true` : sql<SqlBool>`(event.at, event.sequence) < (${new Date(key[0])}, ${key[1]})`
  const { rows } = await sql<RefusedAttempt>`select event.sequence, event.at, event.facts->'codes' as codes, event.facts->>'channel' as channel, event.facts->>'step' as step,
      event.slip, staff.name as by, event.service_point, accounts.display_name, accounts.username
    from audit_events as event left join accounts on accounts.id = event.account left join staff on event.actor = 'staff:' || staff.id
    where ${refusalCondition(filter, zone)} and ${further}
    order by event.at desc, event.sequence desc limit ${limit + 1}`.execute(db)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(list, [last.at.toISOString(), last.sequence]) : undefined }
}

/** Counts refused attempts up to `MAX_COUNTED`, and says if there are more. */
export async function countRefusals (db: Kysely<Database>, filter: RefusalFilter, zone: string): Promise<{ count: number, more: boolean }> {
  const { rows } = await sql<{ count: number }>`select count(*) from (select from audit_events as event where ${refusalCondition(filter, zone)} limit ${sql.lit(MAX_COUNTED + 1)}) as counted`.execute(db)
  return { count: Math.min(rows[0]!.count, MAX_COUNTED), more: rows[0]!.count > MAX_COUNTED }
}

/** Counts refused attempts by reason. It applies the filters that an attempt has: period, channel, service point, agent. */
export async function countRefusalReasons (db: Kysely<Database>, { from, to, channel, servicePointId, agentId }: ResolvedFilter, zone: string) {
  const within = sql<SqlBool>`${refusalCondition({ from, to, channel, servicePointId }, zone)} and ${agentId === undefined ? sql<SqlBool>`true` : sql<SqlBool>`event.actor = ${`staff:${agentId}`}`}`
  const { rows } = await sql<{ code: string, count: number }>`select code, count(*) from audit_events as event, jsonb_array_elements_text(event.facts->'codes') as code
    where ${within} group by code order by count desc, code`.execute(db)
  const all = await sql<{ count: number }>`select count(*) from audit_events as event where ${within}`.execute(db)
  return { attempts: all.rows[0]!.count, reasons: rows }
}

function refusalCondition ({ from, to, reason, channel, servicePointId, agent }: RefusalFilter, zone: string): RawBuilder<SqlBool> {
  const period = resolvePeriod({ from, to }, zone)
  return sql.join<SqlBool>([
    sql`event.kind = 'slip-refused'`,
    ...(period.from === undefined ? [] : [sql`event.at >= ${period.from}`]),
    ...(period.before === undefined ? [] : [sql`event.at < ${period.before}`]),
    ...(reason === undefined ? [] : [sql`event.facts->'codes' ? ${reason}::text`]),
    ...(channel === undefined ? [] : [sql`event.facts->>'channel' = ${channel}`]),
    ...(servicePointId === undefined ? [] : [sql`event.service_point = ${servicePointId}`]),
    ...(agent === undefined ? [] : [sql`event.actor = (select 'staff:' || id from staff where login = ${agent})`]),
  ], sql` and `)
}
