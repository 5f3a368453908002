/**
 * Forgets everything that is past its term: in small batches, each a transaction with the event that counts it, so that
 * a run may be killed at any point and the next one finishes what is left.
 */
import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { BatchCounter } from '../accounts/tally.js'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'
import type { RetentionDeps } from './erase-holder.js'
import { retentionHandlers } from './kinds.js'
import { retentionKinds, computeCutoffDates, type RetentionKind } from './terms.js'
import { completeRun, isDueToday, renewLease, LeaseHeldElsewhere } from './turn.js'
import type { ExpiredItem } from './what-is-due.js'

export interface RunDeps extends RetentionDeps {
  readonly profile: Pick<Profile, 'retention' | 'timeZone'>
}

export type ErasedCounts = Readonly<Record<RetentionKind, number>>

/**
 * @param stop ends the run after the batch that is under way
 * @returns what went
 * @throws {LeaseHeldElsewhere} when another process is at it
 */
export async function runRetention (deps: RunDeps, stop?: AbortSignal): Promise<ErasedCounts> {
  return await runWithLease(deps, stop, async () => true)
}

/** @param isDue asked once the turn is taken: another process may have done the work a moment ago */
async function runWithLease ({ db, profile, now }: RunDeps, stop: AbortSignal | undefined, isDue: (trx: Transaction<Database>) => Promise<boolean>): Promise<ErasedCounts> {
  const holder = randomUUID()
  const terms = computeCutoffDates(now(), profile)
  const tally = new BatchCounter<RetentionKind>(zeroCounts(), { kind: 'retention-run' })
  await db.transaction().execute(async trx => {
    await renewLease(trx, holder, now())
    if (!await isDue(trx)) throw new LeaseHeldElsewhere()
  })
  for (const kind of retentionKinds) {
    for await (const due of retentionHandlers[kind].findExpired(db, terms[kind])) {
      if (stop?.aborted === true) return tally.totals
      await db.transaction().execute(async trx => {
        await renewLease(trx, holder, now())
        const gone = await retentionHandlers[kind].erase(trx, due, terms[kind], now())
        tally.totals[kind] += gone
        if (gone > 0) await tally.appendCounts(trx, now(), false)
      })
    }
  }
  await db.transaction().execute(async trx => {
    await renewLease(trx, holder, now())
    await tally.appendCounts(trx, now(), true)
    await completeRun(trx, now())
  })
  return tally.totals
}

/** The nightly run: once a day, by whichever process comes first. @returns undefined when there is nothing to do now */
export async function runNightly (deps: RunDeps, stop?: AbortSignal): Promise<ErasedCounts | undefined> {
  if (!await isDueToday(deps.db, deps.profile.timeZone, deps.now())) return undefined
  try {
    return await runWithLease(deps, stop, async trx => await isDueToday(trx, deps.profile.timeZone, deps.now()))
  } catch (error) {
    if (error instanceof LeaseHeldElsewhere) return undefined
    throw error
  }
}

/** What a run would take now, kind by kind. Nothing is written. */
export async function * streamExpired (db: Kysely<Database>, profile: RunDeps['profile'], now: Date): AsyncGenerator<{ kind: RetentionKind, due: readonly ExpiredItem[] }> {
  const terms = computeCutoffDates(now, profile)
  for (const kind of retentionKinds) {
    for await (const due of retentionHandlers[kind].findExpired(db, terms[kind])) yield { kind, due }
  }
}

function zeroCounts (): Record<RetentionKind, number> {
  return { addresses: 0, details: 0, 'sign-ins': 0, 'file-names': 0, accounts: 0 }
}
