/** Reads envelopes for the porters and the batches in which they were sent. */
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../database/cursor.js'
import type { Database } from '../../database/schema.js'
import { stateAtSql } from '../../slips/slip-filter.js'

/** Lists envelopes that can be sent, by desk, oldest first. @param office the issuing service point; undefined for all */
export async function listEnvelopesToSend (db: Kysely<Database>, office: string | undefined, limit: number, now: Date) {
  return await db.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .innerJoin('staff', 'staff.id', 'slips.issued_by')
    .select(['slips.number', 'slips.issued_at', 'slips.service_point_id', 'accounts.display_name', 'accounts.latin_name as account_latin_name', 'slips.latin_name', 'staff.name as issued_by_name'])
    .select(eb => [eb.ref('deliveries.porter_service_point_id').$notNull().as('desk'), eb.ref('deliveries.collect_by').$notNull().as('collect_by')])
    .where('deliveries.channel', '=', 'porter').where('deliveries.envelope_at', '=', 'office')
    .where(stateAtSql(now), '=', 'prepared')
    .$if(office !== undefined, query => query.where('slips.service_point_id', '=', office!))
    .orderBy('deliveries.porter_service_point_id').orderBy('slips.issued_at').orderBy('slips.number')
    .limit(limit).execute()
}

/** Lists which of these envelopes were sent, in which batch, by whom and when. */
export async function listDispatchesOfEnvelopes (db: Kysely<Database>, numbers: readonly string[]) {
  return await db.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .innerJoin('dispatches', 'dispatches.id', 'deliveries.dispatch_id')
    .innerJoin('staff', 'staff.id', 'dispatches.dispatched_by')
    .select(['slips.number', 'dispatches.id', 'dispatches.dispatched_at', 'staff.name as dispatched_by_name'])
    .where('slips.number', 'in', numbers).execute()
}

function selectDispatches (db: Kysely<Database>) {
  return db.selectFrom('dispatches')
    .innerJoin('staff', 'staff.id', 'dispatches.dispatched_by')
    .innerJoin('service_points as desk', 'desk.id', 'dispatches.porter_service_point_id')
    .innerJoin('service_points as office', 'office.id', 'dispatches.service_point_id')
    .select(['dispatches.id', 'dispatches.dispatched_at', 'dispatches.dispatched_by', 'dispatches.service_point_id', 'staff.name as dispatched_by_name',
      'desk.name as desk_name', 'desk.address as desk_address', 'office.name as office_name', 'office.address as office_address'])
}

export type DispatchRow = Awaited<ReturnType<ReturnType<typeof selectDispatches>['execute']>>[number]

/** Finds a batch. @param id a UUID */
export async function findDispatch (db: Kysely<Database>, id: string): Promise<DispatchRow | undefined> {
  return await selectDispatches(db).where('dispatches.id', '=', id).executeTakeFirst()
}

const cursorKeySchema = z.tuple([z.iso.datetime(), z.guid()])

/** Lists a page of batches with their number of envelopes, newest first. @throws {InvalidInput} for a cursor of another list */
export async function listDispatches (db: Kysely<Database>, { office, limit, cursor }: { readonly office: string | undefined, readonly limit: number, readonly cursor: string | undefined }) {
  const list = `dispatches?${office ?? ''}`
  const after = cursor === undefined ? undefined : decodeCursor(list, cursor, cursorKeySchema)
  const rows = await selectDispatches(db)
    .select(eb => eb.selectFrom('deliveries').whereRef('deliveries.dispatch_id', '=', 'dispatches.id').select(inner => inner.fn.countAll<number>().as('count')).as('count'))
    .select(eb => eb.selectFrom('deliveries').whereRef('deliveries.dispatch_id', '=', 'dispatches.id').where('deliveries.envelope_at', '=', 'on-the-way').select(inner => inner.fn.countAll<number>().as('under_way')).as('under_way'))
    .$if(office !== undefined, query => query.where('dispatches.service_point_id', '=', office!))
    .$if(after !== undefined, query => query.where(sql<boolean>`(dispatches.dispatched_at, dispatches.id) < (${new Date(after![0])}, ${after![1]}::uuid)`))
    .orderBy('dispatches.dispatched_at', 'desc').orderBy('dispatches.id', 'desc')
    .limit(limit + 1).execute()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(list, [last.dispatched_at.toISOString(), last.id]) : undefined }
}

/** Lists the envelopes of a batch in their current state, sorted by the holder's name. */
export async function listEnvelopesInDispatch (db: Kysely<Database>, dispatchId: string, now: Date) {
  return await db.selectFrom('deliveries')
    .innerJoin('slips', 'slips.id', 'deliveries.slip_id')
    .innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .select(['slips.number', 'accounts.display_name', 'accounts.latin_name as account_latin_name', 'slips.latin_name'])
    .select(stateAtSql(now).as('state'))
    .where('deliveries.dispatch_id', '=', dispatchId)
    .orderBy('accounts.folded_name').orderBy('slips.number').execute()
}
