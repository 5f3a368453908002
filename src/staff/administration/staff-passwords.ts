/** Sets and resets the passwords of staff, and ends their sessions. Someone whose password another person has set must change it. */
import type { Transaction } from 'kysely'
import type { Actor } from '../../audit/events.js'
import type { Database } from '../../database/schema.js'
import { Conflict, NotFound } from '../../institution/errors.js'
import type { Secret } from '../../institution/secret.js'
import { hashPassword } from '../../passwords/hashing.js'
import { canConfirmEachOther, isPrivileged } from '../confirmations/rules.js'
import { computePasswordExpiry, generateOneTimePassword } from '../password/one-time-password.js'
import { findStaffMember, lockActiveAdministrators, lockStaff, type PasswordState, type StaffWithPassword, updateStaff } from '../queries.js'
import { revokeAllSessions } from '../session-store.js'
import { appendStaffChanged, type StaffChangeEvent } from '../staff-events.js'
import type { ManageStaffDeps } from './manage-staff.js'

type PasswordDeps = Pick<ManageStaffDeps, 'db' | 'now'>

/** Ends every session of a member of staff. */
export async function endAllSessions (deps: PasswordDeps, id: string, by: Actor): Promise<void> {
  const at = deps.now()
  await deps.db.transaction().execute(async trx => {
    await requireLockedMember(trx, id)
    await revokeAllSessions(trx, id, at)
    await appendStaffChanged(trx, { staffId: id, change: 'sessions-ended', actor: by, at })
  })
}

/**
 * Gives a member of staff a password that an operator has chosen, and ends their sessions.
 * @param mustChangePassword false in the demo, whose passwords are known
 */
export async function setStaffPassword (deps: PasswordDeps, id: string, { password, mustChangePassword }: { readonly password: string, readonly mustChangePassword: boolean }, by: Actor): Promise<void> {
  const at = deps.now()
  const passwordHash = await hashPassword(password)
  await deps.db.transaction().execute(async trx => {
    await requireLockedMember(trx, id)
    await replacePassword(trx, id, { passwordHash, mustChangePassword, passwordExpiresAt: null, change: 'password-set', by, at })
  })
}

export interface ResetDeps extends ManageStaffDeps {
  readonly randomBytes: (size: number) => Buffer
}

/** What the administrator hands over. The password is stored nowhere. */
export interface ResetPassword {
  readonly login: string
  readonly name: string
  readonly password: Secret
  readonly expiresAt: Date
}

/**
 * Gives a member of staff a one-time password and ends their sessions.
 * @throws {Conflict} for oneself, and for another administrator or an auditor where four eyes are in force: with an
 * administrator's password one person could confirm their own requests, with an auditor's act as one without a confirmation
 */
export async function resetStaffPassword (deps: ResetDeps, id: string, by: Actor): Promise<ResetPassword> {
  if (by === `staff:${id}`) throw new Conflict('own-password-reset')
  const member = await findStaffMember(deps.db, id)
  if (member === undefined) throw new NotFound('staff-member')
  const { login, name } = member
  const at = deps.now()
  const password = generateOneTimePassword(deps.randomBytes, login)
  const expiresAt = computePasswordExpiry(at)
  const passwordHash = await hashPassword(password.reveal())
  await deps.db.transaction().execute(async trx => {
    const administrators = await lockActiveAdministrators(trx)
    const { roles } = await requireLockedMember(trx, id)
    if (deps.fourEyes && canConfirmEachOther(administrators) && isPrivileged(roles)) throw new Conflict('administrator-password')
    await replacePassword(trx, id, { passwordHash, mustChangePassword: true, passwordExpiresAt: expiresAt, change: 'password-reset', by, at })
  })
  return { login, name, password, expiresAt }
}

interface PasswordReplacement extends PasswordState {
  readonly passwordHash: string
  readonly change: StaffChangeEvent['change']
  readonly by: Actor
  readonly at: Date
}

async function replacePassword (trx: Transaction<Database>, id: string, { change, by, at, ...password }: PasswordReplacement): Promise<void> {
  await updateStaff(trx, id, password)
  await revokeAllSessions(trx, id, at)
  await appendStaffChanged(trx, { staffId: id, change, actor: by, at })
}

async function requireLockedMember (trx: Transaction<Database>, id: string): Promise<StaffWithPassword> {
  const member = await lockStaff(trx, id)
  if (member === undefined) throw new NotFound('staff-member')
  return member
}
