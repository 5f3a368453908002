/** Before a slip is issued: the directory says what the account is now, and the rules read it from the row. */
import type { Kysely } from 'kysely'
import { DirectoryError, type Directory } from '../accounts/directory.js'
import { findAccount } from '../accounts/queries.js'
import type { Database } from '../database/schema.js'
import { Problem } from '../http/problems.js'

/**
 * Call it outside a transaction: it takes as long as the directory does. An id that is nobody's is left to
 * whoever looks for the account.
 * @throws {Problem} `unavailable` when the directory does not say
 */
export async function refreshFromDirectory ({ db, directory }: { db: Kysely<Database>, directory: Directory }, accountId: string): Promise<void> {
  const account = await findAccount(db, accountId)
  if (account === undefined) return
  try {
    await directory.refresh(account)
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
    if (error.kind === 'ambiguous') throw new Problem('unavailable', { variant: 'directory-ambiguous', cause: error })
    throw new Problem('unavailable', { variant: 'directory-away', cause: error, headers: { 'retry-after': '5' } })
  }
}
