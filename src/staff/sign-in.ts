/** Somebody signs in: tries are counted, the password is looked at, a session is opened. */
import type { Kysely, Transaction } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { Problem } from '../http/problems.js'
import { servicePointsOf } from '../service-points/queries.js'
import { countedAddress } from './client-address.js'
import { verifyPassword } from '../passwords/hashing.js'
import { findStaffByLogin, lockStaff } from './queries.js'
import { chooseServicePoint, type ServicePointRefusal } from './service-point-choice.js'
import type { Session } from './session.js'
import { forgetOldSessions, openSession } from './sessions.js'
import { addressLimit, countTry, forgetTries, giveTryBack, loginLimit, tooManyTries, type TryLimit } from './throttle.js'
import { sessionTokenHash, throttleKey } from './tokens.js'

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
  readonly door: Session['door']
  /** The client's address, as far as it can be trusted. */
  readonly address: string
}

type Opened = Awaited<ReturnType<typeof openSession>>
type Failure = 'unknown-login' | 'inactive' | 'wrong-password' | 'throttled' | ServicePointRefusal

/** The answer to a try that opened nothing, and what the record says of it. */
class SignInFailed extends Problem {
  constructor (readonly reason: Failure, ...problem: ConstructorParameters<typeof Problem>) {
    super(...problem)
  }
}

/**
 * Opens a session at one door. Unknown login, wrong password and inactive staff get one and the same answer.
 * Whatever opens no session stays counted and is on record.
 * @returns the token, which is not kept anywhere, and the session
 * @throws {Problem} `not-signed-in`, `too-many-requests` with Retry-After, or `validation-failed` at `servicePointId`
 */
export async function signIn (deps: SignInDeps, attempt: SignInAttempt): Promise<Opened> {
  const now = deps.now()
  await takeTries(deps, attempt, now)
  const opened = await enter(deps, attempt, now).catch(async (error: unknown) => {
    if (error instanceof SignInFailed) await recordFailure(deps, attempt, error.reason, now)
    throw error
  })
  await forgiveTries(deps, attempt, now)
  return opened
}

async function enter (deps: SignInDeps, attempt: SignInAttempt, now: Date): Promise<Opened> {
  const member = await findStaffByLogin(deps.db, attempt.login)
  const passwordIsRight = await verifyPassword(member?.passwordHash, attempt.password)
  if (member === undefined) throw wrongLogin('unknown-login')
  if (!passwordIsRight) throw wrongLogin('wrong-password')
  return await deps.db.transaction().execute(async trx => {
    const staff = await lockStaff(trx, member.id)
    // The password may have been changed while it was looked at: then the sessions it opened have just been ended.
    if (staff?.passwordHash !== member.passwordHash) throw wrongLogin('wrong-password')
    if (!staff.active) throw wrongLogin('inactive')
    const servicePointId = await requireServicePoint(trx, staff.id, attempt)
    await forgetOldSessions(trx, staff.id, now)
    const hashToken = (token: string) => sessionTokenHash(deps.sessionKey, token)
    const opened = await openSession(trx, { staffId: staff.id, servicePointId, door: attempt.door, now, randomBytes: deps.randomBytes, hashToken })
    await appendEvent(trx, {
      kind: 'signed-in',
      at: now,
      actor: `staff:${staff.id}`,
      ...(servicePointId === null ? {} : { servicePoint: servicePointId }),
      facts: { door: attempt.door },
    })
    return opened
  })
}

function wrongLogin (reason: Failure): SignInFailed {
  return new SignInFailed(reason, 'not-signed-in', { variant: 'wrong-login', headers: { 'www-authenticate': 'Bearer' } })
}

/** The address first: one that is throttled cannot use up the tries of other people's logins. */
async function takeTries (deps: SignInDeps, attempt: SignInAttempt, now: Date): Promise<void> {
  await takeTry(deps, attempt, throttleKey(deps.sessionKey, 'address', countedAddress(attempt.address)), addressLimit, now)
  await takeTry(deps, attempt, throttleKey(deps.sessionKey, 'login', attempt.login), loginLimit, now)
}

async function takeTry (deps: SignInDeps, attempt: SignInAttempt, key: string, limit: TryLimit, now: Date): Promise<void> {
  const { tries, endsAt } = await countTry(deps.db, key, limit, now)
  if (tries <= limit.tries) return
  // The first refused try of a period is recorded, the rest are not: a flood must not fill the log.
  if (tries === limit.tries + 1) await recordFailure(deps, attempt, 'throttled', now)
  throw tooManyTries(endsAt, now)
}

async function forgiveTries (deps: SignInDeps, attempt: SignInAttempt, now: Date): Promise<void> {
  await forgetTries(deps.db, throttleKey(deps.sessionKey, 'login', attempt.login), now)
  await giveTryBack(deps.db, throttleKey(deps.sessionKey, 'address', countedAddress(attempt.address)))
}

async function requireServicePoint (trx: Transaction<Database>, staffId: string, attempt: SignInAttempt): Promise<string | null> {
  const own = (await servicePointsOf(trx, staffId)).map(office => office.id)
  const choice = chooseServicePoint(own, attempt.servicePointId, attempt.door)
  if (choice.ok) return choice.servicePointId
  throw new SignInFailed(choice.message, 'validation-failed', {
    errors: [{ path: 'servicePointId', message: choice.message, values: { choices: own.join(', ') } }],
  })
}

async function recordFailure (deps: SignInDeps, attempt: SignInAttempt, reason: Failure, now: Date): Promise<void> {
  await deps.db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'sign-in-failed',
    at: now,
    actor: 'anonymous',
    facts: { door: attempt.door, reason },
    texts: { login: attempt.login },
  }))
}
