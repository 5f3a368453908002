/** Which actions need a second administrator's confirmation, and when that is in force. Pure. */
import type { Profile } from '../../institution/profile.js'
import type { Role } from '../../institution/vocabulary.js'
import type { StaffAssignment } from '../service-points.js'

/** Our policy: a colleague may be away for a few days. */
const REQUEST_DAYS = 7

/** Roles that see everything or can change who sees it. */
const privilegedRoles: readonly Role[] = ['administrator', 'auditor']

export type StaffAction = { readonly kind: 'assign' } & StaffAssignment | { readonly kind: 'activate' } | { readonly kind: 'deactivate' }

/** An administrator, as far as four eyes are concerned. */
export interface Administrator {
  readonly id: string
  readonly login: string
  readonly mustChangePassword: boolean
}

/** True where the institution wants a second administrator's confirmation; by default everywhere but in the demo. */
export function wantsFourEyes ({ profile, isDemo }: { readonly profile: Pick<Profile, 'fourEyes'>, readonly isDemo: boolean }): boolean {
  return profile.fourEyes ?? !isDemo
}

/** True when two active administrators can sign in: one who must first change a password cannot yet. */
export function canConfirmEachOther (active: readonly Administrator[]): boolean {
  return active.filter(administrator => !administrator.mustChangePassword).length >= 2
}

/** True for an action on a member of staff that needs a confirmation. @param roles the member's present ones */
export function isConfirmable (action: StaffAction, roles: readonly Role[]): boolean {
  switch (action.kind) {
    case 'assign': return privilegedRoles.some(role => roles.includes(role) !== action.roles.includes(role))
    // Otherwise one administrator could add an inactive auditor and activate them alone.
    case 'activate': return isPrivileged(roles)
    case 'deactivate': return roles.includes('administrator')
    default: return action satisfies never
  }
}

export function isPrivileged (roles: readonly Role[]): boolean {
  return privilegedRoles.some(role => roles.includes(role))
}

/** Returns from when a request that is made now can no longer be confirmed. */
export function computeRequestExpiry (now: Date): Date {
  return new Date(now.getTime() + REQUEST_DAYS * 24 * 60 * 60_000)
}
