/** The log as streams of text, each in pieces of bounded size. */
import type { Kysely } from 'kysely'
import { appendEvent } from '../audit/events.js'
import { listEvents } from '../audit/sealing/stored-log.js'
import { toBase64 } from '../audit/transparency-log/hashes.js'
import { formatLeaf } from '../audit/transparency-log/leaves.js'
import type { Database } from '../database/schema.js'
import type { Session } from '../staff/session.js'

const BATCH_SIZE = 500

/** Leaves of the log: from that one on, that many at most, up to the newest that is sealed. */
export interface LeafPage { readonly from: number, readonly limit: number }

/**
 * NDJSON, each line one leaf. What the table of events holds now is what is given, in the order of its sequence: a
 * change of it is the verifier's to find.
 */
export async function * streamLeaves (db: Kysely<Database>, { from, limit }: LeafPage, upTo: number): AsyncGenerator<string> {
  const first = await db.selectFrom('log_leaves').select('sequence').where('index', '=', from).executeTakeFirst()
  if (first === undefined) return
  let after = first.sequence - 1
  for (let left = limit; left > 0;) {
    const events = await listEvents(db, after, upTo, Math.min(BATCH_SIZE, left))
    if (events.length === 0) return
    yield events.map(event => `${formatLeaf(event)}\n`).join('')
    after = events.at(-1)!.sequence
    left -= events.length
  }
}

/** The hash of each leaf as it was sealed, in base64, and its event's id: with them the verifier names the very leaf that is wrong. */
export async function * streamLeafHashes (db: Kysely<Database>, { from, limit }: LeafPage): AsyncGenerator<string> {
  for (let next = from; next < from + limit;) {
    const upTo = Math.min(next + BATCH_SIZE, from + limit)
    const rows = await db.selectFrom('log_leaves').select(['hash', 'event_id']).where('index', '>=', next).where('index', '<', upTo).orderBy('index').execute()
    if (rows.length === 0) return
    yield rows.map(({ hash, event_id: event }) => `${toBase64(hash)} ${event}\n`).join('')
    next = upTo
  }
}

/** Every checkpoint, the oldest first, in the form of CHECKPOINT_FILE. */
export async function * streamCheckpoints (db: Kysely<Database>): AsyncGenerator<string> {
  for (let after = 0; ;) {
    const rows = await db.selectFrom('log_checkpoints').select(['number', 'note']).where('number', '>', after).orderBy('number').limit(BATCH_SIZE).execute()
    if (rows.length === 0) return
    yield rows.map(({ note }) => `${note}\n`).join('')
    after = rows.at(-1)!.number
  }
}

// Whoever takes leaves away is on record. Checkpoints, keys, hashes and proofs tell of no event, so that asking for them is none.

export async function recordLogAccess ({ db, now }: { db: Kysely<Database>, now: () => Date }, by: Session, { from, limit }: LeafPage): Promise<void> {
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'log-read',
    at: now(),
    actor: `staff:${by.staff.id}`,
    facts: { from, ...(limit === Number.MAX_SAFE_INTEGER ? {} : { limit }) },
  }))
}
