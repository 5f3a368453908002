/**
 * Finds accounts by the start of user name, student number or any word of the name, ignoring case and diacritics, also in the
 * spelling of passports and transliterated. All words have to match; where none do, two of them may be one word. An empty search finds every account, sorted by name.
 */
import { type Expression, type Kysely, type RawBuilder, sql, type SqlBool } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor, isCursorOf } from '../database/cursor.js'
import type { Database } from '../database/schema.js'
import { NIL_UUID } from '../institution/text.js'
import { type Account, findAccountByTypedIdentifier } from './queries.js'
import { buildLinePatterns, joinAdjacentTerms, parseSearchTerms, prefixUpperBound, selectLeadingTerms } from './search-terms.js'

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
   * The cursor of the next page; undefined on the last. A page may be short, even empty, and still have a next one,
   * because one request examines a limited number of entries.
   */
  readonly next: string | undefined
  /** The account whose whole user name or student number was typed; the first item of the first page. */
  readonly exact: Account | undefined
}

const nameKeySchema = z.tuple([z.string(), z.uuid()])

/** Searches accounts. @throws {InvalidInput} at `cursor`, when it belongs to another list or search */
export async function searchAccounts (db: Kysely<Database>, { q, cursor, limit }: AccountSearch): Promise<AccountSearchResult> {
  if (q.trim() === '') return await listAccountsByName(db, cursor, limit)
  const terms = parseSearchTerms(q)
  if (terms.length === 0 && cursor === undefined) return { items: [], next: undefined, exact: undefined }
  const exact = await findAccountByTypedIdentifier(db, q)
  const first = cursor === undefined && exact !== undefined ? [exact] : []
  const page = { cursor, limit: limit - first.length, excludedId: exact?.id ?? NIL_UUID }
  if (cursor !== undefined) {
    const continued = joinAdjacentTerms(terms).find(joined => isCursorOf(toCursorScope(joined), cursor)) ?? terms
    return { ...await searchByTerms(db, { ...page, terms: continued }), exact: undefined }
  }
  const found = await searchByTerms(db, { ...page, terms })
  const { items, next } = isEmptyPage(found) && exact === undefined ? await searchByJoinedTerms(db, { ...page, terms }) : found
  return { items: [...first, ...items], next, exact: first[0] }
}

/** Searches again with two adjacent words as one. The first such search that finds something is the answer. */
async function searchByJoinedTerms (db: Kysely<Database>, search: TermSearch): Promise<SearchPage> {
  for (const terms of joinAdjacentTerms(search.terms)) {
    const found = await searchByTerms(db, { ...search, terms })
    if (!isEmptyPage(found)) return found
  }
  return { items: [], next: undefined }
}

function isEmptyPage ({ items, next }: SearchPage): boolean {
  return items.length === 0 && next === undefined
}

async function searchByTerms (db: Kysely<Database>, termSearch: TermSearch): Promise<SearchPage> {
  const search = { ...termSearch, cursorScope: toCursorScope(termSearch.terms) }
  const [leader = '', other] = selectLeadingTerms(search.terms)
  return other === undefined ? await searchByWord(db, search, leader) : await searchByWordPair(db, search, leader, other)
}

