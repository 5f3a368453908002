/** Finds what is past its term, page by key, with nothing held: whoever forgets it looks again under lock. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { anyOf, typedNote } from './forget-slips.js'

/** Something that goes: its id, and what an operator knows it by, which names nobody. */
export interface Due { readonly id: string, readonly label: string }

/** Found, and forgotten, at once: few, so that nobody waits for long. */
const aBatch = 100
/** An account has much more to it. */
const aHandful = 20
/** Accounts looked at in one statement. */
const aWindow = 2000
const beforeAll = '00000000-0000-0000-0000-000000000000'

/** Letters whose slip has ended, that have an address or a tracking number. */
export async function * addressesDue (db: Kysely<Database>, before: Date): AsyncGenerator<Due[]> {
  for (let beyond = beforeAll; ;) {
    const due = await db.selectFrom('deliveries').innerJoin('slips', 'slips.id', 'deliveries.slip_id')
      .select(['slips.id', 'slips.number as label'])
      .where(eb => eb.or([eb('deliveries.recipient', 'is not', null), eb('deliveries.tracking_number', 'is not', null)]))
      .where('slips.ended_at', '<=', before).where('deliveries.slip_id', '>', beyond)
      .orderBy('deliveries.slip_id').limit(aBatch).execute()
    if (due.length > 0) yield due
    if (due.length < aBatch) return
    beyond = due.at(-1)!.id
  }
}

/** Slips that ended, about which something may have been typed or noted. */
export async function * detailsDue (db: Kysely<Database>, before: Date): AsyncGenerator<Due[]> {
  let beyond = { endedAt: new Date(0), id: beforeAll }
  for (;;) {
    const due = await db.selectFrom('slips').select(['id', 'number as label', 'ended_at'])
      .where('texts_erased_at', 'is', null).where('ended_at', '<=', before)
      .where(sql<boolean>`(ended_at, id) > (${beyond.endedAt}, ${beyond.id}::uuid)`)
      .orderBy('ended_at').orderBy('id').limit(aBatch).execute()
    if (due.length > 0) yield due
    const last = due.at(-1)
    if (last === undefined || due.length < aBatch) break
    beyond = { endedAt: last.ended_at!, id: last.id }
  }
  yield * lateNotesDue(db)
}

/** Slips that were forgotten before somebody noted something more: an envelope that came to light late. */
async function * lateNotesDue (db: Kysely<Database>): AsyncGenerator<Due[]> {
  for (let beyond = beforeAll; ;) {
    const due = await db.selectFrom('slip_steps').innerJoin('slips', 'slips.id', 'slip_steps.slip_id').distinct()
      .select(['slips.id', 'slips.number as label']).where(typedNote).whereRef('slip_steps.at', '>=', 'slips.texts_erased_at')
      .where('slip_steps.slip_id', '>', beyond).orderBy('slips.id').limit(aBatch).execute()
    if (due.length > 0) yield due
    if (due.length < aBatch) return
    beyond = due.at(-1)!.id
  }
}

/** Events of a kind that still have what was typed. */
export async function * textsDue (db: Kysely<Database>, kind: 'sign-in-failed' | 'accounts-imported', before: Date): AsyncGenerator<Due[]> {
  for (let beyond = 0; ;) {
    const due = await db.selectFrom('audit_events').select(['id', 'id as label', 'sequence'])
      .where('kind', '=', kind).where('at', '<=', before).where('sequence', '>', beyond)
      .where(eb => eb.exists(eb.selectFrom('audit_texts').select('event_id').whereRef('event_id', '=', 'audit_events.id')))
      .orderBy('sequence').limit(aBatch).execute()
    if (due.length > 0) yield due
    if (due.length < aBatch) return
    beyond = due.at(-1)!.sequence
  }
}

/**
 * Accounts whose last slip ended before the term, and those that never had one and have been locked, or gone from the
 * directory, for as long. Whoever never had a slip and may have one stays: the directory says how long.
 */
export async function * accountsDue (db: Kysely<Database>, before: Date): AsyncGenerator<Due[]> {
  for (let beyond = beforeAll; ;) {
    const ids = (await db.selectFrom('accounts').select('id').where('id', '>', beyond).orderBy('id').limit(aWindow).execute()).map(({ id }) => id)
    const due = await accountsDueAmong(db, ids, before)
    for (let i = 0; i < due.length; i += aHandful) yield due.slice(i, i + aHandful).map(id => ({ id, label: id }))
    if (ids.length < aWindow) return
    beyond = ids.at(-1)!
  }
}

/** Those of the accounts that are past their term now. */
export async function accountsDueAmong (db: Kysely<Database>, ids: readonly string[], before: Date): Promise<string[]> {
  const rows = await db.selectFrom('accounts').select('id').where('id', '=', anyOf(ids)).where('erased_at', 'is', null)
    .where(sql<boolean>`case when exists (select from slips where account_id = accounts.id)
      then not exists (select from slips where account_id = accounts.id and (ended_at is null or ended_at > ${before}))
      else status = 'locked' and updated_at <= ${before} end`)
    .orderBy('id').execute()
  return rows.map(({ id }) => id)
}
