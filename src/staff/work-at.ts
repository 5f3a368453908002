/** Somebody goes on at another of their service points, in the same session. */
import { appendEvent } from '../audit/events.js'
import type { Session } from './session.js'
import { updateSessionServicePoint } from './sessions.js'
import type { SessionDeps } from './sign-out.js'

/** @returns false, and changes nothing, when the service point is not one of the member's own */
export async function switchServicePoint (deps: SessionDeps, session: Session, servicePointId: string): Promise<boolean> {
  return await deps.db.transaction().execute(async trx => {
    if (!await updateSessionServicePoint(trx, session, servicePointId)) return false
    await appendEvent(trx, {
      kind: 'service-point-chosen',
      at: deps.now(),
      actor: `staff:${session.staff.id}`,
      servicePoint: servicePointId,
      facts: { door: session.clientType, from: session.servicePoint?.id ?? null },
    })
    return true
  })
}
