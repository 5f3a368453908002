/** Who may take which step of custody: the table of the slip's life, asked for a person at a service point. Pure. */
import type { Profile } from '../institution/profile.js'
import type { Session } from '../staff/session.js'
import { mustBeReturned, getAllowedSteps, transitions, type CustodyStep, type SteppedSlip, type ActorRole } from './life.js'

/** A slip as far as it decides whose it is to step. */
export interface CustodySlip extends SteppedSlip {
  readonly porter_service_point_id: string | null
}

/** Whoever acts: the roles and the service point of a session. */
export type StaffActor = Pick<Session, 'servicePoint'> & { readonly staff: Pick<Session['staff'], 'roles'> }

/** In which parts of the table somebody acts towards this slip. */
export function getActorRoles ({ staff, servicePoint }: StaffActor, slip: Pick<CustodySlip, 'channel' | 'porter_service_point_id'>, profile: Pick<Profile, 'offices'>): ActorRole[] {
  if (servicePoint === null) return []
  const sendsThisChannel = profile.offices[servicePoint.kind]?.channels.includes(slip.channel) ?? false
  return [
    ...staff.roles.includes('agent') ? ['agent' as const] : [],
    ...staff.roles.includes('agent') && sendsThisChannel ? ['helpdesk-agent' as const] : [],
    ...staff.roles.includes('porter') && servicePoint.id === slip.porter_service_point_id ? ['porter' as const] : [],
  ]
}

/** True when the step belongs to one of these parts at all, whatever the slip's state. */
export function canRolesTakeStep (step: CustodyStep, parts: readonly ActorRole[]): boolean {
  return transitions.some(line => line.step === step && line.roles.some(part => parts.includes(part)))
}

/** The steps that are right now and that this person may take: their buttons. */
export function getStepsAllowedFor (actor: StaffActor, slip: CustodySlip, profile: Pick<Profile, 'offices'>): CustodyStep[] {
  const parts = getActorRoles(actor, slip, profile)
  return getAllowedSteps(slip).filter(step => getRolesForStep(step, slip).some(part => parts.includes(part)))
}

/** Whose the step is at a slip of this channel and state. */
export function getRolesForStep (step: CustodyStep, slip: SteppedSlip): readonly ActorRole[] {
  return transitions.find(line => line.step === step && line.channels.includes(slip.channel) &&
    (mustBeReturned(slip) || (line.from as readonly string[]).includes(slip.state)))?.roles ?? []
}
