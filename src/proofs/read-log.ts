/** Whoever takes leaves away is on record. Checkpoints, keys, hashes and proofs tell of no event, so that asking for them is none. */
import type { Deps } from '../app.js'
import { appendEvent } from '../audit/events.js'
import type { Session } from '../staff/session.js'
import type { LeafPage } from './log-streams.js'

export async function recordLogAccess ({ db, now }: Pick<Deps, 'db' | 'now'>, by: Session, { from, limit }: LeafPage): Promise<void> {
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'log-read',
    at: now(),
    actor: `staff:${by.staff.id}`,
    facts: { from, ...(limit === Number.MAX_SAFE_INTEGER ? {} : { limit }) },
  }))
}
