/** Reads letters that are to be posted and letters that are with the post. */
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../database/cursor.js'
import type { Database } from '../../database/schema.js'
import { stateAtSql } from '../../slips/slip-filter.js'

/** Lists letters that can be posted, oldest first. @param office the issuing service point; undefined for all */
export async function listLettersToPost (db: Kysely<Database>, office: string | undefined, limit: number, now: Date) {
  return await selectLetters(db, office, now)
    .where('deliveries.envelope_at', '=', 'office').where(stateAtSql(now), '=', 'prepared')
    .orderBy('slips.issued_at').orderBy('slips.number')
    .limit(limit).execute()
}

export type LetterToPost = Awaited<ReturnType<typeof listLettersToPost>>[number]

const cursorKeySchema = z.tuple([z.iso.datetime(), z.string().length(11)])

/**
 * Lists letters that are with the post, until they are delivered or returned. The earliest posted comes first.
 * @throws {InvalidInput} for a cursor of another list
 */
export async function listLettersInTransit (db: Kysely<Database>, { office, limit, cursor }: { readonly office: string | undefined, readonly limit: number, readonly cursor: string | undefined }, now: Date) {
  const list = `letters?${office ?? ''}`
  const after = cursor === undefined ? undefined : decodeCursor(list, cursor, cursorKeySchema)
  const rows = await selectLetters(db, office, now)
    .innerJoin('slip_steps', join => join.onRef('slip_steps.slip_id', '=', 'slips.id').on('slip_steps.step', '=', 'post'))
    .select('slip_steps.at as posted_at')
    .where('deliveries.envelope_at', '=', 'post').where(stateAtSql(now), 'in', ['posted', 'voided', 'expired', 'locked'])
    .$if(after !== undefined, query => query.where(sql<boolean>`(slip_steps.at, slips.number) > (${new Date(after![0])}, ${after![1]})`))
    .orderBy('slip_steps.at').orderBy('slips.number')
    .limit(limit + 1).execute()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(list, [last.posted_at.toISOString(), last.number]) : undefined }
}

/** Returns true if this staff member has recorded a letter as posted in the last minute. */
export async function hasRecentlyPosted (db: Kysely<Database>, staffId: string, now: Date): Promise<boolean> {
  return await db.selectFrom('slip_steps').select('slip_id')
    .where('staff_id', '=', staffId).where('step', '=', 'post').where('at', '>', new Date(now.getTime() - 60_000))
    .limit(1).executeTakeFirst() !== undefined
}

/** Returns true if this slip's letter is recorded as delivered. */
export async function isDelivered (db: Kysely<Database>, number: string): Promise<boolean> {
  return await db.selectFrom('slips').innerJoin('slip_steps', 'slip_steps.slip_id', 'slips.id').select('slips.id')
    .where('slips.number', '=', number).where('slip_steps.step', '=', 'deliver').executeTakeFirst() !== undefined
}

/** Lists the slips that have one of these tracking numbers. */
export async function listSlipsByTrackingNumber (db: Kysely<Database>, trackingNumbers: readonly string[]) {
  if (trackingNumbers.length === 0) return []
  return await db.selectFrom('deliveries')
    .innerJoin('slips', 'slips.id', 'deliveries.slip_id')
    .select(['slips.number', eb => eb.ref('deliveries.tracking_number').$notNull().as('tracking_number')])
    .where('deliveries.tracking_number', 'in', trackingNumbers).execute()
}

function selectLetters (db: Kysely<Database>, office: string | undefined, now: Date) {
  return db.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select(['slips.number', 'slips.channel', 'slips.service_point_id', 'slips.issued_at', 'deliveries.recipient', 'deliveries.postcode', 'deliveries.town', 'deliveries.country',
      'deliveries.tracking_number', 'deliveries.personal_handover', 'deliveries.envelope_at', 'deliveries.porter_service_point_id', 'deliveries.address_erased_at'])
    .select(stateAtSql(now).as('state'))
    .where('deliveries.channel', '=', 'registered-letter')
    .$if(office !== undefined, query => query.where('slips.service_point_id', '=', office!))
}
