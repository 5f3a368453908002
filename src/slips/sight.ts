/** Whose slips a session may see: a porter's are those that go to the own desk. Pure. */
import type { Session } from '../staff/session.js'
import { may } from '../staff/permissions.js'
import type { Sight } from './queries.js'

export function sightOf ({ staff, servicePoint }: Session): Sight {
  if (may(staff.roles, 'slips:read-all')) return { all: true }
  return { porterDesk: servicePoint?.id ?? '' }
}
