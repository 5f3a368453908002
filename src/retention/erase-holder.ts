/** Erases a holder on request (GDPR Art. 17), in one transaction with the event that records it. */
import type { Kysely, Transaction } from 'kysely'
import { lockAccount, type Account } from '../accounts/queries.js'
import { appendEvent, type Actor } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { NotFound, NotPermitted } from '../institution/errors.js'
import { ErasureBlocked } from '../institution/slip-errors.js'
import type { ErasureReason } from '../institution/vocabulary.js'
import { recordExpiry } from '../slips/commands/end-slip.js'
import { lockOpenSlip } from '../slips/slip-store.js'
import { insertRequest } from '../staff/confirmations/request-store.js'
import { type Administrator, canConfirmEachOther } from '../staff/confirmations/rules.js'
import { lockActiveAdministrators } from '../staff/queries.js'
import type { Confirmation } from '../staff/staff-events.js'
import { eraseAccount } from './erase-personal-data.js'
import { listErasureObstacles } from './queries.js'

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
export async function eraseHolder ({ db, now }: RetentionDeps, requester: Requester, accountId: string, reason: ErasureReason): Promise<void> {
  await db.transaction().execute(async trx => await eraseWithin(trx, { accountId, reason, requester, at: now() }))
}

export interface ErasureRequestDeps extends RetentionDeps {
  /** The institution wants a second administrator's confirmation. */
  readonly fourEyes: boolean
}

/**
 * Erases the holder, or requests it where another administrator must confirm it.
 * @returns `requested` where nothing has been erased yet
 * @throws {Conflict} where the erasure has already been requested
 */
export async function requestErasure ({ db, now, fourEyes }: ErasureRequestDeps, requester: Requester, accountId: string, reason: ErasureReason): Promise<'done' | 'requested'> {
  return await db.transaction().execute(async trx => {
    const at = now()
    // Locks are taken in one order: administrators, then the account.
    const administrators = fourEyes ? await lockActiveAdministrators(trx) : []
    if (!canConfirmEachOther(administrators)) {
      await eraseWithin(trx, { accountId, reason, requester, at })
      return 'done'
    }
    const own = administrators.find(one => requester.actor === `staff:${one.id}`)
    if (own === undefined) throw new NotPermitted()
    await lockErasableAccount(trx, { accountId, logins: [own.login], at })
    await insertRequest(trx, { content: { action: 'erase-holder', reason }, target: { accountId }, requestedBy: own.id, at })
    return 'requested'
  })
}

/** An erasure that one administrator has requested and another one has confirmed. */
export interface ConfirmedErasure {
  readonly accountId: string
  readonly reason: ErasureReason
  readonly requester: Administrator
  readonly confirmer: Administrator
  readonly confirmation: Confirmation
  readonly at: Date
}

/** Erases the holder in the transaction of the confirmation. Neither of the two may be the holder. */
export async function eraseConfirmedHolder (trx: Transaction<Database>, { requester, confirmer, ...erasure }: ConfirmedErasure): Promise<void> {
  await eraseWithin(trx, { ...erasure, requester: { actor: `staff:${requester.id}`, login: requester.login }, confirmerLogin: confirmer.login })
}

interface Erasure extends Pick<ConfirmedErasure, 'accountId' | 'reason' | 'at'> {
  readonly requester: Requester
  readonly confirmerLogin?: string
  readonly confirmation?: Confirmation
}

async function eraseWithin (trx: Transaction<Database>, { accountId, reason, requester, confirmerLogin, confirmation, at }: Erasure): Promise<void> {
  const account = await lockErasableAccount(trx, { accountId, logins: [requester.login, confirmerLogin], at })
  await recordExpiryIfDue(trx, account, at)
  const slips = await eraseAccount(trx, account, at)
  await appendEvent(trx, { kind: 'holder-erased', at, actor: requester.actor, account: account.id, facts: { reason, slips, ...confirmation } })
}

/** @param logins of those who request and confirm it; undefined at the command line */
async function lockErasableAccount (trx: Transaction<Database>, { accountId, logins, at }: { readonly accountId: string, readonly logins: ReadonlyArray<string | undefined>, readonly at: Date }): Promise<Account> {
  const account = await lockAccount(trx, accountId)
  if (account === undefined || account.erased_at !== null) throw new NotFound('account')
  for (const login of logins) {
    const [obstacle] = await listErasureObstacles(trx, account, login, at)
    if (obstacle !== undefined) throw new ErasureBlocked(obstacle.code, obstacle.number)
  }
  return account
}

/** Records the expiry of a slip whose end has passed, before its holder is erased. */
async function recordExpiryIfDue (trx: Transaction<Database>, account: Account, now: Date): Promise<void> {
  const slip = await lockOpenSlip(trx, account.id, now)
  if (slip?.state === 'expired') await recordExpiry(trx, slip, now)
}
