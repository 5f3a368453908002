/** Verifies a holder's password; opens no session. */
import type { Kysely } from 'kysely'
import { authenticateAccount, type AuthenticatedAccount } from '../accounts/built-in-directory.js'
import { findAccountByUsername } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { addressGroup } from '../institution/network-address.js'
import { addressLimit, countAttempt, loginLimit, type Throttle } from '../staff/throttle.js'

export interface AuthenticateHolderDeps {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
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
  const resetAttempts = await countAttempt(deps, listThrottles(attempt), at, async () => await recordFailedSignIn(deps, attempt, 'throttled', at))
  const account = await authenticateAccount(deps.db, attempt.username, attempt.password)
  if (account === undefined) {
    await recordFailedSignIn(deps, attempt, 'wrong', at)
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

/** Nothing that was typed is stored: the field for the user name may hold a password, or a code. */
async function recordFailedSignIn ({ db }: AuthenticateHolderDeps, { username }: HolderSignInAttempt, reason: 'wrong' | 'throttled', at: Date): Promise<void> {
  const account = await findAccountByUsername(db, username)
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'holder-sign-in-failed', at, actor: 'anonymous', ...(account === undefined ? {} : { account: account.id }), facts: { reason },
  }))
}
