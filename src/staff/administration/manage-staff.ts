/** Adds members of staff, activates and deactivates them, sets passwords and ends sessions. */
import type { Kysely, Transaction } from 'kysely'
import type { Actor } from '../../audit/events.js'
import type { Database } from '../../database/schema.js'
import type { FieldError } from '../../institution/base-error.js'
import { Conflict, InvalidInput, NotFound } from '../../institution/errors.js'
import { hashPassword } from '../../passwords/hashing.js'
import { listServicePoints } from '../../service-points/queries.js'
import { findStaffByLogin, insertStaff, lockActiveAdministrators, lockStaff, updateStaff } from '../queries.js'
import type { StaffDraft } from '../schemas.js'
import { listAssignmentErrors } from '../service-points.js'
import { revokeAllSessions } from '../session-store.js'
import { appendStaffChanged, type StaffChangeEvent } from '../staff-events.js'

/**
 * Deactivates a member of staff and ends their sessions.
 * @throws {Conflict} for one's own account, and for the last administrator
 */
export async function deactivateStaff (deps: ManageStaffDeps, id: string, by: Actor): Promise<void> {
  if (by === `staff:${id}`) throw new Conflict('own-deactivation')
  await applyStaffChange(deps, id, by, {
    name: 'deactivated',
    apply: async (trx, now) => {
      await updateStaff(trx, id, { active: false })
      await revokeAllSessions(trx, id, now)
    },
  })
}

/** Activates a member of staff. */
export async function activateStaff (deps: ManageStaffDeps, id: string, by: Actor): Promise<void> {
  await applyStaffChange(deps, id, by, { name: 'activated', apply: async trx => await updateStaff(trx, id, { active: true }) })
}

/** Ends every session of a member of staff. */
export async function endAllSessions (deps: ManageStaffDeps, id: string, by: Actor): Promise<void> {
  await applyStaffChange(deps, id, by, { name: 'sessions-ended', apply: async (trx, now) => await revokeAllSessions(trx, id, now) })
}

/** Gives a member of staff a new password and ends their sessions. */
export async function setStaffPassword (deps: ManageStaffDeps, id: string, password: string, by: Actor): Promise<void> {
  const passwordHash = await hashPassword(password)
  await applyStaffChange(deps, id, by, {
    name: 'password-set',
    apply: async (trx, now) => {
      await updateStaff(trx, id, { passwordHash })
      await revokeAllSessions(trx, id, now)
    },
  })
}

interface StaffChange {
  readonly name: StaffChangeEvent['change']
  readonly apply: (trx: Transaction<Database>, now: Date) => Promise<void>
}

async function applyStaffChange (deps: ManageStaffDeps, id: string, by: Actor, { name, apply }: StaffChange): Promise<void> {
  const now = deps.now()
  await deps.db.transaction().execute(async trx => {
    // Locks are taken in one order: administrators, the member, their sessions.
    if (name === 'deactivated') await requireAnotherAdministrator(trx, id)
    if (await lockStaff(trx, id) === undefined) throw new NotFound('staff-member')
    await apply(trx, now)
    await appendStaffChanged(trx, { staffId: id, change: name, actor: by, at: now })
  })
}

async function requireAnotherAdministrator (trx: Transaction<Database>, id: string): Promise<void> {
  const administrators = await lockActiveAdministrators(trx)
  if (administrators.length === 1 && administrators[0] === id) throw new Conflict('last-administrator')
}

// Adding a member of staff.

export interface ManageStaffDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

/**
 * Adds a member of staff with an initial password.
 * @returns the new member's id
 * @throws {InvalidInput} a login that is taken, or service points that do not fit the roles
 */
export async function addStaff (deps: ManageStaffDeps, { password, ...draft }: StaffDraft, by: Actor): Promise<string> {
  const now = deps.now()
  const errors = await listDraftErrors(deps.db, draft)
  if (errors.length > 0) throw new InvalidInput(errors)
  const passwordHash = await hashPassword(password)
  return await deps.db.transaction().execute(async trx => {
    const id = await insertStaff(trx, { ...draft, passwordHash, createdAt: now })
    if (id === undefined) throw new InvalidInput([{ path: 'login', message: 'login-taken' }])
    await appendStaffChanged(trx, { staffId: id, change: 'added', actor: by, at: now, texts: { login: draft.login, name: draft.name } })
    return id
  })
}

/** Lists the errors of a draft that only the database shows. Fields that are invalid can be left out. */
export async function listDraftErrors (db: Kysely<Database>, { login, roles, servicePoints }: Partial<StaffDraft>): Promise<FieldError[]> {
  const isTaken = login !== undefined && await findStaffByLogin(db, login) !== undefined
  return [
    ...isTaken ? [{ path: 'login', message: 'login-taken' }] : [],
    ...roles !== undefined && servicePoints !== undefined ? listAssignmentErrors({ roles, servicePoints }, await listServicePoints(db)) : [],
  ]
}
