/** Rules for the service points of staff and their sessions. Pure. */
import type { FieldError } from '../institution/base-error.js'
import type { Role } from '../institution/vocabulary.js'
import type { ServicePointRef, Session } from './session.js'

export type ServicePointRefusal = 'not-your-service-point' | 'choose-service-point'

export type ServicePointChoice =
  | { readonly ok: true, readonly servicePointId: string | null }
  | { readonly ok: false, readonly message: ServicePointRefusal }

/**
 * Resolves the service point of a new session: one of the member's own, the only one by default. With several, a page
 * session starts without one and the user chooses next; an API client must name it when signing in.
 */
export function resolveServicePoint (own: readonly string[], requested: string | undefined, clientType: Session['clientType']): ServicePointChoice {
  if (requested !== undefined) {
    return own.includes(requested) ? { ok: true, servicePointId: requested } : { ok: false, message: 'not-your-service-point' }
  }
  if (own.length > 1 && clientType === 'api') return { ok: false, message: 'choose-service-point' }
  return { ok: true, servicePointId: own.length === 1 ? own[0]! : null }
}

// Which service points fit which roles.

export interface StaffAssignment {
  readonly roles: readonly Role[]
  /** Ids of service points. */
  readonly servicePoints: readonly string[]
}

/** Lists the errors of an assignment. A porter works at a porter desk, an agent at any other kind; each needs at least one. */
export function listAssignmentErrors ({ roles, servicePoints }: StaffAssignment, offices: readonly ServicePointRef[]): FieldError[] {
  const chosen = offices.filter(office => servicePoints.includes(office.id))
  if (chosen.length < new Set(servicePoints).size) return [{ path: 'servicePoints', message: 'no-such-service-point' }]
  const lacksOffice = roles.includes('agent') && !chosen.some(office => office.kind !== 'porter')
  const lacksDesk = roles.includes('porter') && !chosen.some(office => office.kind === 'porter')
  return [
    ...(lacksOffice ? [{ path: 'servicePoints', message: 'agent-needs-office' }] : []),
    ...(lacksDesk ? [{ path: 'servicePoints', message: 'porter-needs-desk' }] : []),
  ]
}
