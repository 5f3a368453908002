/**
 * Forgets everything that is past its term: in small batches, each a transaction with the event that counts it, so that
 * a run may be killed at any point and the next one finishes what is left.
 */
import { randomUUID } from 'node:crypto'
import { type Kysely, sql, type Transaction } from 'kysely'
import { BatchCounter } from '../audit/batch-counter.js'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'
import { institutionDay, zonedTimeToDate } from '../service-points/institution-day.js'
import type { RetentionDeps } from './erase-holder.js'
import type { ExpiredItem } from './find-expired.js'
import { retentionHandlers } from './handlers.js'
import { computeCutoffDates, type RetentionKind, retentionKinds } from './rules.js'

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

// Whose turn it is: one process at a time over all servers, for as long as it is heard of, and once a day.

/** Whoever has not been heard of for so long was killed. Milliseconds. */
const LEASE_MS = 5 * 60_000
/** By the institution's clock: after it, the day's run may begin. */
const NIGHTLY_RUN_TIME = '02:00'

/** Another process has the turn, or has taken it over. */
export class LeaseHeldElsewhere extends Error {
  constructor () {
    super('Another process is forgetting just now. Nothing is wrong; try again later.')
  }
}

/** Takes the turn, or keeps it, until the caller's transaction has committed and a while longer. @throws {LeaseHeldElsewhere} */
export async function renewLease (trx: Transaction<Database>, holder: string, now: Date): Promise<void> {
  const until = new Date(now.getTime() + LEASE_MS)
  const { rows } = await sql`insert into retention_turn as turn (held_by, held_until) values (${holder}, ${until})
    on conflict (one) do update set held_by = excluded.held_by, held_until = excluded.held_until
    where turn.held_by is null or turn.held_by = excluded.held_by or turn.held_until <= ${now} returning one`.execute(trx)
  if (rows.length === 0) throw new LeaseHeldElsewhere()
}

/** Gives the turn back, with the day's work done. */
export async function completeRun (trx: Transaction<Database>, now: Date): Promise<void> {
  await trx.updateTable('retention_turn').set({ held_by: null, completed_at: now }).execute()
}

/** True when the night's run has not been completed today. A server that was down at night runs in the morning. */
export async function isDueToday (db: Kysely<Database>, zone: string, now: Date): Promise<boolean> {
  const today = institutionDay(now, zone)
  if (now < zonedTimeToDate(today, NIGHTLY_RUN_TIME, zone)) return false
  const turn = await db.selectFrom('retention_turn').select('completed_at').executeTakeFirst()
  return turn === undefined || turn.completed_at === null || institutionDay(turn.completed_at, zone) < today
}
