/** Somebody signs in: tries are counted, the password is looked at, a session is opened. */
import type { Kysely, Transaction } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { Problem } from '../http/problems.js'
import { verifyPassword } from '../passwords/hashing.js'
import { listStaffServicePoints } from '../service-points/queries.js'
import { findStaffByLogin, lockStaff } from './queries.js'
import { resolveServicePoint, type ServicePointRefusal } from './service-points.js'
import { deleteOldSessions, openSession, revokeSession, updateSessionServicePoint } from './session-store.js'
import type { Session } from './session.js'
import { addressLimit, type AttemptLimit, clearAttempts, countAttempt, loginLimit, refundAttempt, throttleAddress, tooManyAttempts } from './throttle.js'
import { hashSessionToken, throttleKey } from './tokens.js'

export interface SignInDeps {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
  readonly now: () => Date
  readonly randomBytes: (size: number) => Buffer
}

export interface SignInAttempt {
  /** Trimmed and in lower case. */
  readonly login: string
  readonly password: string
  readonly servicePointId?: string | undefined
  readonly clientType: Session['clientType']
  /** The client's address, as far as it can be trusted. */
  readonly address: string
}

type OpenedSession = Awaited<ReturnType<typeof openSession>>
type SignInFailureReason = 'unknown-login' | 'inactive' | 'wrong-password' | 'throttled' | ServicePointRefusal

/** The answer to a try that opened nothing, and what the record says of it. */
class SignInError extends Problem {
  constructor (readonly reason: SignInFailureReason, ...problem: ConstructorParameters<typeof Problem>) {
    super(...problem)
  }
}

/**
 * Opens a session at one door. Unknown login, wrong password and inactive staff get one and the same answer.
 * Whatever opens no session stays counted and is on record.
 * @returns the token, which is not kept anywhere, and the session
 * @throws {Problem} `not-signed-in`, `too-many-requests` with Retry-After, or `validation-failed` at `servicePointIdSchema`
 */
export async function signIn (deps: SignInDeps, attempt: SignInAttempt): Promise<OpenedSession> {
  const now = deps.now()
  await countSignInAttempts(deps, attempt, now)
  const opened = await authenticate(deps, attempt, now).catch(async (error: unknown) => {
    if (error instanceof SignInError) await recordSignInFailure(deps, attempt, error.reason, now)
    throw error
  })
  await resetAttempts(deps, attempt, now)
  return opened
}

