/** Whose turn it is: one process at a time over all servers, for as long as it is heard of, and once a day. */
import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import { institutionDay, zonedTimeToDate } from '../service-points/institution-day.js'

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
