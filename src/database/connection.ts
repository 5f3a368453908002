/** Opens the database: PostgreSQL, or the embedded PGlite in the same process. One code path: pg.Pool. */
import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './schema.js'

const { builtins } = pg.types

/** int8 as a number (no count here comes near 2^53) and a date as the day it says, `YYYY-MM-DD`. */
const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === builtins.INT8) return Number
    if (oid === builtins.DATE) return (day: string) => day
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/** Milliseconds. A request that waits too long fails, so that it does not hold a connection that others need. */
const requestTimeouts = { lock_timeout: 5000, statement_timeout: 10_000 }

/** Where the data is: a PostgreSQL address, a folder of the embedded database (undefined: in memory), or one that is open already. */
export type DatabaseTarget = { url: string, poolSize?: number, hasNoTimeouts?: boolean } | { folder: string | undefined } | { opened: PGlite }

export interface Connection {
  readonly db: Kysely<Database>
  /** The pool under `db`, for libraries that speak pg. */
  readonly pool: pg.Pool
  /** Closes the pool and, when embedded, the database itself. */
  close (): Promise<void>
}

/** Opens a database. @throws when the embedded database cannot be opened; PostgreSQL is first reached by the first query. */
export async function connect (target: DatabaseTarget): Promise<Connection> {
  if ('url' in target) {
    const pool = new pg.Pool({ connectionString: target.url, max: target.poolSize ?? 10, connectionTimeoutMillis: 5000, types: typeParsers, ...(target.hasNoTimeouts ? {} : requestTimeouts) })
    return { db: createKysely(pool), pool, close: async () => await pool.end() }
  }
  const embedded = 'opened' in target
    ? target.opened
    : await PGlite.create(target.folder === undefined ? {} : { dataDir: target.folder })
  const pool = new pg.Pool({ ...createPgConfig(embedded) as object, max: 1, types: typeParsers })
  return {
    db: createKysely(pool),
    pool,
    close: async () => {
      await pool.end()
      await embedded.close()
    },
  }
}

function createKysely (pool: pg.Pool): Kysely<Database> {
  // A connection that breaks is replaced at the next query; without a listener it would end the process. The pool itself
  // listens only to idle connections. If one breaks between two statements of a transaction, the next statement fails.
  pool.on('error', () => {})
  pool.on('connect', client => { client.on('error', () => {}) })
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}

// Several queries that must see the same data.

/** Runs `read` on one snapshot: it sees nothing that is committed while it runs. A caller's own transaction is used as it is. */
export async function readInSnapshot<T> (db: Kysely<Database>, read: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  if (db.isTransaction) return await read(db)
  return await db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
}
