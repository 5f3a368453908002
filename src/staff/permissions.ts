/**
 * Which role may do what: the one table. Every door names the permission it asks for, and the menu
 * shows what the table allows. Pure.
 */
import type { Role } from '../institution/vocabulary.js'

export const permissions = {
  'accounts:find': ['agent'],
  'slips:issue': ['agent'],
  'slips:void': ['agent'],
  /** Which step is whose is in the table of a slip's life. */
  'slips:step': ['agent', 'porter'],
  'envelopes:keep': ['porter'],
  'envelopes:send': ['agent'],
  'callers:answer': ['agent'],
  'code-alerts:settle': ['agent'],
  /** A porter sees the slips of the own desk only, and on the pages as envelopes. */
  'slips:read': ['agent', 'porter', 'auditor'],
  'slips:read-all': ['agent', 'auditor'],
  'delivery-records:read': ['auditor'],
  'log:read': ['auditor'],
  /** Checkpoints, hashes and proofs: they tell of no event. */
  'log:prove': ['auditor'],
  'service-points:read': ['agent', 'porter', 'auditor', 'administrator'],
  'service-points:manage': ['administrator'],
  'postcodes:read': ['agent', 'porter', 'auditor', 'administrator'],
  'staff:manage': ['administrator'],
  /** Everything that is held about one holder, and erasing it: no agent's, who issues the slips. */
  'holders:data': ['administrator'],
  'own-session:end': ['agent', 'porter', 'auditor', 'administrator'],
  'own-service-point:choose': ['agent', 'porter'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** True when one of the roles has the permission. */
export function hasPermission (roles: readonly Role[], permission: Permission): boolean {
  return roles.some(role => (permissions[permission] as readonly Role[]).includes(role))
}

/** True for roles that are worked at a service point, which has to be chosen before anything else. */
export function needsServicePoint (roles: readonly Role[]): boolean {
  return hasPermission(roles, 'own-service-point:choose')
}
