/** Which service points fit which roles. Pure. */
import type { Role } from '../institution/words.js'
import type { FieldError } from '../http/problems.js'
import type { ServicePointRef } from './session.js'

export interface StaffAssignment {
  readonly roles: readonly Role[]
  /** Ids of service points. */
  readonly servicePoints: readonly string[]
}

/** A porter works at a porter desk, an agent at any other kind; each needs at least one. */
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
