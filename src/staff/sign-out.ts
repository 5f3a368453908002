/** Somebody signs out: the session ends at once, wherever its token may still lie. */
import type { Kysely } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import type { Session } from './session.js'
import { revokeSession } from './sessions.js'

export interface SessionDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

export async function signOut (deps: SessionDeps, session: Session): Promise<void> {
  const now = deps.now()
  await deps.db.transaction().execute(async trx => {
    await revokeSession(trx, session.id, now)
    await appendEvent(trx, {
      kind: 'signed-out',
      at: now,
      actor: `staff:${session.staff.id}`,
      ...(session.servicePoint === null ? {} : { servicePoint: session.servicePoint.id }),
      facts: { door: session.clientType },
    })
  })
}
