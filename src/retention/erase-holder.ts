/** Erases a holder on request (GDPR Art. 17), in one transaction with the event that tells it, or says why not. */
import type { Kysely, Transaction } from 'kysely'
import { lockAccount, type Account } from '../accounts/queries.js'
import { appendEvent, type Actor } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { ErasureBlocked, NotFound } from '../institution/errors.js'
import { recordExpiry } from '../slips/commands/end-slip.js'
import { lockOpenSlip } from '../slips/slip-store.js'
import { eraseAccount } from './erase-personal-data.js'
import { listErasureObstacles } from './queries.js'

/** Why somebody is erased: words of the house only, since a written reason would tell of whom nothing is to be kept. */
export const erasureReasons = ['holder-asked', 'account-by-mistake', 'no-longer-needed'] as const
export type ErasureReason = (typeof erasureReasons)[number]

export interface RetentionDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

/** Who asks for it. `login` is undefined at the command line. */
export interface Requester {
  readonly actor: Actor
  readonly login: string | undefined
}

/**
 * Erases the holder; a second request finds nobody. A slip that is issued at the same moment is either refused, because
 * the account is gone, or stands in the way of this.
 * @throws {NotFound}
 * @throws {ErasureBlocked} with the first obstacle
 */
export async function eraseHolder ({ db, now: clock }: RetentionDeps, by: Requester, accountId: string, reason: ErasureReason): Promise<void> {
  await db.transaction().execute(async trx => {
    const now = clock()
    const account = await lockAccount(trx, accountId)
    if (account === undefined || account.erased_at !== null) throw new NotFound('account')
    const [obstacle] = await listErasureObstacles(trx, account, by.login, now)
    if (obstacle !== undefined) throw new ErasureBlocked(obstacle.code, obstacle.number)
    await recordExpiryIfDue(trx, account, now)
    const slips = await eraseAccount(trx, account, now)
    await appendEvent(trx, { kind: 'holder-erased', at: now, actor: by.actor, account: account.id, facts: { reason, slips } })
  })
}

/** Records the expiry of a slip whose end has passed, before its holder is erased. */
async function recordExpiryIfDue (trx: Transaction<Database>, account: Account, now: Date): Promise<void> {
  const slip = await lockOpenSlip(trx, account.id, now)
  if (slip?.state === 'expired') await recordExpiry(trx, slip, now)
}