async function authenticate (deps: SignInDeps, attempt: SignInAttempt, now: Date): Promise<OpenedSession> {
  const member = await findStaffByLogin(deps.db, attempt.login)
  const passwordIsRight = await verifyPassword(member?.passwordHash, attempt.password)
  if (member === undefined) throw wrongLoginError('unknown-login')
  if (!passwordIsRight) throw wrongLoginError('wrong-password')
  return await deps.db.transaction().execute(async trx => {
    const staff = await lockStaff(trx, member.id)
    // The password may have been changed while it was looked at: then the sessions it opened have just been ended.
    if (staff?.passwordHash !== member.passwordHash) throw wrongLoginError('wrong-password')
    if (!staff.active) throw wrongLoginError('inactive')
    const servicePointId = await requireServicePoint(trx, staff.id, attempt)
    await deleteOldSessions(trx, staff.id, now)
    const hashToken = (token: string) => hashSessionToken(deps.sessionKey, token)
    const opened = await openSession(trx, { staffId: staff.id, servicePointId, clientType: attempt.clientType, now, randomBytes: deps.randomBytes, hashToken })
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

function wrongLoginError (reason: SignInFailureReason): SignInError {
  return new SignInError(reason, 'not-signed-in', { variant: 'wrong-login', headers: { 'www-authenticate': 'Bearer' } })
}

/** The address first: one that is throttled cannot use up the tries of other people's logins. */
async function countSignInAttempts (deps: SignInDeps, attempt: SignInAttempt, now: Date): Promise<void> {
  await requireAttemptLeft(deps, attempt, throttleKey(deps.sessionKey, 'address', throttleAddress(attempt.address)), addressLimit, now)
  await requireAttemptLeft(deps, attempt, throttleKey(deps.sessionKey, 'login', attempt.login), loginLimit, now)
}

async function requireAttemptLeft (deps: SignInDeps, attempt: SignInAttempt, key: string, limit: AttemptLimit, now: Date): Promise<void> {
  const { attempts, windowEndsAt } = await countAttempt(deps.db, key, limit, now)
  if (attempts <= limit.maxAttempts) return
  // The first refused try of a period is recorded, the rest are not: a flood must not fill the log.
  if (attempts === limit.maxAttempts + 1) await recordSignInFailure(deps, attempt, 'throttled', now)
  throw tooManyAttempts(windowEndsAt, now)
}

async function resetAttempts (deps: SignInDeps, attempt: SignInAttempt, now: Date): Promise<void> {
  await clearAttempts(deps.db, throttleKey(deps.sessionKey, 'login', attempt.login), now)
  await refundAttempt(deps.db, throttleKey(deps.sessionKey, 'address', throttleAddress(attempt.address)))
}

async function requireServicePoint (trx: Transaction<Database>, staffId: string, attempt: SignInAttempt): Promise<string | null> {
  const own = (await listStaffServicePoints(trx, staffId)).map(office => office.id)
  const choice = resolveServicePoint(own, attempt.servicePointId, attempt.clientType)
  if (choice.ok) return choice.servicePointId
  throw new SignInError(choice.message, 'validation-failed', {
    errors: [{ path: 'servicePointId', message: choice.message, values: { choices: own.join(', ') } }],
  })
}

async function recordSignInFailure (deps: SignInDeps, attempt: SignInAttempt, reason: SignInFailureReason, now: Date): Promise<void> {
  await deps.db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'sign-in-failed',
    at: now,
    actor: 'anonymous',
    facts: { door: attempt.clientType, reason },
    texts: { login: attempt.login },
  }))
}

// Somebody signs out: the session ends at once, wherever its token may still lie.

export interface SessionDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

export async function signOut (deps: SessionDeps, session: Session): Promise<void> {
  const now = deps.now()
  await deps.db.transaction().execute(async trx => {
    await revokeSession(trx, session.id, now)
    await appendEvent(trx, {
      kind: 'signed-out',
      at: now,
      actor: `staff:${session.staff.id}`,
      ...(session.servicePoint === null ? {} : { servicePoint: session.servicePoint.id }),
      facts: { door: session.clientType },
    })
  })
}

// Somebody goes on at another of their service points, in the same session.

/** @returns false, and changes nothing, when the service point is not one of the member's own */
export async function switchServicePoint (deps: SessionDeps, session: Session, servicePointId: string): Promise<boolean> {
  return await deps.db.transaction().execute(async trx => {
    if (!await updateSessionServicePoint(trx, session, servicePointId)) return false
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

// Where a sign-in leads afterwards. Pure.

const PLACEHOLDER_ORIGIN = 'http://slipdesk.invalid'
const signInPaths = ['/sign-in', '/sign-out', '/service-point']

/**
 * The local path that `next` names, or undefined: only a path of this site, never another host in any
 * disguise (`//host`, `/\host`, `/.//host`, tabs), and never back into signing in.
 */
export function safeReturnPath (next: unknown): string | undefined {
  if (typeof next !== 'string' || next.length > 2000 || !/^\/[!-[\]-~]*$/.test(next) || !URL.canParse(next, PLACEHOLDER_ORIGIN)) return undefined
  const url = new URL(next, PLACEHOLDER_ORIGIN)
  if (url.origin !== PLACEHOLDER_ORIGIN || url.pathname.startsWith('//') || signInPaths.includes(url.pathname)) return undefined
  return url.pathname + url.search
}
