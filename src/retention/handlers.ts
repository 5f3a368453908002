/** Retention handlers: how expired data of each kind is found and erased. */
import { type Kysely, sql, type Transaction } from 'kysely'
import { BULK_ACCOUNT_LOCK_KEY } from '../audit/batch-counter.js'
import { appendEvent } from '../audit/events.js'
import { signInFailureKinds } from '../audit/verification/missing-texts.js'
import type { Database } from '../database/schema.js'
import { anyUuid, createSuccessors, eraseAccount, eraseAddresses, eraseDetails, isInDirectory, readSuccessor, type SlipRef, type Successor } from './erase-personal-data.js'
import { type ExpiredItem, filterExpiredAccounts, streamExpiredAccounts, streamExpiredAddresses, streamExpiredDetails, streamExpiredTexts } from './find-expired.js'
import type { RetentionKind } from './rules.js'

export interface RetentionHandler {
  readonly findExpired: (db: Kysely<Database>, before: Date) => AsyncGenerator<ExpiredItem[]>
  /** Erases in the caller's transaction. Rows locked by others are left for the next run. @returns how many were erased */
  readonly erase: (trx: Transaction<Database>, expired: readonly ExpiredItem[], before: Date, now: Date) => Promise<number>
}

export const retentionHandlers: Readonly<Record<RetentionKind, RetentionHandler>> = {
  addresses: { findExpired: streamExpiredAddresses, erase: async (trx, expired, _before, now) => await eraseFromSlips(trx, expired, now, eraseAddresses) },
  details: { findExpired: streamExpiredDetails, erase: async (trx, expired, _before, now) => await eraseFromSlips(trx, expired, now, eraseDetails) },
  'sign-ins': { findExpired: (db, before) => streamExpiredTexts(db, signInFailureKinds, before), erase: eraseEventTexts },
  'file-names': { findExpired: (db, before) => streamExpiredTexts(db, ['accounts-imported'], before), erase: eraseEventTexts },
  accounts: { findExpired: streamExpiredAccounts, erase: eraseExpiredAccounts },
}

async function eraseFromSlips (
  trx: Transaction<Database>, expired: readonly ExpiredItem[], now: Date, eraseData: (trx: Transaction<Database>, slips: readonly SlipRef[], now: Date) => Promise<void>
): Promise<number> {
  const slips = await trx.selectFrom('slips').select(['id', 'number']).where('id', '=', anyUuid(expired.map(({ id }) => id)))
    .where('ended_at', 'is not', null).forUpdate().skipLocked().execute()
  await eraseData(trx, slips, now)
  return slips.length
}

async function eraseEventTexts (trx: Transaction<Database>, expired: readonly ExpiredItem[]): Promise<number> {
  await trx.deleteFrom('audit_texts').where('event_id', '=', anyUuid(expired.map(({ id }) => id))).execute()
  return expired.length
}

/** Erases accounts; who is still in the directory gets a new one. Holds the bulk lock, because that briefly releases the student number. */
async function eraseExpiredAccounts (trx: Transaction<Database>, expired: readonly ExpiredItem[], before: Date, now: Date): Promise<number> {
  await sql`select pg_advisory_xact_lock(${BULK_ACCOUNT_LOCK_KEY})`.execute(trx)
  const locked = await trx.selectFrom('accounts').selectAll().where('id', '=', anyUuid(expired.map(({ id }) => id)))
    .orderBy('id').forUpdate().skipLocked().execute()
  const stillExpired = await filterExpiredAccounts(trx, locked.map(({ id }) => id), before)
  const successors: Successor[] = []
  for (const account of locked.filter(({ id }) => stillExpired.includes(id))) {
    if (isInDirectory(account)) successors.push(await readSuccessor(trx, account))
    const slips = await eraseAccount(trx, account, now)
    await appendEvent(trx, { kind: 'holder-erased', at: now, actor: 'system', account: account.id, facts: { reason: 'retention', slips } })
  }
  await createSuccessors(trx, successors, now)
  return stillExpired.length
}
