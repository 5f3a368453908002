/** Whose slips a session may see: a porter's are those that go to the own desk. Pure. */
import type { Session } from '../staff/session.js'
import { hasPermission } from '../staff/permissions.js'
import type { Visibility } from './queries.js'

export function visibleSlips ({ staff, servicePoint }: Session): Visibility {
  if (hasPermission(staff.roles, 'slips:read-all')) return { all: true }
  return { porterDesk: servicePoint?.id ?? '' }
}
