/** The built-in directory: the accounts table, with passwords as argon2id hashes. The demo uses it. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { hashPassword, verifyPassword } from '../passwords/hashing.js'
import { DirectoryError, type Directory } from './directory.js'

/** Creates the directory. `refresh` does nothing, because the local table is the directory. */
export function createBuiltInDirectory (db: Kysely<Database>, now: () => Date): Directory {
  return {
    kind: 'built-in',
    refresh: async () => {},
    setPassword: async ({ id }, password) => {
      const passwordHash = await hashPassword(password)
      const set = await db.insertInto('account_passwords')
        .columns(['account_id', 'password_hash', 'set_at'])
        .expression(eb => eb.selectFrom('accounts').select(found => ['accounts.id', found.val(passwordHash).as('password_hash'), found.val(now()).as('set_at')])
          .where('accounts.id', '=', id))
        .onConflict(conflict => conflict.column('account_id').doUpdateSet(eb => ({ password_hash: eb.ref('excluded.password_hash'), set_at: eb.ref('excluded.set_at') })))
        .executeTakeFirst()
      if (set.numInsertedOrUpdatedRows === 0n) throw new DirectoryError('account-gone', `there is no account ${id}`)
    },
    close: async () => {},
  }
}

/** An account whose password has just been verified. */
export interface AuthenticatedAccount { readonly id: string, readonly username: string, readonly displayName: string, readonly passwordSetAt: Date }

/** Returns the active account of this user name and password. Any other pair takes the same time and gives undefined. */
export async function authenticateAccount (db: Kysely<Database>, username: string, password: string): Promise<AuthenticatedAccount | undefined> {
  const found = await db.selectFrom('accounts').leftJoin('account_passwords', 'account_passwords.account_id', 'accounts.id')
    .select(['accounts.id', 'accounts.username', 'accounts.display_name', 'accounts.status', 'account_passwords.password_hash', 'account_passwords.set_at'])
    .where('accounts.username', '=', username).executeTakeFirst()
  const isCorrect = await verifyPassword(found?.password_hash ?? undefined, password)
  if (!isCorrect || found === undefined || found.status !== 'active' || found.set_at === null) return undefined
  return { id: found.id, username: found.username, displayName: found.display_name, passwordSetAt: found.set_at }
}
