/** Streams the log as text, in pieces of bounded size. */
import type { Kysely } from 'kysely'
import { appendEvent } from '../audit/events.js'
import { listEvents } from '../audit/sealing/stored-log.js'
import { toBase64 } from '../audit/transparency-log/hashes.js'
import { formatLeaf } from '../audit/transparency-log/leaves.js'
import type { Database } from '../database/schema.js'
import type { Session } from '../staff/session.js'

const BATCH_SIZE = 500

/** A range of sealed leaves: at most `limit`, starting at the index `from`. */
export interface LeafPage { readonly from: number, readonly limit: number }

/**
 * Streams leaves as NDJSON, one per line, in the order of their sequence. They are built from the events as they are
 * now: finding a change is the verifier's task.
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

/** Streams the sealed hash of each leaf, in base64, and the id of its event. With them the verifier can name the first wrong leaf. */
export async function * streamLeafHashes (db: Kysely<Database>, { from, limit }: LeafPage): AsyncGenerator<string> {
  for (let next = from; next < from + limit;) {
    const upTo = Math.min(next + BATCH_SIZE, from + limit)
    const rows = await db.selectFrom('log_leaves').select(['hash', 'event_id']).where('index', '>=', next).where('index', '<', upTo).orderBy('index').execute()
    if (rows.length === 0) return
    yield rows.map(({ hash, event_id: event }) => `${toBase64(hash)} ${event}\n`).join('')
    next = upTo
  }
}

/** Streams every checkpoint, the oldest first, in the format of CHECKPOINT_FILE. */
export async function * streamCheckpoints (db: Kysely<Database>): AsyncGenerator<string> {
  for (let after = 0; ;) {
    const rows = await db.selectFrom('log_checkpoints').select(['number', 'note']).where('number', '>', after).orderBy('number').limit(BATCH_SIZE).execute()
    if (rows.length === 0) return
    yield rows.map(({ note }) => `${note}\n`).join('')
    after = rows.at(-1)!.number
  }
}

/** Records that a user downloads leaves. Checkpoints, keys, hashes and proofs disclose no event, so requests for them are not recorded. */
export async function recordLogAccess ({ db, now }: { db: Kysely<Database>, now: () => Date }, session: Session, { from, limit }: LeafPage): Promise<void> {
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'log-read',
    at: now(),
    actor: `staff:${session.staff.id}`,
    facts: { from, ...(limit === Number.MAX_SAFE_INTEGER ? {} : { limit }) },
  }))
}
