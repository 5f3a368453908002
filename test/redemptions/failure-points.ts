/** Points at which an activation can stop: after each database statement, and before and after the directory's write. */
import type { Kysely, KyselyPlugin } from 'kysely'
import type { Directory } from '../../src/accounts/directory.js'
import type { Database } from '../../src/database/schema.js'

/** Wraps database and directory. @param reached called at every point, in order; may throw or end the process */
export function withPoints (db: Kysely<Database>, directory: Directory, reached: () => void): { db: Kysely<Database>, directory: Directory } {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      reached()
      return result
    },
  }
  return {
    db: db.withPlugin(plugin),
    directory: {
      ...directory,
      setPassword: async (account, password) => {
        reached()
        await directory.setPassword(account, password)
        reached()
      },
    },
  }
}
