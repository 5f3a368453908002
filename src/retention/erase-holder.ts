/** Erases a holder on request (GDPR Art. 17), in one transaction with the event that records it. */
import type { Kysely, Transaction } from 'kysely'
import { lockAccount, type Account } from '../accounts/queries.js'
import { appendEvent, type Actor } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { NotFound } from '../institution/errors.js'
import { ErasureBlocked } from '../institution/slip-errors.js'
import { recordExpiry } from '../slips/commands/end-slip.js'
import { lockOpenSlip } from '../slips/slip-store.js'
import { eraseAccount } from './erase-personal-data.js'
import { listErasureObstacles } from './queries.js'

/** Why a holder is erased. A fixed list: free text could identify the person just erased. */
export const erasureReasons = ['holder-asked', 'account-by-mistake', 'no-longer-needed'] as const
export type ErasureReason = (typeof erasureReasons)[number]

export interface RetentionDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

/** Who requests the erasure. `login` is undefined at the command line. */
export interface Requester {
  readonly actor: Actor
  readonly login: string | undefined
}

/**
 * Erases the holder. A second request finds no account. A slip that is issued at the same time is either refused, because
 * the account is erased, or blocks the erasure.
 * @throws {NotFound}
 * @throws {ErasureBlocked} with the first obstacle
 */
export async function eraseHolder ({ db, now: clock }: RetentionDeps, requester: Requester, accountId: string, reason: ErasureReason): Promise<void> {
  await db.transaction().execute(async trx => {
    const now = clock()
    const account = await lockAccount(trx, accountId)
    if (account === undefined || account.erased_at !== null) throw new NotFound('account')
    const [obstacle] = await listErasureObstacles(trx, account, requester.login, now)
    if (obstacle !== undefined) throw new ErasureBlocked(obstacle.code, obstacle.number)
    await recordExpiryIfDue(trx, account, now)
    const slips = await eraseAccount(trx, account, now)
    await appendEvent(trx, { kind: 'holder-erased', at: now, actor: requester.actor, account: account.id, facts: { reason, slips } })
  })
}

/** Records the expiry of a slip whose end has passed, before its holder is erased. */
async function recordExpiryIfDue (trx: Transaction<Database>, account: Account, now: Date): Promise<void> {
  const slip = await lockOpenSlip(trx, account.id, now)
  if (slip?.state === 'expired') await recordExpiry(trx, slip, now)
}