function toCursorScope (terms: readonly string[]): string {
  return `accounts?${terms.join(' ')}`
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

interface TermSearch {
  readonly terms: readonly string[]
  readonly cursor: string | undefined
  readonly limit: number
  /** The id of the account that is already the first item. */
  readonly excludedId: string
}

interface ResolvedSearch extends TermSearch {
  /** The name of this search's list, for its cursors. */
  readonly cursorScope: string
}

interface SearchPage {
  readonly items: Account[]
  readonly next: string | undefined
}

interface PageKeys<Row, Key> {
  readonly start: Key
  readonly keyOf: (row: Row) => Key
  /** Finds the key of the last entry examined; undefined when none is left. */
  readonly findLastCandidate: () => Promise<Key | undefined>
}

/** Builds the page. @param rows up to one more than the limit */
async function toSearchPage<Row extends Account, Key> (search: ResolvedSearch, rows: readonly Row[], { start, keyOf, findLastCandidate }: PageKeys<Row, Key>): Promise<SearchPage> {
  const last = rows[search.limit - 1]
  const key = rows.length <= search.limit ? await findLastCandidate() : last === undefined ? start : keyOf(last)
  return { items: rows.slice(0, search.limit), next: key === undefined ? undefined : encodeCursor(search.cursorScope, key) }
}

/** Builds the condition for a candidate's line, in addition to the leading terms. */
function buildLineCondition (search: ResolvedSearch, leaders: readonly string[]): Expression<SqlBool> {
  const fits = buildLinePatterns(search.terms, leaders).map(patterns => sql`(${sql.join(patterns.map(pattern => sql`line like ${pattern}`), sql` or `)})`)
  return sql<boolean>`${sql.join([sql`account_id <> ${search.excludedId}::uuid`, ...fits], sql` and `)}`
}

/** The most entries of `account_words` that one request examines. */
const MAX_WORD_CANDIDATES = 2500

type WordKey = readonly [word: string, line: string, accountId: string]
type WordMatch = Account & { word: string, line: string }

async function searchByWord (db: Kysely<Database>, search: ResolvedSearch, leader: string): Promise<SearchPage> {
  const key = z.tuple([z.string().startsWith(leader), z.string(), z.uuid()])
  const start: WordKey = search.cursor === undefined ? [leader, '', NIL_UUID] : decodeCursor(search.cursorScope, search.cursor, key)
  const rows = await findWordMatches(db, search, leader, start)
  return await toSearchPage<WordMatch, WordKey>(search, rows, {
    start, keyOf: row => [row.word, row.line, row.id], findLastCandidate: async () => await findLastWordCandidate(db, leader, start),
  })
}

async function findWordMatches (db: Kysely<Database>, search: ResolvedSearch, leader: string, start: WordKey): Promise<WordMatch[]> {
  const hits = db.selectFrom(wordCandidates(db, leader, start).as('candidate')).selectAll()
    .where(buildLineCondition(search, [leader])).where(isFirstMatchingWord(leader))
    .orderBy('word').orderBy('line').orderBy('account_id').limit(search.limit + 1)
  return await db.selectFrom(hits.as('hit')).innerJoin('accounts', 'accounts.id', 'hit.account_id')
    .selectAll('accounts').select(['hit.word', 'hit.line'])
    .orderBy('hit.word').orderBy('hit.line').orderBy('hit.account_id').execute()
}

/**
 * Selects the entries that this request examines. Only the key defines the start: with an additional `word >=`,
 * PostgreSQL 15 may start at the worse of the two.
 */
function wordCandidates (db: Kysely<Database>, leader: string, [word, line, id]: WordKey) {
  return db.selectFrom('account_words').select(['word', 'line', 'account_id'])
    .where(sql<boolean>`(word, line, account_id) > (${word}, ${line}, ${id}::uuid)`).where('word', '<', prefixUpperBound(leader))
    .orderBy('word').orderBy('line').orderBy('account_id').limit(MAX_WORD_CANDIDATES)
}

/** Finds the last entry that this request may examine, if there are that many. */
async function findLastWordCandidate (db: Kysely<Database>, leader: string, start: WordKey): Promise<WordKey | undefined> {
  const last = await wordCandidates(db, leader, start).offset(MAX_WORD_CANDIDATES - 1).limit(1).executeTakeFirst()
  return last && [last.word, last.line, last.account_id]
}

/** Selects each account once, by the first of its words that begin with the term. */
function isFirstMatchingWord (term: string) {
  return sql<boolean>`not exists (
    select from unnest(string_to_array(translate(line, E'\\t\\x0b', '  '), ' ')) as other (word)
    where other.word collate "C" >= ${term} and other.word collate "C" < candidate.word)`
}

// Search by two terms in `account_word_pairs`: for each word that begins with the leading term, found by a loose index
// scan, the range of the other term, in the order of the index.

/** The most leading words and pairs that one request examines. */
const MAX_LEADING_WORDS = 250
const MAX_PAIR_CANDIDATES = 1000

type PairKey = readonly [word: string, other: string, line: string, accountId: string]
interface PairCandidate { word: string, other: string, line: string, account_id: string }
type PairMatch = Account & PairCandidate

async function searchByWordPair (db: Kysely<Database>, search: ResolvedSearch, leader: string, other: string): Promise<SearchPage> {
  const key = z.tuple([z.string().startsWith(leader), z.string().startsWith(other), z.string(), z.uuid()])
  const start: PairKey = search.cursor === undefined ? [leader, other, '', NIL_UUID] : decodeCursor(search.cursorScope, search.cursor, key)
  const rows = await findPairMatches(db, search, { leader, other, start })
  return await toSearchPage<PairMatch, PairKey>(search, rows, {
    start, keyOf: row => [row.word, row.other, row.line, row.id], findLastCandidate: async () => await findLastPairCandidate(db, leader, other, start),
  })
}

async function findPairMatches (db: Kysely<Database>, search: ResolvedSearch, { leader, other, start }: { readonly leader: string, readonly other: string, readonly start: PairKey }): Promise<PairMatch[]> {
  const { rows } = await sql<PairMatch>`
    with recursive ${leadingWordsScan(leader, start)}
    select accounts.*, hit.word, hit.other, hit.line from (
      select * from (${pairCandidates(other, start)}) as candidate
      where ${buildLineCondition(search, [leader, other])} and ${isFirstMatchingPair(leader, other)}
      limit ${search.limit + 1}
    ) as hit join accounts on accounts.id = hit.account_id
    order by hit.word, hit.other, hit.line, hit.account_id`.execute(db)
  return rows
}

/** Selects each word that begins with the leading term once, starting with the word of the key. */
function leadingWordsScan (leader: string, [word]: PairKey): RawBuilder<unknown> {
  const firstAfter = (condition: RawBuilder<unknown>) => sql`
    (select word from account_word_pairs where ${condition} and word < ${prefixUpperBound(leader)} order by word limit 1)`
  return sql`leap (word) as (
    select ${firstAfter(sql`word >= ${word}`)}
    union all
    select ${firstAfter(sql`word > leap.word`)} from leap where leap.word is not null
  )`
}

/** Selects the pairs that this request examines, in order. */
function pairCandidates (other: string, [word, from, line, id]: PairKey): RawBuilder<unknown> {
  return sql`
    select pair.* from (select word from leap where word is not null limit ${MAX_LEADING_WORDS}) as first
    cross join lateral (
      select word, other, line, account_id from account_word_pairs
      where word = first.word and other < ${prefixUpperBound(other)} and (other, line, account_id) > (
        case when first.word = ${word} then ${from} else ${other} end,
        case when first.word = ${word} then ${line} else '' end,
        case when first.word = ${word} then ${id}::uuid else ${NIL_UUID}::uuid end)
      order by other, line, account_id limit ${MAX_PAIR_CANDIDATES}
    ) as pair limit ${MAX_PAIR_CANDIDATES}`
}

/** Finds the last pair that this request may examine, or else the end of the last word, if there are that many. */
async function findLastPairCandidate (db: Kysely<Database>, leader: string, other: string, start: PairKey): Promise<PairKey | undefined> {
  const { rows: [last] } = await sql<PairCandidate>`
    with recursive ${leadingWordsScan(leader, start)}
    select * from (
      (select 1 as place, candidate.* from (${pairCandidates(other, start)}) as candidate offset ${MAX_PAIR_CANDIDATES - 1})
      union all
      (select 2, word, ${prefixUpperBound(other)}, '', ${NIL_UUID}::uuid from leap where word is not null offset ${MAX_LEADING_WORDS - 1} limit 1)
    ) as reached order by place limit 1`.execute(db)
  return last && [last.word, last.other, last.line, last.account_id]
}

/** Selects each account once, by the first of its matching pairs. A scalar subquery, so that only hits are checked. */
function isFirstMatchingPair (leader: string, other: string): RawBuilder<boolean> {
  return sql<boolean>`(
    select count(*) from account_word_pairs as before
    where before.account_id = candidate.account_id
      and before.word >= ${leader} and before.word < ${prefixUpperBound(leader)} and before.other >= ${other} and before.other < ${prefixUpperBound(other)}
      and (before.word, before.other) < (candidate.word, candidate.other)
  ) = 0`
}
