/** A holder proves that the password works: tries are counted, the password is looked at, no session is opened. */
import type { Deps } from '../app.js'
import { proveSignIn, type ProvedAccount } from '../accounts/built-in-directory.js'
import { findAccountByUsername } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import { countedAddress } from '../staff/client-address.js'
import { addressLimit, countTry, forgetTries, giveTryBack, loginLimit, tooManyTries, type TryLimit } from '../staff/throttle.js'
import { throttleKey } from '../staff/tokens.js'

export type HolderSignInDeps = Pick<Deps, 'db' | 'sessionKey' | 'now'>

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
export async function holderSignIn (deps: HolderSignInDeps, attempt: HolderSignInAttempt): Promise<ProvedAccount | undefined> {
  const { db, sessionKey, now } = deps
  const at = now()
  const address = throttleKey(sessionKey, 'holder-address', countedAddress(attempt.address))
  const username = throttleKey(sessionKey, 'username', attempt.username)
  // The address first: one that is throttled cannot use up the tries of other people's user names.
  await takeTry(deps, attempt, address, addressLimit, at)
  await takeTry(deps, attempt, username, loginLimit, at)
  const proved = await proveSignIn(db, attempt.username, attempt.password)
  if (proved === undefined) {
    await recordFailure(deps, attempt, 'wrong', at)
    return undefined
  }
  await db.transaction().execute(async trx => await appendEvent(trx, { kind: 'holder-signed-in', at, actor: 'holder', account: proved.id }))
  await forgetTries(db, username, at)
  await giveTryBack(db, address)
  return proved
}

async function takeTry (deps: HolderSignInDeps, attempt: HolderSignInAttempt, key: string, limit: TryLimit, now: Date): Promise<void> {
  const { tries, endsAt } = await countTry(deps.db, key, limit, now)
  if (tries <= limit.tries) return
  // The first refused try of a period is recorded, the rest are not: a flood must not fill the log.
  if (tries === limit.tries + 1) await recordFailure(deps, attempt, 'throttled', now)
  throw tooManyTries(endsAt, now)
}

/** Nothing typed is kept: in the field for the user name there may stand a password, or a code. */
async function recordFailure ({ db }: HolderSignInDeps, { username }: HolderSignInAttempt, reason: 'wrong' | 'throttled', at: Date): Promise<void> {
  const account = await findAccountByUsername(db, username)
  await db.transaction().execute(async trx => await appendEvent(trx, {
    kind: 'holder-sign-in-failed', at, actor: 'anonymous', ...(account === undefined ? {} : { account: account.id }), facts: { reason },
  }))
}
