/**
 * Finds accounts by user name, student number, or any part of the name from its start; case and diacritics
 * forgiven, all words have to match. Blank finds everyone, by name.
 */
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database/schema.js'
import { decodeCursor, encodeCursor } from '../http/cursor.js'
import { findAccountByIdentifier, type Account } from './queries.js'
import { NIL_UUID, type ResolvedSearch } from './search-candidates.js'
import { searchByWordPair } from './search-pairs.js'
import { selectLeadingTerms, parseSearchTerms } from './search-terms.js'
import { searchByWord } from './search-words.js'

export interface AccountSearch {
  /** What was typed. */
  readonly q: string
  readonly cursor?: string | undefined
  /** 1 to 200 */
  readonly limit: number
}

export interface AccountSearchResult {
  readonly items: Account[]
  /**
   * The next page's cursor; absent on the last. A page may be short, even empty, and still have a next:
   * then as many entries have been looked at as one request may.
   */
  readonly next: string | undefined
  /** The account whose whole user name or student number was typed: first of the first page. */
  readonly exact: Account | undefined
}

const nameKeySchema = z.tuple([z.string(), z.uuid()])

/** @throws Problem `validation-failed` at `cursor` when it belongs to another list or search */
export async function searchAccounts (db: Kysely<Database>, { q, cursor, limit }: AccountSearch): Promise<AccountSearchResult> {
  if (q.trim() === '') return await listAccountsByName(db, cursor, limit)
  const terms = parseSearchTerms(q)
  const leaders = selectLeadingTerms(terms)
  if (leaders.length === 0 && cursor === undefined) return { items: [], next: undefined, exact: undefined }
  const exact = await findAccountByIdentifier(db, q)
  const first = cursor === undefined && exact !== undefined ? [exact] : []
  const search: ResolvedSearch = { terms, cursorScope: `accounts?${terms.join(' ')}`, cursor, limit: limit - first.length, excludedId: exact?.id ?? NIL_UUID }
  const [leader = '', other] = leaders
  const { items, next } = other === undefined ? await searchByWord(db, search, leader) : await searchByWordPair(db, search, leader, other)
  return { items: [...first, ...items], next, exact: first[0] }
}

async function listAccountsByName (db: Kysely<Database>, cursor: string | undefined, limit: number): Promise<AccountSearchResult> {
  const [name, id] = cursor === undefined ? ['', NIL_UUID] : decodeCursor('accounts', cursor, nameKeySchema)
  const rows = await db.selectFrom('accounts').selectAll().where('erased_at', 'is', null)
    .where(sql<boolean>`(folded_name, id) > (${name}, ${id}::uuid)`)
    .orderBy('folded_name').orderBy('id').limit(limit + 1).execute()
  const last = rows.length > limit ? rows[limit - 1] : undefined
  const next = last && encodeCursor('accounts', [last.folded_name, last.id])
  return { items: rows.slice(0, limit), next, exact: undefined }
}
