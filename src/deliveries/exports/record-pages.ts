/** Delivery records as a stream of pages: read ahead by one, no further than somebody takes them. */
import { sql, type Kysely } from 'kysely'
import type { Deps } from '../../app.js'
import type { Database } from '../../database/schema.js'
import { recordsOf, selectRecords, setForRecords, type DeliveryRecord, type FlatRecord, type RecordRow, type StepsAs } from '../records/records.js'
import type { Sought } from '../records/record-filter.js'

/** The queries of one export. */
export interface Reading {
  /** Runs a query in a transaction; with a snapshot, all in the same. */
  read<T> (query: (trx: Kysely<Database>) => Promise<T>): Promise<T>
  /** The next page of what `select` gives from a key on; the first has no key. Always called with the same `select`. */
  page (select: Select): Promise<readonly RecordRow[]>
  /** Stops what is running and lets go of what it holds; once is enough, more often does no harm. */
  close (): Promise<void>
}

type Select = (after: RecordRow | undefined, limit: number | undefined) => ReturnType<typeof selectRecords>

/** Rows of a page: enough that fetching one costs little, few enough that two of them are little memory. */
export const pageRows = 1000
/** A reader who takes nothing for so long loses the snapshot, and with it the export. Milliseconds. */
const longestPause = 120_000
/** And however slowly it is taken, so long: a snapshot keeps the database from clearing up. Milliseconds. */
const longestExport = 2 * 60 * 60_000

/**
 * PostgreSQL gives an export one moment for all its pages, by a cursor: planned for all of them at once, it costs half
 * of what pages by key do. The embedded database has a single connection, which an export may not keep from everybody
 * else: there each page is a transaction of its own, and goes on from the last one's key.
 */
export async function openReading (deps: Pick<Deps, 'db' | 'snapshots' | 'profile'>): Promise<Reading> {
  return deps.snapshots === true ? await openSnapshot(deps) : pagesByKey(deps)
}

async function openSnapshot ({ db, profile }: Pick<Deps, 'db' | 'profile'>): Promise<Reading> {
  const { trx, letGo } = await holdSnapshot(db)
  const pid = await setUp(trx, profile.timeZone).catch(async (error: unknown) => {
    await letGo()
    throw error
  })
  let isOpen = false
  let running = 0
  let closing: Promise<void> | undefined
  async function read<T> (query: (one: Kysely<Database>) => Promise<T>): Promise<T> {
    running++
    return await query(trx).finally(() => { running-- })
  }
  const deadline = setTimeout(() => { close().catch(() => {}) }, longestExport).unref()
  async function end (): Promise<void> {
    clearTimeout(deadline)
    if (running > 0) await sql`select pg_cancel_backend(${pid})`.execute(db)
    await letGo()
  }
  const close = async (): Promise<void> => await (closing ??= end())
  return {
    read,
    page: async select => await read(async one => {
      if (!isOpen) await sql`declare delivery_records no scroll cursor for ${select(undefined, undefined)}`.execute(one)
      isOpen = true
      return (await sql<RecordRow>`fetch ${sql.lit(pageRows)} from delivery_records`.execute(one)).rows
    }),
    close,
  }
}

/** @returns the backend's process, to cancel its query by */
async function setUp (trx: Kysely<Database>, zone: string): Promise<number> {
  const { rows: [backend] } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
  await setForRecords(trx, zone)
  // The first page of a cursor may wait for all rows to be put in order.
  await sql`set local statement_timeout = '10min'`.execute(trx)
  await sql`set local idle_in_transaction_session_timeout = ${sql.lit(longestPause)}`.execute(trx)
  return backend!.pid
}

/** A transaction until it is let go of, which also gives back a connection that the database has broken off meanwhile. */
async function holdSnapshot (db: Kysely<Database>): Promise<{ trx: Kysely<Database>, letGo: () => Promise<void> }> {
  let release = () => {}
  const released = new Promise<void>(resolve => { release = resolve })
  return await new Promise((resolve, reject) => {
    const held = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async trx => {
      resolve({
        trx,
        letGo: async () => {
          release()
          // It has only read: there is nothing that could fail to be kept.
          await held.catch(() => {})
        },
      })
      await released
    })
    held.catch(reject)
  })
}

function pagesByKey ({ db, profile }: Pick<Deps, 'db' | 'profile'>): Reading {
  let last: RecordRow | undefined
  const read: Reading['read'] = async query => await db.transaction().execute(query)
  return {
    read,
    page: async select => await read(async trx => {
      await setForRecords(trx, profile.timeZone)
      const { rows } = await select(last, pageRows).execute(trx)
      last = rows.at(-1)
      return rows
    }),
    close: async () => {},
  }
}

/** Whose records, by which clock and as of when. */
export interface Wanted {
  readonly sought: Sought
  readonly zone: string
  readonly now: Date
}

/** Every record of the filter, newest first, in pages. The last may be empty. */
export async function * recordPages (reading: Reading, wanted: Wanted): AsyncGenerator<readonly DeliveryRecord[]> {
  for await (const rows of rowPages(reading, wanted, 'values')) yield recordsOf(rows)
}

/** The same with the steps in one cell. */
export async function * flatPages (reading: Reading, wanted: Wanted): AsyncGenerator<readonly FlatRecord[]> {
  for await (const rows of rowPages(reading, wanted, 'cell')) yield rows as ReadonlyArray<RecordRow & { steps: string }>
}

async function * rowPages (reading: Reading, { sought, zone, now }: Wanted, steps: StepsAs): AsyncGenerator<readonly RecordRow[]> {
  const turn = () => {
    const page = reading.page((after, limit) => selectRecords(sought, after, limit, zone, now, steps))
    // Whoever stops taking pages never asks for this one; its failure is nobody's then.
    page.catch(() => {})
    return page
  }
  let coming: Promise<readonly RecordRow[]> | undefined = turn()
  while (coming !== undefined) {
    const rows: readonly RecordRow[] = await coming
    coming = rows.length < pageRows ? undefined : turn()
    yield rows
  }
}
