/**
 * Search led by two terms: of `account_word_pairs`, for each word that begins with the leader (found by
 * leaping from word to word through the index) the range of the other term, in the order of the index.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database/schema.js'
import { decodeCursor } from '../http/cursor.js'
import type { Account } from './queries.js'
import { buildLineCondition, NIL_UUID, toSearchPage, type SearchPage, type ResolvedSearch } from './search-candidates.js'
import { prefixUpperBound } from './search-terms.js'

/** No request leaps to more words, nor looks at more pairs, than this. */
const MAX_LEADING_WORDS = 250
const MAX_PAIR_CANDIDATES = 1000

type PairKey = readonly [word: string, other: string, line: string, accountId: string]
interface PairCandidate { word: string, other: string, line: string, account_id: string }
type PairMatch = Account & PairCandidate

export async function searchByWordPair (db: Kysely<Database>, search: ResolvedSearch, leader: string, other: string): Promise<SearchPage> {
  const key = z.tuple([z.string().startsWith(leader), z.string().startsWith(other), z.string(), z.uuid()])
  const start: PairKey = search.cursor === undefined ? [leader, other, '', NIL_UUID] : decodeCursor(search.cursorScope, search.cursor, key)
  const rows = await findPairMatches(db, search, leader, other, start)
  return await toSearchPage<PairMatch, PairKey>(search, rows, start, row => [row.word, row.other, row.line, row.id], async () => await findLastPairCandidate(db, leader, other, start))
}

async function findPairMatches (db: Kysely<Database>, search: ResolvedSearch, leader: string, other: string, start: PairKey): Promise<PairMatch[]> {
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

/** Each word once that begins with the leader, from the key's on. */
function leadingWordsScan (leader: string, [word]: PairKey): RawBuilder<unknown> {
  const firstAfter = (condition: RawBuilder<unknown>) => sql`
    (select word from account_word_pairs where ${condition} and word < ${prefixUpperBound(leader)} order by word limit 1)`
  return sql`leap (word) as (
    select ${firstAfter(sql`word >= ${word}`)}
    union all
    select ${firstAfter(sql`word > leap.word`)} from leap where leap.word is not null
  )`
}

/** The entries that this request looks at, at most, in order. */
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

/** The last pair that this request may look at, else the end of the last word that it may leap to, when there are that many. */
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

/** An account comes once, under the first of its pairs that fit. A scalar, so that it is asked of hits only. */
function isFirstMatchingPair (leader: string, other: string): RawBuilder<boolean> {
  return sql<boolean>`(
    select count(*) from account_word_pairs as before
    where before.account_id = candidate.account_id
      and before.word >= ${leader} and before.word < ${prefixUpperBound(leader)} and before.other >= ${other} and before.other < ${prefixUpperBound(other)}
      and (before.word, before.other) < (candidate.word, candidate.other)
  ) = 0`
}
