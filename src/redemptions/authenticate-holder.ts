/** Verifies a holder's password; opens no session. */
import type { Kysely } from 'kysely'
import { authenticateAccount, type AuthenticatedAccount } from '../accounts/built-in-directory.js'
import { findAccountByUsername } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { addressGroup, networkOf } from '../institution/network-address.js'
import { containsActivationCode } from '../institution/typed-symbols.js'
import { logSecurityEvent, type SecurityLogger } from '../monitoring/security-log.js'
import { addressLimit, countAttempt, loginLimit, type Throttle } from '../staff/sign-in/throttle.js'
import { hashTypedLogin } from '../staff/tokens.js'

export interface AuthenticateHolderDeps {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
  readonly logger: SecurityLogger
  readonly now: () => Date
}

export interface HolderSignInAttempt {
  /** As `readUsername` returns it. */
  readonly username: string
  readonly password: string
  /** The client's address, as far as it can be trusted. */
  readonly address: string
}

/**
 * Verifies user name and password. Every failed attempt is recorded.
 * @returns the account; undefined when the credentials are wrong
 * @throws {TooManyAttempts}
 */
export async function authenticateHolder (deps: AuthenticateHolderDeps, attempt: HolderSignInAttempt): Promise<AuthenticatedAccount | undefined> {
  const at = deps.now()
  const network = networkOf(attempt.address)
  const resetAttempts = await countAttempt(deps, listThrottles(attempt), at, async ({ purpose }) => {
    const { account } = await recordFailedSignIn(deps, attempt, 'throttled', at)
    logSecurityEvent(deps.logger, { event: 'security.throttled', purpose, account, network })
  })
  const account = await authenticateAccount(deps.db, attempt.username, attempt.password)
  if (account === undefined) {
    const failed = await recordFailedSignIn(deps, attempt, 'wrong', at)
    logSecurityEvent(deps.logger, { event: 'security.holder-sign-in-failed', reason: 'wrong', ...failed, network })
    return undefined
  }
  await deps.db.transaction().execute(async trx => await appendEvent(trx, { kind: 'holder-signed-in', at, actor: 'holder', account: account.id }))
  await resetAttempts()
  return account
}

/** The address comes first: a throttled address cannot use up the attempts of other people's user names. */
function listThrottles ({ address, username }: HolderSignInAttempt): Throttle[] {
  return [
    { purpose: 'holder-address', value: addressGroup(address), limit: addressLimit, onSuccess: 'refund' },
    { purpose: 'username', value: username, limit: loginLimit, onSuccess: 'clear' },
  ]
}

/**
 * Records the failure with the account whose user name it was. What was typed instead, maybe a password or a code, is
 * stored only as a keyed hash, which is erased as a personal text.
 */
async function recordFailedSignIn (
  { db, sessionKey }: AuthenticateHolderDeps, { username }: HolderSignInAttempt, reason: 'wrong' | 'throttled', at: Date
): Promise<{ readonly account: string | undefined, readonly loginHash: string | undefined }> {
  const account = await findAccountByUsername(db, username)
  const loginHash = account === undefined ? hashTypedLogin(sessionKey, containsActivationCode(username) ? '[activation code]' : username) : undefined
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'holder-sign-in-failed',
    at,
    actor: 'anonymous',
    ...(account === undefined ? {} : { account: account.id }),
    facts: { reason },
    ...(loginHash === undefined ? {} : { texts: { loginHash } }),
  }))
  return { account: account?.id, loginHash }
}
