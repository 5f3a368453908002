/** Delivery records as a stream of pages: read ahead by one, no further than somebody takes them. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { toRecords, selectRecords, configureTransaction, type DeliveryRecord, type FlatRecord, type RecordRow, type StepsFormat } from '../records/delivery-record.js'
import type { ResolvedFilter } from '../records/record-filter.js'

export interface RecordReaderDeps {
  readonly db: Kysely<Database>
  readonly profile: { readonly timeZone: string }
  /** True if an export may hold a connection, and with it one snapshot for all its pages: on PostgreSQL. */
  readonly hasSnapshots?: boolean
}

/** The queries of one export. */
export interface RecordReader {
  /** Runs a query in a transaction; with a snapshot, all in the same. */
  read<T> (query: (trx: Kysely<Database>) => Promise<T>): Promise<T>
  /** The next page of what `select` gives from a key on; the first has no key. Always called with the same `select`. */
  page (select: PageQuery): Promise<readonly RecordRow[]>
  /** Stops what is running and lets go of what it holds; once is enough, more often does no harm. */
  close (): Promise<void>
}

type PageQuery = (after: RecordRow | undefined, limit: number | undefined) => ReturnType<typeof selectRecords>

/** Rows of a page: enough that fetching one costs little, few enough that two of them are little memory. */
export const PAGE_SIZE = 1000
/** A reader who takes nothing for so long loses the snapshot, and with it the export. Milliseconds. */
const MAX_PAUSE_MS = 120_000
/** And however slowly it is taken, so long: a snapshot keeps the database from clearing up. Milliseconds. */
const MAX_EXPORT_MS = 2 * 60 * 60_000

/**
 * PostgreSQL gives an export one moment for all its pages, by a cursor: planned for all of them at once, it costs half
 * of what pages by key do. The embedded database has a single connection, which an export may not keep from everybody
 * else: there each page is a transaction of its own, and goes on from the last one's key.
 */
export async function openRecordReader (deps: RecordReaderDeps): Promise<RecordReader> {
  return deps.hasSnapshots === true ? await openSnapshotReader(deps) : createKeysetReader(deps)
}

async function openSnapshotReader ({ db, profile }: RecordReaderDeps): Promise<RecordReader> {
  const { trx, letGo } = await beginSnapshot(db)
  const pid = await configureSnapshot(trx, profile.timeZone).catch(async (error: unknown) => {
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
  const deadline = setTimeout(() => { close().catch(() => {}) }, MAX_EXPORT_MS).unref()
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
      return (await sql<RecordRow>`fetch ${sql.lit(PAGE_SIZE)} from delivery_records`.execute(one)).rows
    }),
    close,
  }
}

/** @returns the backend's process, to cancel its query by */
async function configureSnapshot (trx: Kysely<Database>, zone: string): Promise<number> {
  const { rows: [backend] } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
  await configureTransaction(trx, zone)
  // The first page of a cursor may wait for all rows to be put in order.
  await sql`set local statement_timeout = '10min'`.execute(trx)
  await sql`set local idle_in_transaction_session_timeout = ${sql.lit(MAX_PAUSE_MS)}`.execute(trx)
  return backend!.pid
}

/** A transaction until it is let go of, which also gives back a connection that the database has broken off meanwhile. */
async function beginSnapshot (db: Kysely<Database>): Promise<{ trx: Kysely<Database>, letGo: () => Promise<void> }> {
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

function createKeysetReader ({ db, profile }: RecordReaderDeps): RecordReader {
  let last: RecordRow | undefined
  const read: RecordReader['read'] = async query => await db.transaction().execute(query)
  return {
    read,
    page: async select => await read(async trx => {
      await configureTransaction(trx, profile.timeZone)
      const { rows } = await select(last, PAGE_SIZE).execute(trx)
      last = rows.at(-1)
      return rows
    }),
    close: async () => {},
  }
}

/** Whose records, by which clock and as of when. */
export interface RecordQuery {
  readonly sought: ResolvedFilter
  readonly zone: string
  readonly now: Date
}

/** Every record of the filter, newest first, in pages. The last may be empty. */
export async function * streamRecords (reading: RecordReader, wanted: RecordQuery): AsyncGenerator<readonly DeliveryRecord[]> {
  for await (const rows of streamRows(reading, wanted, 'values')) yield toRecords(rows)
}

/** The same with the steps in one cell. */
export async function * streamFlatRecords (reading: RecordReader, wanted: RecordQuery): AsyncGenerator<readonly FlatRecord[]> {
  for await (const rows of streamRows(reading, wanted, 'cell')) yield rows as ReadonlyArray<RecordRow & { steps: string }>
}

async function * streamRows (reading: RecordReader, { sought, zone, now }: RecordQuery, steps: StepsFormat): AsyncGenerator<readonly RecordRow[]> {
  const turn = () => {
    const page = reading.page((after, limit) => selectRecords(sought, { after, limit, zone, now, steps }))
    // Whoever stops taking pages never asks for this one; its failure is nobody's then.
    page.catch(() => {})
    return page
  }
  let coming: Promise<readonly RecordRow[]> | undefined = turn()
  while (coming !== undefined) {
    const rows: readonly RecordRow[] = await coming
    coming = rows.length < PAGE_SIZE ? undefined : turn()
    yield rows
  }
}
