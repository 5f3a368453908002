/** Changes one's own password. The current one is asked for and throttled like a sign-in; all other sessions end. */
import { appendEvent } from '../../audit/events.js'
import type { FieldError } from '../../institution/base-error.js'
import { InvalidInput } from '../../institution/errors.js'
import { hashPassword, verifyPassword } from '../../passwords/hashing.js'
import { findStaffByLogin, lockStaff, updateStaff } from '../queries.js'
import type { PasswordChange } from '../schemas.js'
import { revokeOtherSessions } from '../session-store.js'
import type { Session } from '../session.js'
import { listThrottles, type SignInDeps } from '../sign-in.js'
import { appendStaffChanged } from '../staff-events.js'
import { countAttempt } from '../throttle.js'

export type ChangePasswordDeps = Pick<SignInDeps, 'db' | 'sessionKey' | 'now'>

/**
 * Changes the password of the person who is signed in. This session stays, all others end.
 * @param address the client's, for the throttle
 * @throws {InvalidInput} a wrong current password, or a new one that the rules do not allow
 * @throws {TooManyAttempts}
 */
export async function changeOwnPassword (deps: ChangePasswordDeps, session: Session, { passwordCurrent, password }: PasswordChange, address: string): Promise<void> {
  const { staff } = session
  const now = deps.now()
  const recordFailure = async (reason: 'throttled' | 'wrong-password') => {
    await deps.db.transaction().execute(async trx => await appendEvent(trx, {
      kind: 'sign-in-failed', at: now, actor: `staff:${staff.id}`, facts: { door: session.clientType, reason, at: 'password-change' },
    }))
  }
  const resetAttempts = await countAttempt(deps, await listThrottles(deps, { address, login: staff.login }, now), now, async () => await recordFailure('throttled'))
  const member = await findStaffByLogin(deps.db, staff.login)
  const isCurrent = await verifyPassword(member?.passwordHash, passwordCurrent)
  if (!isCurrent) await recordFailure('wrong-password')
  const errors = listChangeErrors({ isCurrent, isUnchanged: isCurrent && isSamePassword(passwordCurrent, password), login: staff.login, password })
  if (errors.length > 0) throw new InvalidInput(errors)
  const passwordHash = await hashPassword(password)
  await deps.db.transaction().execute(async trx => {
    const locked = await lockStaff(trx, staff.id)
    // Someone may have reset it while it was verified; that has just ended this session.
    if (locked?.passwordHash !== member?.passwordHash) throw new InvalidInput([wrongPassword])
    await updateStaff(trx, staff.id, { passwordHash, mustChangePassword: false, passwordExpiresAt: null })
    await revokeOtherSessions(trx, session, now)
    await appendStaffChanged(trx, { staffId: staff.id, change: 'password-changed', actor: `staff:${staff.id}`, at: now })
  })
  await resetAttempts()
}

const wrongPassword: FieldError = { path: 'passwordCurrent', message: 'password-not-current' }

interface CheckedChange {
  readonly isCurrent: boolean
  readonly isUnchanged: boolean
  readonly login: string
  readonly password: string
}

function listChangeErrors ({ isCurrent, isUnchanged, login, password }: CheckedChange): FieldError[] {
  return [
    ...isCurrent ? [] : [wrongPassword],
    ...isUnchanged ? [{ path: 'password', message: 'password-unchanged' }] : [],
    ...containsLogin(password, login) ? [{ path: 'password', message: 'password-holds-login' }] : [],
  ]
}

/** Compares in NFC and without regard to case: the same words in capitals are no new password. */
function isSamePassword (one: string, other: string): boolean {
  return one.normalize('NFC').toLowerCase() === other.normalize('NFC').toLowerCase()
}

function containsLogin (password: string, login: string): boolean {
  return password.normalize('NFC').toLowerCase().includes(login)
}
