/** Somebody goes on at another of their service points, in the same session. */
import { appendEvent } from '../audit/events.js'
import type { Session } from './session.js'
import { changeServicePoint } from './sessions.js'
import type { SignOutDeps } from './sign-out.js'

/** @returns false, and changes nothing, when the service point is not one of the member's own */
export async function workAt (deps: SignOutDeps, session: Session, servicePointId: string): Promise<boolean> {
  return await deps.db.transaction().execute(async trx => {
    if (!await changeServicePoint(trx, session, servicePointId)) return false
    await appendEvent(trx, {
      kind: 'service-point-chosen',
      at: deps.now(),
      actor: `staff:${session.staff.id}`,
      servicePoint: servicePointId,
      facts: { door: session.door, from: session.servicePoint?.id ?? null },
    })
    return true
  })
}
