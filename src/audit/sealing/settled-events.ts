/**
 * Up to which event everything is decided. A sequence number is given out before its transaction commits, so above a
 * number that is still open nothing may be sealed yet: it would be skipped for good.
 */
import { sql, type Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'

export interface CommittedWatermark {
  readonly sequence: number
  /** False: somebody is still writing, and only what comes before the first gap is certain. */
  readonly isComplete: boolean
}

const POLL_INTERVAL_MS = 10

/**
 * Whoever writes an event holds the table's lock from before its number is given out until it is decided. So the
 * numbers up to the highest that is seen are settled once all who hold the lock now have let go. Nobody is made to wait
 * by this: asking for the table (`lock table … in share mode`) would queue every counter behind the slowest of them.
 * @param patience how long to wait for them, in milliseconds
 */
export async function readCommittedWatermark (trx: Transaction<Database>, patience: number): Promise<CommittedWatermark> {
  const { rows } = await sql<{ sequence: number, writers: string[] }>`
    select coalesce(max(sequence), 0) as sequence, array(${activeWriters}) as writers from audit_events`.execute(trx)
  const { sequence, writers: before } = rows[0]!
  let waiting = before
  for (let left = patience; waiting.length > 0 && left > 0; left -= POLL_INTERVAL_MS) {
    const still = await sql<{ writers: string[] }>`
      select array(${activeWriters} and virtualtransaction = any(${before})) as writers from pg_sleep(${POLL_INTERVAL_MS / 1000})`.execute(trx)
    waiting = still.rows[0]!.writers
  }
  return { sequence, isComplete: waiting.length === 0 }
}

const activeWriters = sql`
  select virtualtransaction from pg_locks
  where locktype = 'relation' and mode = 'RowExclusiveLock' and granted and pid is distinct from pg_backend_pid()
    and relation = 'audit_events'::regclass and database = (select oid from pg_database where datname = current_database())`
