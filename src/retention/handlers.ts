/** What is forgotten by itself: how each kind is found, and what happens to it. */
import { type Kysely, sql, type Transaction } from 'kysely'
import { BULK_ACCOUNT_LOCK_KEY } from '../audit/batch-counter.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { anyUuid, eraseAccount, eraseAddresses, eraseDetails, isInDirectory, recreateAccount, type SlipRef } from './erase-personal-data.js'
import { type ExpiredItem, filterExpiredAccounts, streamExpiredAccounts, streamExpiredAddresses, streamExpiredDetails, streamExpiredTexts } from './find-expired.js'
import type { RetentionKind } from './rules.js'

export interface RetentionHandler {
  readonly findExpired: (db: Kysely<Database>, before: Date) => AsyncGenerator<ExpiredItem[]>
  /** In the caller's transaction; what somebody is at is left for the next night. @returns how many went */
  readonly erase: (trx: Transaction<Database>, due: readonly ExpiredItem[], before: Date, now: Date) => Promise<number>
}

export const retentionHandlers: Readonly<Record<RetentionKind, RetentionHandler>> = {
  addresses: { findExpired: streamExpiredAddresses, erase: async (trx, due, _before, now) => await eraseFromSlips(trx, due, now, eraseAddresses) },
  details: { findExpired: streamExpiredDetails, erase: async (trx, due, _before, now) => await eraseFromSlips(trx, due, now, eraseDetails) },
  'sign-ins': { findExpired: (db, before) => streamExpiredTexts(db, 'sign-in-failed', before), erase: eraseEventTexts },
  'file-names': { findExpired: (db, before) => streamExpiredTexts(db, 'accounts-imported', before), erase: eraseEventTexts },
  accounts: { findExpired: streamExpiredAccounts, erase: eraseExpiredAccounts },
}

async function eraseFromSlips (
  trx: Transaction<Database>, due: readonly ExpiredItem[], now: Date, forget: (trx: Transaction<Database>, slips: readonly SlipRef[], now: Date) => Promise<void>
): Promise<number> {
  const slips = await trx.selectFrom('slips').select(['id', 'number']).where('id', '=', anyUuid(due.map(({ id }) => id)))
    .where('ended_at', 'is not', null).forUpdate().skipLocked().execute()
  await forget(trx, slips, now)
  return slips.length
}

async function eraseEventTexts (trx: Transaction<Database>, due: readonly ExpiredItem[]): Promise<number> {
  await trx.deleteFrom('audit_texts').where('event_id', '=', anyUuid(due.map(({ id }) => id))).execute()
  return due.length
}

/** An account that is renewed gives its student number away and takes it back: no import may come between. */
async function eraseExpiredAccounts (trx: Transaction<Database>, due: readonly ExpiredItem[], before: Date, now: Date): Promise<number> {
  await sql`select pg_advisory_xact_lock(${BULK_ACCOUNT_LOCK_KEY})`.execute(trx)
  const locked = await trx.selectFrom('accounts').selectAll().where('id', '=', anyUuid(due.map(({ id }) => id)))
    .orderBy('id').forUpdate().skipLocked().execute()
  const stillDue = await filterExpiredAccounts(trx, locked.map(({ id }) => id), before)
  for (const account of locked.filter(({ id }) => stillDue.includes(id))) {
    const slips = isInDirectory(account) ? await recreateAccount(trx, account, now) : await eraseAccount(trx, account, now)
    await appendEvent(trx, { kind: 'holder-erased', at: now, actor: 'system', account: account.id, facts: { reason: 'retention', slips } })
  }
  return stillDue.length
}
