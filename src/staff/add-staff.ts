/** Somebody starts to work here. */
import type { Kysely } from 'kysely'
import { appendEvent, type Actor } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { Problem } from '../http/problems.js'
import { listServicePoints } from '../service-points/queries.js'
import { hashPassword } from '../passwords/hashing.js'
import { insertStaff } from './queries.js'
import type { StaffDraft } from './schemas.js'
import { listAssignmentErrors } from './workplaces.js'

export interface ManageStaffDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

/**
 * Adds a member of staff with an initial password.
 * @returns the new member's id
 * @throws {Problem} `validation-failed`: a login that somebody has, service points that do not fit
 */
export async function addStaff (deps: ManageStaffDeps, { password, ...draft }: StaffDraft, by: Actor): Promise<string> {
  const now = deps.now()
  const errors = listAssignmentErrors(draft, await listServicePoints(deps.db))
  if (errors.length > 0) throw new Problem('validation-failed', { errors })
  const passwordHash = await hashPassword(password)
  return await deps.db.transaction().execute(async trx => {
    const id = await insertStaff(trx, { ...draft, passwordHash, createdAt: now })
    if (id === undefined) throw new Problem('validation-failed', { errors: [{ path: 'login', message: 'login-taken' }] })
    await appendEvent(trx, {
      kind: 'staff-changed',
      at: now,
      actor: by,
      facts: { change: 'added', staff: id, roles: draft.roles, servicePoints: draft.servicePoints },
      texts: { login: draft.login, name: draft.name },
    })
    return id
  })
}
