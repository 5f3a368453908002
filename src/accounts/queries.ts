/** Accounts as they are asked for one by one. */
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { AccountsTable } from '../database/row-types.js'

export type Account = Selectable<AccountsTable>

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** An id that is no UUID, or of whom has been erased, is nobody's. */
export async function findAccount (db: Kysely<Database>, id: string): Promise<Account | undefined> {
  if (!uuidPattern.test(id)) return undefined
  return await db.selectFrom('accounts').selectAll().where('id', '=', id).where('erased_at', 'is', null).executeTakeFirst()
}

/** Finds the account, erased or not, and keeps everyone else from changing it, or issuing to it, until the transaction ends. */
export async function lockAccount (trx: Transaction<Database>, id: string): Promise<Account | undefined> {
  if (!uuidPattern.test(id)) return undefined
  return await trx.selectFrom('accounts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** User names are kept in lower case and compared so. */
export async function findAccountByUsername (db: Kysely<Database>, username: string): Promise<Account | undefined> {
  if (username.includes('\0')) return undefined
  return await db.selectFrom('accounts').selectAll().where('username', '=', username.trim().toLowerCase()).where('erased_at', 'is', null).executeTakeFirst()
}

/** The account of this user name, kept from changing until the transaction ends. */
export async function lockAccountByUsername (trx: Transaction<Database>, username: string): Promise<Account | undefined> {
  return await trx.selectFrom('accounts').selectAll().where('username', '=', username).forUpdate().executeTakeFirst()
}

/** The account whose whole user name, else whole student number, was typed. Neither has a space in it. */
export async function findAccountByIdentifier (db: Kysely<Database>, q: string): Promise<Account | undefined> {
  const typed = q.trim()
  if (typed === '' || /[\p{Cc}\s]/u.test(typed)) return undefined
  const found = await db.selectFrom('accounts').selectAll().where('erased_at', 'is', null).where(eb => eb.or([
    eb('username', '=', typed.toLowerCase()),
    eb('student_number', 'in', [typed, typed.toUpperCase(), typed.toLowerCase()]),
  ])).execute()
  return found.find(account => account.username === typed.toLowerCase()) ?? found[0]
}

/** How many other accounts bear the same name, case and diacritics forgiven. */
export async function countNamesakes (db: Kysely<Database>, account: Pick<Account, 'id' | 'folded_name'>): Promise<number> {
  const { namesakes } = await db.selectFrom('accounts')
    .select(eb => eb.fn.countAll<number>().as('namesakes'))
    .where('folded_name', '=', account.folded_name).where('id', '<>', account.id)
    .executeTakeFirstOrThrow()
  return namesakes
}
