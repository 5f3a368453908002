/** Selects expired rows in pages by key, without locks. The erasure checks each row again under lock. */
import { sql, type Kysely } from 'kysely'
import type { EventKind } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { NIL_UUID } from '../institution/text.js'
import { anyUuid, hasTypedNote } from './erase-personal-data.js'

/** An expired item: its id, and a label for operators that identifies no person. */
export interface ExpiredItem { readonly id: string, readonly label: string }

/** Items erased in one transaction: few, so that no user waits for long. */
const BATCH_SIZE = 100
/** Smaller, because erasing an account takes more work. */
const ACCOUNT_BATCH_SIZE = 20
/** Accounts examined by one statement. */
const ACCOUNT_SCAN_SIZE = 2000

/** Streams letters of ended slips that still have an address or a tracking number. */
export async function * streamExpiredAddresses (db: Kysely<Database>, before: Date): AsyncGenerator<ExpiredItem[]> {
  for (let after = NIL_UUID; ;) {
    const expired = await db.selectFrom('deliveries').innerJoin('slips', 'slips.id', 'deliveries.slip_id')
      .select(['slips.id', 'slips.number as label'])
      .where(eb => eb.or([eb('deliveries.recipient', 'is not', null), eb('deliveries.tracking_number', 'is not', null)]))
      .where('slips.ended_at', '<=', before).where('deliveries.slip_id', '>', after)
      .orderBy('deliveries.slip_id').limit(BATCH_SIZE).execute()
    if (expired.length > 0) yield expired
    if (expired.length < BATCH_SIZE) return
    after = expired.at(-1)!.id
  }
}

/** Streams ended slips whose details have not been erased. */
export async function * streamExpiredDetails (db: Kysely<Database>, before: Date): AsyncGenerator<ExpiredItem[]> {
  let after = { endedAt: new Date(0), id: NIL_UUID }
  for (;;) {
    const expired = await db.selectFrom('slips').select(['id', 'number as label', 'ended_at'])
      .where('texts_erased_at', 'is', null).where('ended_at', '<=', before)
      .where(sql<boolean>`(ended_at, id) > (${after.endedAt}, ${after.id}::uuid)`)
      .orderBy('ended_at').orderBy('id').limit(BATCH_SIZE).execute()
    if (expired.length > 0) yield expired
    const last = expired.at(-1)
    if (last === undefined || expired.length < BATCH_SIZE) break
    after = { endedAt: last.ended_at!, id: last.id }
  }
  yield * streamLateNotes(db)
}

/** Streams slips that got a new note after their details were erased, for example about an envelope found late. */
async function * streamLateNotes (db: Kysely<Database>): AsyncGenerator<ExpiredItem[]> {
  for (let after = NIL_UUID; ;) {
    const expired = await db.selectFrom('slip_steps').innerJoin('slips', 'slips.id', 'slip_steps.slip_id').distinct()
      .select(['slips.id', 'slips.number as label']).where(hasTypedNote).whereRef('slip_steps.at', '>=', 'slips.texts_erased_at')
      .where('slip_steps.slip_id', '>', after).orderBy('slips.id').limit(BATCH_SIZE).execute()
    if (expired.length > 0) yield expired
    if (expired.length < BATCH_SIZE) return
    after = expired.at(-1)!.id
  }
}

/** Streams events of these kinds that still have a text. */
export async function * streamExpiredTexts (db: Kysely<Database>, kinds: readonly EventKind[], before: Date): AsyncGenerator<ExpiredItem[]> {
  for (let after = 0; ;) {
    const expired = await db.selectFrom('audit_events').select(['id', 'id as label', 'sequence'])
      .where('kind', 'in', kinds).where('at', '<=', before).where('sequence', '>', after)
      .where(eb => eb.exists(eb.selectFrom('audit_texts').select('event_id').whereRef('event_id', '=', 'audit_events.id')))
      .orderBy('sequence').limit(BATCH_SIZE).execute()
    if (expired.length > 0) yield expired
    if (expired.length < BATCH_SIZE) return
    after = expired.at(-1)!.sequence
  }
}

/**
 * Streams accounts whose last slip ended before the cut-off date, and accounts without slips that have been locked, or
 * gone from the directory, since then. An account without slips that may still get one remains: the directory decides.
 */
export async function * streamExpiredAccounts (db: Kysely<Database>, before: Date): AsyncGenerator<ExpiredItem[]> {
  for (let after = NIL_UUID; ;) {
    const ids = (await db.selectFrom('accounts').select('id').where('id', '>', after).orderBy('id').limit(ACCOUNT_SCAN_SIZE).execute()).map(({ id }) => id)
    const expired = await filterExpiredAccounts(db, ids, before)
    for (let i = 0; i < expired.length; i += ACCOUNT_BATCH_SIZE) yield expired.slice(i, i + ACCOUNT_BATCH_SIZE).map(id => ({ id, label: id }))
    if (ids.length < ACCOUNT_SCAN_SIZE) return
    after = ids.at(-1)!
  }
}

/** Returns the ids of those accounts that have expired now. */
export async function filterExpiredAccounts (db: Kysely<Database>, ids: readonly string[], before: Date): Promise<string[]> {
  const rows = await db.selectFrom('accounts').select('id').where('id', '=', anyUuid(ids)).where('erased_at', 'is', null)
    .where(sql<boolean>`case when exists (select from slips where account_id = accounts.id)
      then not exists (select from slips where account_id = accounts.id and (ended_at is null or ended_at > ${before}))
      else status = 'locked' and updated_at <= ${before} end`)
    .orderBy('id').execute()
  return rows.map(({ id }) => id)
}
