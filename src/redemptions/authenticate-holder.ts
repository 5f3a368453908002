/** A holder proves that the password works: tries are counted, the password is looked at, no session is opened. */
import type { Kysely } from 'kysely'
import { authenticateAccount, type AuthenticatedAccount } from '../accounts/built-in-directory.js'
import { findAccountByUsername } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { addressLimit, type AttemptLimit, clearAttempts, countAttempt, loginLimit, refundAttempt, throttleAddress, tooManyAttempts } from '../staff/throttle.js'
import { throttleKey } from '../staff/tokens.js'

export interface AuthenticateHolderDeps {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
  readonly now: () => Date
}

export interface HolderSignInAttempt {
  /** In lower case. */
  readonly username: string
  readonly password: string
  /** The client's address, as far as it can be trusted. */
  readonly address: string
}

/**
 * The account that user name and password prove; undefined, on record, for every other pair.
 * @throws {Problem} `too-many-requests` with Retry-After
 */
export async function authenticateHolder (deps: AuthenticateHolderDeps, attempt: HolderSignInAttempt): Promise<AuthenticatedAccount | undefined> {
  const { db, sessionKey, now } = deps
  const at = now()
  const address = throttleKey(sessionKey, 'holder-address', throttleAddress(attempt.address))
  const username = throttleKey(sessionKey, 'username', attempt.username)
  // The address first: one that is throttled cannot use up the tries of other people's user names.
  await countSignInAttempt(deps, attempt, address, addressLimit, at)
  await countSignInAttempt(deps, attempt, username, loginLimit, at)
  const proved = await authenticateAccount(db, attempt.username, attempt.password)
  if (proved === undefined) {
    await recordFailedSignIn(deps, attempt, 'wrong', at)
    return undefined
  }
  await db.transaction().execute(async trx => await appendEvent(trx, { kind: 'holder-signed-in', at, actor: 'holder', account: proved.id }))
  await clearAttempts(db, username, at)
  await refundAttempt(db, address)
  return proved
}

async function countSignInAttempt (deps: AuthenticateHolderDeps, attempt: HolderSignInAttempt, key: string, limit: AttemptLimit, now: Date): Promise<void> {
  const { attempts, windowEndsAt } = await countAttempt(deps.db, key, limit, now)
  if (attempts <= limit.maxAttempts) return
  // The first refused try of a period is recorded, the rest are not: a flood must not fill the log.
  if (attempts === limit.maxAttempts + 1) await recordFailedSignIn(deps, attempt, 'throttled', now)
  throw tooManyAttempts(windowEndsAt, now)
}

/** Nothing typed is kept: in the field for the user name there may stand a password, or a code. */
async function recordFailedSignIn ({ db }: AuthenticateHolderDeps, { username }: HolderSignInAttempt, reason: 'wrong' | 'throttled', at: Date): Promise<void> {
  const account = await findAccountByUsername(db, username)
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'holder-sign-in-failed', at, actor: 'anonymous', ...(account === undefined ? {} : { account: account.id }), facts: { reason },
  }))
}
