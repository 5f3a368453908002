/** Search led by one term: its range of `account_words`, in the order of the index, which is the results'. */
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database/schema.js'
import { decodeCursor } from '../http/cursor.js'
import type { Account } from './queries.js'
import { buildLineCondition, NIL_UUID, toSearchPage, type SearchPage, type ResolvedSearch } from './search-candidates.js'
import { prefixUpperBound } from './search-terms.js'

/** No request looks at more entries than this. */
const MAX_WORD_CANDIDATES = 2500

type WordKey = readonly [word: string, line: string, accountId: string]
type WordMatch = Account & { word: string, line: string }

export async function searchByWord (db: Kysely<Database>, search: ResolvedSearch, leader: string): Promise<SearchPage> {
  const key = z.tuple([z.string().startsWith(leader), z.string(), z.uuid()])
  const start: WordKey = search.cursor === undefined ? [leader, '', NIL_UUID] : decodeCursor(search.cursorScope, search.cursor, key)
  const rows = await findWordMatches(db, search, leader, start)
  return await toSearchPage<WordMatch, WordKey>(search, rows, start, row => [row.word, row.line, row.id], async () => await findLastWordCandidate(db, leader, start))
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
 * The entries that this request looks at, at most. The key alone says where to begin: given `word >=` as
 * well, PostgreSQL 15 may begin at the worse of the two.
 */
function wordCandidates (db: Kysely<Database>, leader: string, [word, line, id]: WordKey) {
  return db.selectFrom('account_words').select(['word', 'line', 'account_id'])
    .where(sql<boolean>`(word, line, account_id) > (${word}, ${line}, ${id}::uuid)`).where('word', '<', prefixUpperBound(leader))
    .orderBy('word').orderBy('line').orderBy('account_id').limit(MAX_WORD_CANDIDATES)
}

/** The last entry that this request may look at, when there are that many. */
async function findLastWordCandidate (db: Kysely<Database>, leader: string, start: WordKey): Promise<WordKey | undefined> {
  const last = await wordCandidates(db, leader, start).offset(MAX_WORD_CANDIDATES - 1).limit(1).executeTakeFirst()
  return last && [last.word, last.line, last.account_id]
}

/** An account comes once, under the first of its words that begin with the term. */
function isFirstMatchingWord (term: string) {
  return sql<boolean>`not exists (
    select from unnest(string_to_array(translate(line, E'\\t', ' '), ' ')) as other (word)
    where other.word collate "C" >= ${term} and other.word collate "C" < candidate.word)`
}
