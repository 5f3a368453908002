/** Reads that belong together, as of one moment. */
import type { Kysely } from 'kysely'
import type { Database } from './schema.js'

/** Whatever is committed meanwhile, `read` sees none of it. A caller's own transaction stays the caller's. */
export async function readInSnapshot<T> (db: Kysely<Database>, read: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  if (db.isTransaction) return await read(db)
  return await db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
}
