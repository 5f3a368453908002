/** Queries of service points. */
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { Localised, ServicePointKind } from '../institution/vocabulary.js'
import type { OpeningHours } from '../institution/opening-hours.js'
import type { ServicePoint } from './service-point.js'

/** Lists all service points, or those of one kind, by id. */
export async function listServicePoints (db: Kysely<Database>, { kind }: { readonly kind?: ServicePointKind } = {}): Promise<ServicePoint[]> {
  return await db.selectFrom('service_points').selectAll()
    .$if(kind !== undefined, query => query.where('kind', '=', kind!))
    .orderBy('id')
    .execute()
}

/** Lists the names of all service points, by id. */
export async function listServicePointNames (db: Kysely<Database>): Promise<ReadonlyMap<string, Localised>> {
  return new Map((await listServicePoints(db)).map(({ id, name }) => [id, name]))
}

/** Lists the service points at which a member of staff works, by id. */
export async function listStaffServicePoints (db: Kysely<Database>, staffId: string): Promise<ServicePoint[]> {
  return await db.selectFrom('service_points')
    .innerJoin('staff_service_points', 'staff_service_points.service_point_id', 'service_points.id')
    .where('staff_service_points.staff_id', '=', staffId)
    .selectAll('service_points')
    .orderBy('id')
    .execute()
}

export async function findServicePoint (db: Kysely<Database>, id: string): Promise<ServicePoint | undefined> {
  return await db.selectFrom('service_points').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Locks the hours of a service point until the transaction ends; slips that refer to it do not wait. */
export async function lockHours (trx: Transaction<Database>, id: string): Promise<OpeningHours | undefined> {
  return (await trx.selectFrom('service_points').select('hours').where('id', '=', id).forNoKeyUpdate().executeTakeFirst())?.hours
}

export async function updateHours (trx: Transaction<Database>, id: string, hours: OpeningHours): Promise<void> {
  await trx.updateTable('service_points').set({ hours: JSON.stringify(hours) }).where('id', '=', id).execute()
}
