/** The directory that the demo uses: the accounts table itself, with passwords as argon2id beside it. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { hashPassword, verifyPassword } from '../passwords/hashing.js'
import { DirectoryError, type Directory } from './directory.js'

/** A directory over the local table: what `refresh` would ask is what the rules read anyway. */
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

/** An account whose holder has just proved to know its password. */
export interface AuthenticatedAccount { readonly id: string, readonly username: string, readonly displayName: string, readonly passwordSetAt: Date }

/** The active account of this user name and password; undefined, after the same work, for every other pair. */
export async function authenticateAccount (db: Kysely<Database>, username: string, password: string): Promise<AuthenticatedAccount | undefined> {
  const found = await db.selectFrom('accounts').leftJoin('account_passwords', 'account_passwords.account_id', 'accounts.id')
    .select(['accounts.id', 'accounts.username', 'accounts.display_name', 'accounts.status', 'account_passwords.password_hash', 'account_passwords.set_at'])
    .where('accounts.username', '=', username).executeTakeFirst()
  const proved = await verifyPassword(found?.password_hash ?? undefined, password)
  if (!proved || found === undefined || found.status !== 'active' || found.set_at === null) return undefined
  return { id: found.id, username: found.username, displayName: found.display_name, passwordSetAt: found.set_at }
}
