/** Finds and locks single accounts. */
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { AccountsTable } from '../database/account-row-types.js'
import { isUuid } from '../institution/text.js'
import { foldUsername } from '../institution/user-names.js'

export type Account = Selectable<AccountsTable>

/** Finds an account by id. An erased account or an id that is not a UUID gives undefined. */
export async function findAccount (db: Kysely<Database>, id: string): Promise<Account | undefined> {
  if (!isUuid(id)) return undefined
  return await db.selectFrom('accounts').selectAll().where('id', '=', id).where('erased_at', 'is', null).executeTakeFirst()
}

/** Locks the account, erased or not: no one else can change it or issue to it until the transaction ends. */
export async function lockAccount (trx: Transaction<Database>, id: string): Promise<Account | undefined> {
  if (!isUuid(id)) return undefined
  return await trx.selectFrom('accounts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

/** Finds an account by user name as it was typed, without a domain. */
export async function findAccountByUsername (db: Kysely<Database>, username: string): Promise<Account | undefined> {
  return await db.selectFrom('accounts').selectAll().where('username', '=', foldUsername(username)).where('erased_at', 'is', null).executeTakeFirst()
}

/** Locks the account of this user name until the transaction ends. */
export async function lockAccountByUsername (trx: Transaction<Database>, username: string): Promise<Account | undefined> {
  return await trx.selectFrom('accounts').selectAll().where('username', '=', username).forUpdate().executeTakeFirst()
}

/** Finds an account by its whole user name, or else its whole student number, with all its zeros. Neither contains spaces. */
export async function findAccountByIdentifier (db: Kysely<Database>, q: string): Promise<Account | undefined> {
  const typed = q.trim()
  if (/[\p{Cc}\s]/u.test(typed)) return undefined
  const folded = foldUsername(typed)
  if (folded === '') return undefined
  const found = await db.selectFrom('accounts').selectAll().where('erased_at', 'is', null).where(eb => eb.or([
    eb('username', '=', folded),
    eb('student_number', 'in', [typed, folded.toUpperCase(), folded]),
  ])).execute()
  return found.find(account => account.username === folded) ?? found[0]
}

/** Like `findAccountByIdentifier`; also finds 0012345 by 12345, and the other way round, where only one account has such a number. */
export async function findAccountByTypedIdentifier (db: Kysely<Database>, q: string): Promise<Account | undefined> {
  return await findAccountByIdentifier(db, q) ?? await findAccountIgnoringZeros(db, q.trim())
}

async function findAccountIgnoringZeros (db: Kysely<Database>, typed: string): Promise<Account | undefined> {
  const significant = typed.replace(/^0+/, '')
  if (!/^\d+$/.test(significant)) return undefined
  const found = await db.selectFrom('accounts').selectAll().where('erased_at', 'is', null)
    .where(sql<boolean>`ltrim(student_number, '0') = ${significant}`).limit(2).execute()
  return found.length === 1 ? found[0] : undefined
}
