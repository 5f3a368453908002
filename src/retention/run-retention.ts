/**
 * Erases all expired data, in small batches. Each batch is one transaction with the event that counts it, so a run may be
 * killed at any point and the next one erases the rest.
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
 * Runs retention now.
 * @param stop ends the run after the current batch
 * @returns how much was erased
 * @throws {LeaseHeldElsewhere} while another process runs it
 */
export async function runRetention (deps: RunDeps, stop?: AbortSignal): Promise<ErasedCounts> {
  return await runWithLease(deps, stop, async () => true)
}

/** @param isDue checked once the lease is held: another process may have just finished the run */
async function runWithLease ({ db, profile, now }: RunDeps, stop: AbortSignal | undefined, isDue: (trx: Transaction<Database>) => Promise<boolean>): Promise<ErasedCounts> {
  const holder = randomUUID()
  const cutoffs = computeCutoffDates(now(), profile)
  const counter = new BatchCounter<RetentionKind>(zeroCounts(), { kind: 'retention-run' })
  await db.transaction().execute(async trx => {
    await renewLease(trx, holder, now())
    if (!await isDue(trx)) throw new LeaseHeldElsewhere()
  })
  for (const kind of retentionKinds) {
    for await (const expired of retentionHandlers[kind].findExpired(db, cutoffs[kind])) {
      if (stop?.aborted === true) return counter.totals
      await db.transaction().execute(async trx => {
        await renewLease(trx, holder, now())
        const erased = await retentionHandlers[kind].erase(trx, expired, cutoffs[kind], now())
        counter.totals[kind] += erased
        if (erased > 0) await counter.appendCounts(trx, now(), false)
      })
    }
  }
  await db.transaction().execute(async trx => {
    await renewLease(trx, holder, now())
    await counter.appendCounts(trx, now(), true)
    await completeRun(trx, now())
  })
  return counter.totals
}

/** Runs retention once a day, in the first process that gets the lease. @returns undefined when no run is due */
export async function runNightly (deps: RunDeps, stop?: AbortSignal): Promise<ErasedCounts | undefined> {
  if (!await isDueToday(deps.db, deps.profile.timeZone, deps.now())) return undefined
  try {
    return await runWithLease(deps, stop, async trx => await isDueToday(trx, deps.profile.timeZone, deps.now()))
  } catch (error) {
    if (error instanceof LeaseHeldElsewhere) return undefined
    throw error
  }
}

/** Streams what a run would erase now, by kind. Writes nothing. */
export async function * streamExpired (db: Kysely<Database>, profile: RunDeps['profile'], now: Date): AsyncGenerator<{ kind: RetentionKind, due: readonly ExpiredItem[] }> {
  const cutoffs = computeCutoffDates(now, profile)
  for (const kind of retentionKinds) {
    for await (const expired of retentionHandlers[kind].findExpired(db, cutoffs[kind])) yield { kind, due: expired }
  }
}

export function zeroCounts (): Record<RetentionKind, number> {
  return { addresses: 0, details: 0, 'sign-ins': 0, 'file-names': 0, accounts: 0 }
}

/** A process that has not renewed its lease for this long is considered dead (milliseconds). */
const LEASE_MS = 5 * 60_000
/** Local time of the institution after which the run of the day may start. */
const NIGHTLY_RUN_TIME = '02:00'

/** Another process holds the lease or has taken it over. */
export class LeaseHeldElsewhere extends Error {
  constructor () {
    super('Another process is erasing expired data right now. Nothing is wrong; try again later.')
  }
}

/** Takes or renews the lease, from the caller's commit for `LEASE_MS`. @throws {LeaseHeldElsewhere} */
async function renewLease (trx: Transaction<Database>, holder: string, now: Date): Promise<void> {
  const until = new Date(now.getTime() + LEASE_MS)
  const { rows } = await sql`insert into retention_turn as lease (held_by, held_until) values (${holder}, ${until})
    on conflict (one) do update set held_by = excluded.held_by, held_until = excluded.held_until
    where lease.held_by is null or lease.held_by = excluded.held_by or lease.held_until <= ${now} returning one`.execute(trx)
  if (rows.length === 0) throw new LeaseHeldElsewhere()
}

/** Releases the lease and records that the run is complete. */
async function completeRun (trx: Transaction<Database>, now: Date): Promise<void> {
  await trx.updateTable('retention_turn').set({ held_by: null, completed_at: now }).execute()
}

/** Returns whether today's run is still to be done. A server that was down at night runs it in the morning. */
async function isDueToday (db: Kysely<Database>, zone: string, now: Date): Promise<boolean> {
  const today = institutionDay(now, zone)
  if (now < zonedTimeToDate(today, NIGHTLY_RUN_TIME, zone)) return false
  const lease = await db.selectFrom('retention_turn').select('completed_at').executeTakeFirst()
  return lease === undefined || lease.completed_at === null || institutionDay(lease.completed_at, zone) < today
}
