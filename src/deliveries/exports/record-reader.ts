/** Reads delivery records as a stream of pages. It reads at most one page ahead of the consumer. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { toRecords, selectRecords, configureTransaction, type DeliveryRecord, type FlatRecord, type RecordRow, type StepsFormat } from '../records/delivery-record.js'
import type { ResolvedFilter } from '../records/record-filter.js'

export interface RecordReaderDeps {
  readonly db: Kysely<Database>
  readonly profile: { readonly timeZone: string }
  /** True if an export may use one connection and one snapshot for all its pages, as on PostgreSQL. */
  readonly hasSnapshots?: boolean
}

/** Runs the queries of one export. */
export interface RecordReader {
  /** Runs a query in a transaction. With a snapshot, all queries run in the same transaction. */
  read<T> (query: (trx: Kysely<Database>) => Promise<T>): Promise<T>
  /** Returns the next page of `select`, which gets the last row of the previous page. Pass the same `select` each time. */
  page (select: PageQuery): Promise<readonly RecordRow[]>
  /** Cancels a running query and releases the connection. Can be called more than once. */
  close (): Promise<void>
}

type PageQuery = (after: RecordRow | undefined, limit: number | undefined) => ReturnType<typeof selectRecords>

/** Rows of a page. Large enough for an efficient fetch, small enough that two pages need little memory. */
export const PAGE_SIZE = 1000
/** The database ends a snapshot from which nothing is fetched for this time, as a second limit behind the one of the stream. */
const MAX_PAUSE_MS = 120_000

/**
 * Opens a reader. On PostgreSQL it uses a cursor in one snapshot, at half the cost of paging by key. The embedded
 * database has a single connection, which an export must not block: there, each page is a transaction of its own that
 * continues after the last key.
 */
export async function openRecordReader (deps: RecordReaderDeps): Promise<RecordReader> {
  return deps.hasSnapshots === true ? await openSnapshotReader(deps) : createKeysetReader(deps)
}

async function openSnapshotReader ({ db, profile }: RecordReaderDeps): Promise<RecordReader> {
  const { trx, release } = await beginSnapshot(db)
  const pid = await configureSnapshot(trx, profile.timeZone).catch(async (error: unknown) => {
    await release()
    throw error
  })
  let isOpen = false
  let running = 0
  let closing: Promise<void> | undefined
  async function read<T> (query: (executor: Kysely<Database>) => Promise<T>): Promise<T> {
    running++
    return await query(trx).finally(() => { running-- })
  }
  async function end (): Promise<void> {
    if (running > 0) await sql`select pg_cancel_backend(${pid})`.execute(db)
    await release()
  }
  const close = async (): Promise<void> => await (closing ??= end())
  return {
    read,
    page: async select => await read(async executor => {
      if (!isOpen) await sql`declare delivery_records no scroll cursor for ${select(undefined, undefined)}`.execute(executor)
      isOpen = true
      return (await sql<RecordRow>`fetch ${sql.lit(PAGE_SIZE)} from delivery_records`.execute(executor)).rows
    }),
    close,
  }
}

/** Sets up the transaction. @returns the process id of the backend, for cancelling a query */
async function configureSnapshot (trx: Kysely<Database>, zone: string): Promise<number> {
  const { rows: [backend] } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
  await configureTransaction(trx, zone)
  // The first page of a cursor can wait until all rows are sorted.
  await sql`set local statement_timeout = '10min'`.execute(trx)
  await sql`set local idle_in_transaction_session_timeout = ${sql.lit(MAX_PAUSE_MS)}`.execute(trx)
  return backend!.pid
}

/** Begins a transaction that stays open until `release` is called. `release` also works if the connection has been lost. */
async function beginSnapshot (db: Kysely<Database>): Promise<{ trx: Kysely<Database>, release: () => Promise<void> }> {
  let endTransaction = () => {}
  const ended = new Promise<void>(resolve => { endTransaction = resolve })
  return await new Promise((resolve, reject) => {
    const transaction = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async trx => {
      resolve({
        trx,
        release: async () => {
          endTransaction()
          // The transaction is read-only, so a failed commit loses nothing.
          await transaction.catch(() => {})
        },
      })
      await ended
    })
    transaction.catch(reject)
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

/** Which records to read, in which time zone, and as of when. */
export interface RecordQuery {
  readonly filter: ResolvedFilter
  readonly zone: string
  readonly now: Date
}

/** Streams all records of the filter in pages, newest first. The last page can be empty. */
export async function * streamRecords (reader: RecordReader, query: RecordQuery): AsyncGenerator<readonly DeliveryRecord[]> {
  for await (const rows of streamRows(reader, query, 'values')) yield toRecords(rows)
}

/** Streams all records of the filter in pages, with the steps in one cell. */
export async function * streamFlatRecords (reader: RecordReader, query: RecordQuery): AsyncGenerator<readonly FlatRecord[]> {
  for await (const rows of streamRows(reader, query, 'cell')) yield rows as ReadonlyArray<RecordRow & { steps: string }>
}

async function * streamRows (reader: RecordReader, { filter, zone, now }: RecordQuery, steps: StepsFormat): AsyncGenerator<readonly RecordRow[]> {
  const readPage = () => {
    const page = reader.page((after, limit) => selectRecords(filter, { after, limit, zone, now, steps }))
    // If the consumer stops, this page is never awaited. Its rejection must not be unhandled.
    page.catch(() => {})
    return page
  }
  let next: Promise<readonly RecordRow[]> | undefined = readPage()
  while (next !== undefined) {
    const rows: readonly RecordRow[] = await next
    next = rows.length < PAGE_SIZE ? undefined : readPage()
    yield rows
  }
}
