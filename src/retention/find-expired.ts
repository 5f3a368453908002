/** Finds what is past its term, page by key, with nothing held: whoever forgets it looks again under lock. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { anyUuid, hasTypedNote } from './erase-personal-data.js'

/** Something that goes: its id, and what an operator knows it by, which names nobody. */
export interface ExpiredItem { readonly id: string, readonly label: string }

/** Found, and forgotten, at once: few, so that nobody waits for long. */
const BATCH_SIZE = 100
/** An account has much more to it. */
const ACCOUNT_BATCH_SIZE = 20
/** Accounts looked at in one statement. */
const ACCOUNT_SCAN_SIZE = 2000
const LOWEST_UUID = '00000000-0000-0000-0000-000000000000'

/** Letters whose slip has ended, that have an address or a tracking number. */
export async function * streamExpiredAddresses (db: Kysely<Database>, before: Date): AsyncGenerator<ExpiredItem[]> {
  for (let beyond = LOWEST_UUID; ;) {
    const due = await db.selectFrom('deliveries').innerJoin('slips', 'slips.id', 'deliveries.slip_id')
      .select(['slips.id', 'slips.number as label'])
      .where(eb => eb.or([eb('deliveries.recipient', 'is not', null), eb('deliveries.tracking_number', 'is not', null)]))
      .where('slips.ended_at', '<=', before).where('deliveries.slip_id', '>', beyond)
      .orderBy('deliveries.slip_id').limit(BATCH_SIZE).execute()
    if (due.length > 0) yield due
    if (due.length < BATCH_SIZE) return
    beyond = due.at(-1)!.id
  }
}

/** Slips that ended, about which something may have been typed or noted. */
export async function * streamExpiredDetails (db: Kysely<Database>, before: Date): AsyncGenerator<ExpiredItem[]> {
  let beyond = { endedAt: new Date(0), id: LOWEST_UUID }
  for (;;) {
    const due = await db.selectFrom('slips').select(['id', 'number as label', 'ended_at'])
      .where('texts_erased_at', 'is', null).where('ended_at', '<=', before)
      .where(sql<boolean>`(ended_at, id) > (${beyond.endedAt}, ${beyond.id}::uuid)`)
      .orderBy('ended_at').orderBy('id').limit(BATCH_SIZE).execute()
    if (due.length > 0) yield due
    const last = due.at(-1)
    if (last === undefined || due.length < BATCH_SIZE) break
    beyond = { endedAt: last.ended_at!, id: last.id }
  }
  yield * streamLateNotes(db)
}

/** Slips that were forgotten before somebody noted something more: an envelope that came to light late. */
async function * streamLateNotes (db: Kysely<Database>): AsyncGenerator<ExpiredItem[]> {
  for (let beyond = LOWEST_UUID; ;) {
    const due = await db.selectFrom('slip_steps').innerJoin('slips', 'slips.id', 'slip_steps.slip_id').distinct()
      .select(['slips.id', 'slips.number as label']).where(hasTypedNote).whereRef('slip_steps.at', '>=', 'slips.texts_erased_at')
      .where('slip_steps.slip_id', '>', beyond).orderBy('slips.id').limit(BATCH_SIZE).execute()
    if (due.length > 0) yield due
    if (due.length < BATCH_SIZE) return
    beyond = due.at(-1)!.id
  }
}

/** Events of a kind that still have what was typed. */
export async function * streamExpiredTexts (db: Kysely<Database>, kind: 'sign-in-failed' | 'accounts-imported', before: Date): AsyncGenerator<ExpiredItem[]> {
  for (let beyond = 0; ;) {
    const due = await db.selectFrom('audit_events').select(['id', 'id as label', 'sequence'])
      .where('kind', '=', kind).where('at', '<=', before).where('sequence', '>', beyond)
      .where(eb => eb.exists(eb.selectFrom('audit_texts').select('event_id').whereRef('event_id', '=', 'audit_events.id')))
      .orderBy('sequence').limit(BATCH_SIZE).execute()
    if (due.length > 0) yield due
    if (due.length < BATCH_SIZE) return
    beyond = due.at(-1)!.sequence
  }
}

/**
 * Accounts whose last slip ended before the term, and those that never had one and have been locked, or gone from the
 * directory, for as long. Whoever never had a slip and may have one stays: the directory says how long.
 */
export async function * streamExpiredAccounts (db: Kysely<Database>, before: Date): AsyncGenerator<ExpiredItem[]> {
  for (let beyond = LOWEST_UUID; ;) {
    const ids = (await db.selectFrom('accounts').select('id').where('id', '>', beyond).orderBy('id').limit(ACCOUNT_SCAN_SIZE).execute()).map(({ id }) => id)
    const due = await filterExpiredAccounts(db, ids, before)
    for (let i = 0; i < due.length; i += ACCOUNT_BATCH_SIZE) yield due.slice(i, i + ACCOUNT_BATCH_SIZE).map(id => ({ id, label: id }))
    if (ids.length < ACCOUNT_SCAN_SIZE) return
    beyond = ids.at(-1)!
  }
}

/** Those of the accounts that are past their term now. */
export async function filterExpiredAccounts (db: Kysely<Database>, ids: readonly string[], before: Date): Promise<string[]> {
  const rows = await db.selectFrom('accounts').select('id').where('id', '=', anyUuid(ids)).where('erased_at', 'is', null)
    .where(sql<boolean>`case when exists (select from slips where account_id = accounts.id)
      then not exists (select from slips where account_id = accounts.id and (ended_at is null or ended_at > ${before}))
      else status = 'locked' and updated_at <= ${before} end`)
    .orderBy('id').execute()
  return rows.map(({ id }) => id)
}
