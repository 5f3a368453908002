/** Loads the service points of the institution's profile, and binds them to the log. */
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'

/**
 * Inserts the profile's service points that are missing, and sets locations that are unknown. Everything else stays as an
 * administrator left it. A `service-points-loaded` event binds what was written.
 * @returns how many service points were added
 */
export async function loadServicePoints (db: Kysely<Database>, profile: Pick<Profile, 'servicePoints'>, now: Date): Promise<number> {
  return await db.transaction().execute(async trx => {
    const added = await insertMissingServicePoints(trx, profile)
    const located = await setUnknownLocations(trx, profile)
    await bindServicePoints(trx, { added, located }, now)
    return added.length
  })
}

async function insertMissingServicePoints (trx: Transaction<Database>, { servicePoints }: Pick<Profile, 'servicePoints'>): Promise<string[]> {
  const added = await trx.insertInto('service_points')
    .values(servicePoints.map(({ id, kind, name, campus, address, hours, location }) =>
      ({ id, kind, name: JSON.stringify(name), campus, address, hours: JSON.stringify(hours), location: location === undefined ? null : JSON.stringify(location) })))
    .onConflict(conflict => conflict.column('id').doNothing())
    .returning('id')
    .execute()
  return added.map(({ id }) => id)
}

async function setUnknownLocations (trx: Transaction<Database>, { servicePoints }: Pick<Profile, 'servicePoints'>): Promise<string[]> {
  const located: string[] = []
  for (const { id, location } of servicePoints) {
    if (location === undefined) continue
    const set = await trx.updateTable('service_points').set({ location: JSON.stringify(location) })
      .where('id', '=', id).where('location', 'is', null).returning('id').executeTakeFirst()
    if (set !== undefined) located.push(set.id)
  }
  return located
}

/** The columns whose digests a `service-points-loaded` event has, beside the kind. Hours change later, with events of their own. */
export const digestedServicePointColumns = ['name', 'campus', 'address', 'hours', 'location'] as const

/** SQL for the digest of a value as JSON, base64. */
export function digestValue (value: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`encode(sha256(convert_to(jsonb_build_array(${value})::text, 'UTF8')), 'base64')`
}

/** The kind and the digests of the other columns of a service point, as an event and the verification have them. */
export type ServicePointFacts = Readonly<Partial<Record<'kind' | (typeof digestedServicePointColumns)[number], string>>>

/** Reads the facts of all service points as they are now, by id. */
export async function readServicePointFacts (db: Kysely<Database>): Promise<Map<string, Required<ServicePointFacts>>> {
  const digests = digestedServicePointColumns.map(column => sql`${sql.lit(column)}, ${digestValue(sql.ref(column))}`)
  const facts = sql<Required<ServicePointFacts>>`jsonb_build_object('kind', kind, ${sql.join(digests)})`
  const rows = await db.selectFrom('service_points').select(['id', facts.as('facts')]).orderBy('id').execute()
  return new Map(rows.map(row => [row.id, row.facts]))
}

/** Binds the rows that were added, and only the location of those that were located. */
async function bindServicePoints (trx: Transaction<Database>, { added, located }: { readonly added: readonly string[], readonly located: readonly string[] }, now: Date): Promise<void> {
  if (added.length + located.length === 0) return
  const current = await readServicePointFacts(trx)
  const servicePoints = Object.fromEntries([
    ...located.map(id => [id, { location: current.get(id)!.location }] as const),
    ...added.map(id => [id, current.get(id)!] as const),
  ])
  await appendEvent(trx, { kind: 'service-points-loaded', at: now, actor: 'system', facts: { servicePoints } })
}
