/** Search led by one term: its range of `account_words`, in the order of the index, which is the results'. */
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database/schema.js'
import { decodeCursor } from '../http/cursor.js'
import type { Account } from './queries.js'
import { lineFits, nobody, pageOf, type FoundPage, type Search } from './search-candidates.js'
import { beyond } from './search-terms.js'

/** No request looks at more entries than this. */
const mostCandidates = 2500

type Key = readonly [word: string, line: string, accountId: string]
type Match = Account & { word: string, line: string }

export async function searchWords (db: Kysely<Database>, search: Search, leader: string): Promise<FoundPage> {
  const key = z.tuple([z.string().startsWith(leader), z.string(), z.uuid()])
  const start: Key = search.cursor === undefined ? [leader, '', nobody] : decodeCursor(search.list, search.cursor, key)
  const rows = await matches(db, search, leader, start)
  return await pageOf<Match, Key>(search, rows, start, row => [row.word, row.line, row.id], async () => await lastCandidate(db, leader, start))
}

async function matches (db: Kysely<Database>, search: Search, leader: string, start: Key): Promise<Match[]> {
  const hits = db.selectFrom(candidates(db, leader, start).as('candidate')).selectAll()
    .where(lineFits(search, [leader])).where(isFirstWord(leader))
    .orderBy('word').orderBy('line').orderBy('account_id').limit(search.limit + 1)
  return await db.selectFrom(hits.as('hit')).innerJoin('accounts', 'accounts.id', 'hit.account_id')
    .selectAll('accounts').select(['hit.word', 'hit.line'])
    .orderBy('hit.word').orderBy('hit.line').orderBy('hit.account_id').execute()
}

/**
 * The entries that this request looks at, at most. The key alone says where to begin: given `word >=` as
 * well, PostgreSQL 15 may begin at the worse of the two.
 */
function candidates (db: Kysely<Database>, leader: string, [word, line, id]: Key) {
  return db.selectFrom('account_words').select(['word', 'line', 'account_id'])
    .where(sql<boolean>`(word, line, account_id) > (${word}, ${line}, ${id}::uuid)`).where('word', '<', beyond(leader))
    .orderBy('word').orderBy('line').orderBy('account_id').limit(mostCandidates)
}

/** The last entry that this request may look at, when there are that many. */
async function lastCandidate (db: Kysely<Database>, leader: string, start: Key): Promise<Key | undefined> {
  const last = await candidates(db, leader, start).offset(mostCandidates - 1).limit(1).executeTakeFirst()
  return last && [last.word, last.line, last.account_id]
}

/** An account comes once, under the first of its words that begin with the term. */
function isFirstWord (term: string) {
  return sql<boolean>`not exists (
    select from unnest(string_to_array(translate(line, E'\\t', ' '), ' ')) as other (word)
    where other.word collate "C" >= ${term} and other.word collate "C" < candidate.word)`
}
