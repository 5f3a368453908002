/** Finds other holders with the same name, or whose name a text could also be. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../../database/schema.js'
import { NIL_UUID } from '../../institution/text.js'
import type { Account } from '../queries.js'
import { truncateWord } from '../search-terms.js'
import { haveSameName, listMainUnits, matchNames, type OwnNames } from './match-names.js'
import { listNameKeys } from './name-keys.js'
import { type NameUnit, parseName } from './name-parts.js'

/** The columns of an account that have its names. */
export type NamedAccount = Pick<Account, 'id' | 'display_name' | 'latin_name' | 'last_name'>

/** Candidates compared at a time, and in all. Where there are more, the answer is the careful one. */
const PAGE_SIZE = 200
const MAX_CANDIDATES = 2000

/** Returns the names of an account. */
export function toOwnNames ({ display_name: displayName, latin_name: latinName, last_name: lastName }: Omit<NamedAccount, 'id'>): OwnNames {
  return { displayName, latinName, lastName }
}

/** Returns whether another account has the same name, in any script, order and spelling. */
export async function hasNamesake (db: Kysely<Database>, account: NamedAccount & Pick<Account, 'folded_name'>): Promise<boolean> {
  const own = toOwnNames(account)
  const keys = listNameKeys(own)
  // The folded name finds accounts that are not indexed by the present rules yet.
  const isCandidate = sql<boolean>`(name_keys && ${keys}::text[] or folded_name = ${account.folded_name})`
  const candidates = sql`select id as account_id from accounts where ${isCandidate} and erased_at is null`
  return await hasMatchingCandidate(db, candidates, account.id, candidate => haveSameName(own, toOwnNames(candidate)))
}

/**
 * Returns whether a text could also be the name of another account, by the rules of `matchNames`. A text of one word is
 * compared with accounts that have this word, a longer one with accounts that have a word of its two longest units.
 */
export async function couldNameAnother (db: Kysely<Database>, text: string, accountId: string): Promise<boolean> {
  const [longest, second] = listMainUnits(parseName(text)).map(listIndexedForms).toSorted((a, b) => b[0]!.length - a[0]!.length)
  if (longest === undefined) return false
  const candidates = second === undefined
    ? sql`select account_id from account_words where word = any(${longest}::text[])`
    : sql`select account_id from account_word_pairs where word = any(${longest}::text[]) and other = any(${second}::text[])`
  return await hasMatchingCandidate(db, candidates, accountId, candidate => matchNames(text, toOwnNames(candidate)).isSame)
}

/** Lists the forms of a unit's longest word, and of all its words written together, as `account_words` may have them. */
function listIndexedForms ({ words }: NameUnit): string[] {
  const together = words.length > 1 ? [words.map(word => word.folded).join(''), words.map(word => word.latin[0] ?? '').join('')] : []
  const longest = words.toSorted((a, b) => b.folded.length - a.folded.length)[0]!
  return [longest.folded, ...longest.latin, ...together].map(truncateWord)
}

/** Compares the candidates, except the account itself, page by page. Materialised, because the database would else read all accounts by id. */
async function hasMatchingCandidate (db: Kysely<Database>, candidates: RawBuilder<unknown>, accountId: string, isMatch: (candidate: NamedAccount) => boolean): Promise<boolean> {
  let after = NIL_UUID
  for (let count = 0; count < MAX_CANDIDATES; count += PAGE_SIZE) {
    const { rows } = await sql<NamedAccount>`
      with found as materialized (${candidates}),
        page as materialized (select distinct account_id from found where account_id > ${after}::uuid and account_id <> ${accountId}::uuid order by account_id limit ${PAGE_SIZE})
      select id, display_name, latin_name, last_name from page join accounts on accounts.id = account_id order by id`.execute(db)
    if (rows.some(isMatch)) return true
    if (rows.length < PAGE_SIZE) return false
    after = rows.at(-1)!.id
  }
  return true
}
