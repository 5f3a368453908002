/** Signs staff in and out, and switches their service point. */
import type { Kysely, Transaction } from 'kysely'
import { appendEvent } from '../../audit/events.js'
import type { Database } from '../../database/schema.js'
import { InvalidInput, NotSignedIn, PasswordChangeRequired } from '../../institution/errors.js'
import { addressGroup, networkOf } from '../../institution/network-address.js'
import { containsActivationCode } from '../../institution/typed-symbols.js'
import { verifyPassword } from '../../passwords/hashing.js'
import { listStaffServicePoints } from '../../service-points/queries.js'
import { logSecurityEvent, type SecurityLogger } from '../../monitoring/security-log.js'
import { findDevice } from './device-cookie.js'
import { deleteKeptForm, moveKeptForm } from '../kept-forms.js'
import { findStaffByLogin, lockStaff, type StaffWithPassword, updateStaff } from '../queries.js'
import { resolveServicePoint, type ServicePointRefusal } from '../service-points.js'
import { deleteOldSessions, openSession, revokeSession, type SessionProof, updateSessionServicePoint } from '../session-store.js'
import type { Session } from '../session.js'
import { appendStaffChanged } from '../staff-events.js'
import { hasSignedInFrom, rememberOrigin } from './sign-in-origins.js'
import { addressLimit, countAttempt, loginLimit, type Throttle } from './throttle.js'
import { hashTypedLogin } from '../tokens.js'

export interface SignInDeps {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
  readonly now: () => Date
  readonly randomBytes: (size: number) => Buffer
  readonly logger: SecurityLogger
}

export interface SignInAttempt {
  /** Trimmed and in lower case. */
  readonly login: string
  readonly password: string
  readonly servicePointId?: string | undefined
  readonly clientType: Session['clientType']
  /** The client's address, as far as it can be trusted. */
  readonly address: string
  /** The browser's device cookie. */
  readonly deviceCookie?: string | undefined
  /** The browser's earlier session. A form of the same person that it left behind moves to the new session. */
  readonly earlierTokenHash?: Buffer | undefined
}

type OpenedSession = Awaited<ReturnType<typeof openSession>>
type SignInFailureReason = 'unknown-login' | 'inactive' | 'wrong-password' | 'throttled' | 'password-change-required' | 'one-time-password-ended' | ServicePointRefusal

/** A failed sign-in: the reason for the audit event, and the error for the user. */
class SignInFailure extends Error {
  constructor (readonly reason: SignInFailureReason, readonly error: NotSignedIn | PasswordChangeRequired | InvalidInput) {
    super(reason)
  }
}

/**
 * Opens a session. An unknown login, a wrong password and inactive staff get the same error.
 * Every failed attempt stays counted and is recorded.
 * @returns the token, which is not stored anywhere, and the session
 * @throws {NotSignedIn} `wrong-login`
 * @throws {PasswordChangeRequired} with the right password: at the API, and for a one-time password that is used up or too old
 * @throws {TooManyAttempts}
 * @throws {InvalidInput} at `servicePointId`
 */
export async function signIn (deps: SignInDeps, attempt: SignInAttempt): Promise<OpenedSession> {
  const now = deps.now()
  const throttles = await listThrottles(deps, attempt, now)
  const resetAttempts = await countAttempt(deps, throttles, now, async ({ purpose }) => {
    const staff = await recordSignInFailure(deps, attempt, 'throttled', now)
    logSecurityEvent(deps.logger, { event: 'security.throttled', purpose, staff, network: networkOf(attempt.address) })
  })
  const opened = await authenticate(deps, attempt, now).catch(async (failure: unknown) => {
    if (!(failure instanceof SignInFailure)) throw failure
    const staff = await recordSignInFailure(deps, attempt, failure.reason, now)
    const loginHash = staff === undefined ? hashAttemptedLogin(deps, attempt) : undefined
    logSecurityEvent(deps.logger, { event: 'security.sign-in-failed', clientType: attempt.clientType, reason: failure.reason, staff, loginHash, network: networkOf(attempt.address) })
    throw failure.error
  })
  await resetAttempts()
  const { staff, servicePoint, clientType } = opened.session
  logSecurityEvent(deps.logger, { event: 'security.signed-in', staff: staff.id, clientType, servicePoint: servicePoint?.id, network: networkOf(attempt.address) })
  return opened
}

async function authenticate (deps: SignInDeps, attempt: SignInAttempt, now: Date): Promise<OpenedSession> {
  const member = await findStaffByLogin(deps.db, attempt.login)
  const passwordIsRight = await verifyPassword(member?.passwordHash, attempt.password)
  if (member === undefined) throw wrongLogin('unknown-login')
  if (!passwordIsRight) throw wrongLogin('wrong-password')
  return await deps.db.transaction().execute(async trx => {
    const staff = await lockStaff(trx, member.id)
    // The password may have been changed while it was verified; that change has just ended the sessions it had opened.
    if (staff?.passwordHash !== member.passwordHash) throw wrongLogin('wrong-password')
    if (!staff.active) throw wrongLogin('inactive')
    requireUsablePassword(staff, attempt, now)
    const servicePointId = await requireServicePoint(trx, staff.id, attempt)
    await deleteOldSessions(trx, staff.id, now)
    const opened = await openSession(trx, { staffId: staff.id, servicePointId, clientType: attempt.clientType, now, randomBytes: deps.randomBytes, sessionKey: deps.sessionKey })
    if (staff.passwordExpiresAt !== null) await recordOneTimeUse(trx, staff, now)
    await rememberOrigin(trx, deps.sessionKey, { login: attempt.login, address: addressGroup(attempt.address) }, now)
    if (attempt.earlierTokenHash !== undefined) await moveKeptForm(trx, attempt.earlierTokenHash, opened.session)
    await appendEvent(trx, {
      kind: 'signed-in',
      at: now,
      actor: `staff:${staff.id}`,
      ...(servicePointId === null ? {} : { servicePoint: servicePointId }),
      facts: { door: attempt.clientType },
    })
    return opened
  })
}

