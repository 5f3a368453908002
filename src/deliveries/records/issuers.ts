/** Who has ever issued a slip, to choose from: whoever no longer works here too. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'

/** Agents of today, and everybody else by whom a record is, by name. */
export async function listIssuers (db: Kysely<Database>): Promise<Array<{ login: string, name: string }>> {
  return await db.selectFrom('staff').select(['login', 'name'])
    .where(sql<boolean>`('agent' = any (roles) or exists (select from delivery_records where facets @> array['agent:' || staff.id]))`)
    .orderBy('name').orderBy('login').execute()
}
