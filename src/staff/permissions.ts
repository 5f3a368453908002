/**
 * The permissions of each role. Every route names the permission that it requires, and the menu shows what the user's
 * roles permit. Pure.
 */
import type { Role } from '../institution/vocabulary.js'

export const permissions = {
  'accounts:find': ['agent'],
  'slips:issue': ['agent'],
  'slips:void': ['agent'],
  /** Which role may take which step: `src/slips/rules/state-machine.ts`. */
  'slips:step': ['agent', 'porter'],
  'envelopes:keep': ['porter'],
  'envelopes:send': ['agent'],
  'callers:answer': ['agent'],
  'code-alerts:settle': ['agent'],
  /** Porters see only the slips of their own desk; on the pages they see them as envelopes. */
  'slips:read': ['agent', 'porter', 'auditor'],
  'slips:read-all': ['agent', 'auditor'],
  'delivery-records:read': ['auditor'],
  'log:read': ['auditor'],
  /** Checkpoints, hashes and proofs, which contain no event. */
  'log:prove': ['auditor'],
  'service-points:read': ['agent', 'porter', 'auditor', 'administrator'],
  'service-points:manage': ['administrator'],
  'postcodes:read': ['agent', 'porter', 'auditor', 'administrator'],
  'staff:manage': ['administrator'],
  'confirmations:decide': ['administrator'],
  'accounts:import': ['administrator'],
  /** All stored data of one holder, and its erasure. Not for agents, because they issue the slips. */
  'holders:data': ['administrator'],
  'own-password:change': ['agent', 'porter', 'auditor', 'administrator'],
  'own-session:end': ['agent', 'porter', 'auditor', 'administrator'],
  'own-service-point:choose': ['agent', 'porter'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** True when one of the roles has the permission. */
export function hasPermission (roles: readonly Role[], permission: Permission): boolean {
  return roles.some(role => (permissions[permission] as readonly Role[]).includes(role))
}

/** True for roles that work at a service point, which must be chosen first. */
export function needsServicePoint (roles: readonly Role[]): boolean {
  return hasPermission(roles, 'own-service-point:choose')
}
