/** What is forgotten by itself: how each kind is found, and what happens to it. */
import { sql, type Kysely, type Transaction } from 'kysely'
import { manyAccountsLock } from '../accounts/tally.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { eraseAccount } from './erase-account.js'
import { anyOf, forgetAddresses, forgetDetails, type ForgottenSlip } from './forget-slips.js'
import { isCurrent, renewAccount } from './renew-account.js'
import type { RetainedKind } from './terms.js'
import { accountsDue, accountsDueAmong, addressesDue, detailsDue, textsDue, type Due } from './what-is-due.js'

export interface Forgetting {
  readonly due: (db: Kysely<Database>, before: Date) => AsyncGenerator<Due[]>
  /** In the caller's transaction; what somebody is at is left for the next night. @returns how many went */
  readonly forget: (trx: Transaction<Database>, due: readonly Due[], before: Date, now: Date) => Promise<number>
}

export const forgetting: Readonly<Record<RetainedKind, Forgetting>> = {
  addresses: { due: addressesDue, forget: async (trx, due, _before, now) => await ofSlips(trx, due, now, forgetAddresses) },
  details: { due: detailsDue, forget: async (trx, due, _before, now) => await ofSlips(trx, due, now, forgetDetails) },
  'sign-ins': { due: (db, before) => textsDue(db, 'sign-in-failed', before), forget: ofEvents },
  'file-names': { due: (db, before) => textsDue(db, 'accounts-imported', before), forget: ofEvents },
  accounts: { due: accountsDue, forget: ofAccounts },
}

async function ofSlips (
  trx: Transaction<Database>, due: readonly Due[], now: Date, forget: (trx: Transaction<Database>, slips: readonly ForgottenSlip[], now: Date) => Promise<void>
): Promise<number> {
  const slips = await trx.selectFrom('slips').select(['id', 'number']).where('id', '=', anyOf(due.map(({ id }) => id)))
    .where('ended_at', 'is not', null).forUpdate().skipLocked().execute()
  await forget(trx, slips, now)
  return slips.length
}

async function ofEvents (trx: Transaction<Database>, due: readonly Due[]): Promise<number> {
  await trx.deleteFrom('audit_texts').where('event_id', '=', anyOf(due.map(({ id }) => id))).execute()
  return due.length
}

/** An account that is renewed gives its student number away and takes it back: no import may come between. */
async function ofAccounts (trx: Transaction<Database>, due: readonly Due[], before: Date, now: Date): Promise<number> {
  await sql`select pg_advisory_xact_lock(${manyAccountsLock})`.execute(trx)
  const locked = await trx.selectFrom('accounts').selectAll().where('id', '=', anyOf(due.map(({ id }) => id)))
    .orderBy('id').forUpdate().skipLocked().execute()
  const stillDue = await accountsDueAmong(trx, locked.map(({ id }) => id), before)
  for (const account of locked.filter(({ id }) => stillDue.includes(id))) {
    const slips = isCurrent(account) ? await renewAccount(trx, account, now) : await eraseAccount(trx, account, now)
    await appendEvent(trx, { kind: 'holder-erased', at: now, actor: 'system', account: account.id, facts: { reason: 'retention', slips } })
  }
  return stillDue.length
}
