/** Changes one's own password. The current one is asked for and throttled like a sign-in; all other sessions end. */
import { appendEvent } from '../../audit/events.js'
import type { FieldError } from '../../institution/base-error.js'
import { InvalidInput } from '../../institution/errors.js'
import { networkOf } from '../../institution/network-address.js'
import { logSecurityEvent } from '../../monitoring/security-log.js'
import { hashPassword, verifyPassword } from '../../passwords/hashing.js'
import { containsLogin } from '../../passwords/policy.js'
import { findStaffByLogin, lockStaff, updateStaff } from '../queries.js'
import type { PasswordChange } from '../schemas.js'
import { revokeOtherSessions } from '../session-store.js'
import type { Session } from '../session.js'
import { listThrottles, type SignInDeps } from '../sign-in/sign-in.js'
import { appendStaffChanged } from '../staff-events.js'
import { countAttempt } from '../sign-in/throttle.js'

export type ChangePasswordDeps = Pick<SignInDeps, 'db' | 'sessionKey' | 'now' | 'logger'>

/**
 * Changes the password of the person who is signed in. This session stays, all others end.
 * @param address the client's, for the throttle
 * @throws {InvalidInput} a wrong current password, or a new one that the rules do not allow
 * @throws {TooManyAttempts}
 */
export async function changeOwnPassword (deps: ChangePasswordDeps, session: Session, { passwordCurrent, password }: PasswordChange, address: string): Promise<void> {
  const { staff } = session
  const now = deps.now()
  const passwordHash = await verifyCurrentPassword(deps, session, passwordCurrent, address)
  const isCurrent = passwordHash !== undefined
  const errors = listChangeErrors({ isCurrent, isUnchanged: isCurrent && isSamePassword(passwordCurrent, password), login: staff.login, password })
  if (errors.length > 0) throw new InvalidInput(errors)
  const newHash = await hashPassword(password)
  await deps.db.transaction().execute(async trx => {
    const locked = await lockStaff(trx, staff.id)
    // Someone may have reset it while it was verified; that has just ended this session.
    if (locked?.passwordHash !== passwordHash) throw new InvalidInput([wrongPassword])
    await updateStaff(trx, staff.id, { passwordHash: newHash, mustChangePassword: false, passwordExpiresAt: null })
    await revokeOtherSessions(trx, session, now)
    await appendStaffChanged(trx, { staffId: staff.id, change: 'password-changed', actor: `staff:${staff.id}`, at: now })
  })
}

/** Verifies the current password. Wrong ones are counted with those of the sign-in, and recorded. @returns its hash, undefined where it is wrong */
async function verifyCurrentPassword (deps: ChangePasswordDeps, session: Session, passwordCurrent: string, address: string): Promise<string | undefined> {
  const { staff: { id: staff, login }, clientType } = session
  const now = deps.now()
  const network = networkOf(address)
  const recordFailure = async (reason: 'throttled' | 'wrong-password') => await deps.db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'sign-in-failed', at: now, actor: `staff:${staff}`, facts: { door: clientType, reason, staff, at: 'password-change' },
  }))
  const resetAttempts = await countAttempt(deps, await listThrottles(deps, { address, login }, now), now, async ({ purpose }) => {
    await recordFailure('throttled')
    logSecurityEvent(deps.logger, { event: 'security.throttled', purpose, staff, network })
  })
  const member = await findStaffByLogin(deps.db, login)
  if (await verifyPassword(member?.passwordHash, passwordCurrent)) {
    await resetAttempts()
    return member?.passwordHash
  }
  await recordFailure('wrong-password')
  logSecurityEvent(deps.logger, { event: 'security.sign-in-failed', clientType, reason: 'wrong-password', staff, network })
  return undefined
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