/** The password is right. If someone else has set it, the person changes it on the pages; a one-time password opens one session. */
function requireUsablePassword ({ mustChangePassword, passwordExpiresAt }: StaffWithPassword, { clientType }: SignInAttempt, now: Date): void {
  if (passwordExpiresAt !== null && passwordExpiresAt <= now) throw new SignInFailure('one-time-password-ended', new PasswordChangeRequired('ended'))
  if (mustChangePassword && clientType === 'api') throw new SignInFailure('password-change-required', new PasswordChangeRequired())
}

/** The session that was just opened is the only one for which the password is good. */
async function recordOneTimeUse (trx: Transaction<Database>, { id }: StaffWithPassword, now: Date): Promise<void> {
  await updateStaff(trx, id, { passwordExpiresAt: now })
  await appendStaffChanged(trx, { staffId: id, change: 'one-time-password-used', actor: `staff:${id}`, at: now })
}

function wrongLogin (reason: SignInFailureReason): SignInFailure {
  return new SignInFailure(reason, new NotSignedIn('wrong-login'))
}

/**
 * The address comes first: a throttled address cannot use up the attempts of other people's logins. A browser or a login
 * that has succeeded there before has an allowance of its own instead, which others at the address cannot use up. The
 * limit of the login itself counts everyone's attempts.
 */
export async function listThrottles (deps: Pick<SignInDeps, 'db' | 'sessionKey'>, { address, login, deviceCookie }: Pick<SignInAttempt, 'address' | 'login' | 'deviceCookie'>, now: Date): Promise<Throttle[]> {
  const place = addressGroup(address)
  const device = findDevice(deviceCookie, login, { sessionKey: deps.sessionKey, now })
  const first: Throttle = device !== undefined
    ? { purpose: 'device', value: [device, login].join('\0'), limit: loginLimit, onSuccess: 'clear' }
    : await hasSignedInFrom(deps, { login, address: place }, now)
      ? { purpose: 'known-login', value: [place, login].join('\0'), limit: loginLimit, onSuccess: 'clear' }
      : { purpose: 'address', value: place, limit: addressLimit, onSuccess: 'refund' }
  return [first, { purpose: 'login', value: login, limit: loginLimit, onSuccess: 'clear' }]
}

async function requireServicePoint (trx: Transaction<Database>, staffId: string, attempt: SignInAttempt): Promise<string | null> {
  const own = (await listStaffServicePoints(trx, staffId)).map(office => office.id)
  const choice = resolveServicePoint(own, attempt.servicePointId, attempt.clientType)
  if (choice.ok) return choice.servicePointId
  throw new SignInFailure(choice.message, new InvalidInput([{ path: 'servicePointId', message: choice.message, values: { choices: own } }]))
}

/**
 * Records the failure with the member whose login it was. What was typed instead is stored only as a keyed hash, which
 * is erased as a personal text.
 * @returns the member's id
 */
async function recordSignInFailure (deps: SignInDeps, attempt: SignInAttempt, reason: SignInFailureReason, now: Date): Promise<string | undefined> {
  const member = await findStaffByLogin(deps.db, attempt.login)
  await deps.db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'sign-in-failed',
    at: now,
    actor: 'anonymous',
    facts: { door: attempt.clientType, reason, ...(member === undefined ? {} : { staff: member.id }) },
    ...(member === undefined ? { texts: { loginHash: hashAttemptedLogin(deps, attempt) } } : {}),
  }))
  return member?.id
}

function hashAttemptedLogin ({ sessionKey }: SignInDeps, { login }: SignInAttempt): string {
  return hashTypedLogin(sessionKey, containsActivationCode(login) ? '[activation code]' : login)
}

// Signing out ends the session immediately, even if its token is still stored somewhere.

export interface SessionDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

export async function signOut (deps: SessionDeps, session: Session): Promise<void> {
  const now = deps.now()
  await deps.db.transaction().execute(async trx => {
    await revokeSession(trx, session.id, now)
    await deleteKeptForm(trx, session.id)
    await appendEvent(trx, {
      kind: 'signed-out',
      at: now,
      actor: `staff:${session.staff.id}`,
      ...(session.servicePoint === null ? {} : { servicePoint: session.servicePoint.id }),
      facts: { door: session.clientType },
    })
  })
}

// Staff can switch to another of their service points within a session.

/** Switches the service point of a session. @returns false, and changes nothing, when it is not one of the member's own */
export async function switchServicePoint (deps: SessionDeps, session: Session, proof: SessionProof, servicePointId: string): Promise<boolean> {
  return await deps.db.transaction().execute(async trx => {
    if (!await updateSessionServicePoint(trx, session, proof, servicePointId)) return false
    await appendEvent(trx, {
      kind: 'service-point-chosen',
      at: deps.now(),
      actor: `staff:${session.staff.id}`,
      servicePoint: servicePointId,
      facts: { door: session.clientType, from: session.servicePoint?.id ?? null },
    })
    return true
  })
}
