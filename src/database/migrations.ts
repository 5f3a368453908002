/** Brings the schema up to date from the numbered files in `migrations/`, all or nothing. */
import { readdir, readFile } from 'node:fs/promises'
import { Migrator, sql, type Kysely, type MigrationProvider } from 'kysely'
import type { Database } from './schema.js'

/** Relative to the compiled file in `dist/src/database/`. */
export const migrationsFolder = new URL('../../../migrations/', import.meta.url)

/** Reads the numbered SQL files of a folder as Kysely migrations. */
export function createMigrationProvider (folder: URL): MigrationProvider {
  return {
    async getMigrations () {
      const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
      const files = await Promise.all(names.map(async name => {
        const text = await readFile(new URL(name, folder), 'utf8')
        return [name.replace(/\.sql$/, ''), { up: async (db: Kysely<unknown>) => { await sql.raw(text).execute(db) } }] as const
      }))
      return Object.fromEntries(files)
    },
  }
}

/**
 * Applies every migration that is missing, in one transaction.
 * @returns the names applied now
 * @throws the first failing migration's error; the schema is then as it was
 */
export async function migrate (db: Kysely<Database>, provider: MigrationProvider = createMigrationProvider(migrationsFolder)): Promise<string[]> {
  const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest()
  if (error !== undefined) throw error
  return results.filter(result => result.status === 'Success').map(result => result.migrationName)
}

/** Lists the names of the migrations that the database lacks. */
export async function listPendingMigrations (db: Kysely<Database>): Promise<string[]> {
  const all = await new Migrator({ db, provider: createMigrationProvider(migrationsFolder) }).getMigrations()
  return all.filter(migration => migration.executedAt === undefined).map(migration => migration.name)
}
