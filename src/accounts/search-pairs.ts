/**
 * Search led by two terms: of `account_word_pairs`, for each word that begins with the leader (found by
 * leaping from word to word through the index) the range of the other term, in the order of the index.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database/schema.js'
import { decodeCursor } from '../http/cursor.js'
import type { Account } from './queries.js'
import { lineFits, nobody, pageOf, type FoundPage, type Search } from './search-candidates.js'
import { beyond } from './search-terms.js'

/** No request leaps to more words, nor looks at more pairs, than this. */
const mostWords = 250
const mostCandidates = 1000

type Key = readonly [word: string, other: string, line: string, accountId: string]
interface Candidate { word: string, other: string, line: string, account_id: string }
type Match = Account & Candidate

export async function searchPairs (db: Kysely<Database>, search: Search, leader: string, other: string): Promise<FoundPage> {
  const key = z.tuple([z.string().startsWith(leader), z.string().startsWith(other), z.string(), z.uuid()])
  const start: Key = search.cursor === undefined ? [leader, other, '', nobody] : decodeCursor(search.list, search.cursor, key)
  const rows = await matches(db, search, leader, other, start)
  return await pageOf<Match, Key>(search, rows, start, row => [row.word, row.other, row.line, row.id], async () => await lastCandidate(db, leader, other, start))
}

async function matches (db: Kysely<Database>, search: Search, leader: string, other: string, start: Key): Promise<Match[]> {
  const { rows } = await sql<Match>`
    with recursive ${leaps(leader, start)}
    select accounts.*, hit.word, hit.other, hit.line from (
      select * from (${candidates(other, start)}) as candidate
      where ${lineFits(search, [leader, other])} and ${isFirstPair(leader, other)}
      limit ${search.limit + 1}
    ) as hit join accounts on accounts.id = hit.account_id
    order by hit.word, hit.other, hit.line, hit.account_id`.execute(db)
  return rows
}

/** Each word once that begins with the leader, from the key's on. */
function leaps (leader: string, [word]: Key): RawBuilder<unknown> {
  const firstAfter = (condition: RawBuilder<unknown>) => sql`
    (select word from account_word_pairs where ${condition} and word < ${beyond(leader)} order by word limit 1)`
  return sql`leap (word) as (
    select ${firstAfter(sql`word >= ${word}`)}
    union all
    select ${firstAfter(sql`word > leap.word`)} from leap where leap.word is not null
  )`
}

/** The entries that this request looks at, at most, in order. */
function candidates (other: string, [word, from, line, id]: Key): RawBuilder<unknown> {
  return sql`
    select pair.* from (select word from leap where word is not null limit ${mostWords}) as first
    cross join lateral (
      select word, other, line, account_id from account_word_pairs
      where word = first.word and other < ${beyond(other)} and (other, line, account_id) > (
        case when first.word = ${word} then ${from} else ${other} end,
        case when first.word = ${word} then ${line} else '' end,
        case when first.word = ${word} then ${id}::uuid else ${nobody}::uuid end)
      order by other, line, account_id limit ${mostCandidates}
    ) as pair limit ${mostCandidates}`
}

/** The last pair that this request may look at, else the end of the last word that it may leap to, when there are that many. */
async function lastCandidate (db: Kysely<Database>, leader: string, other: string, start: Key): Promise<Key | undefined> {
  const { rows: [last] } = await sql<Candidate>`
    with recursive ${leaps(leader, start)}
    select * from (
      (select 1 as place, candidate.* from (${candidates(other, start)}) as candidate offset ${mostCandidates - 1})
      union all
      (select 2, word, ${beyond(other)}, '', ${nobody}::uuid from leap where word is not null offset ${mostWords - 1} limit 1)
    ) as reached order by place limit 1`.execute(db)
  return last && [last.word, last.other, last.line, last.account_id]
}

/** An account comes once, under the first of its pairs that fit. A scalar, so that it is asked of hits only. */
function isFirstPair (leader: string, other: string): RawBuilder<boolean> {
  return sql<boolean>`(
    select count(*) from account_word_pairs as before
    where before.account_id = candidate.account_id
      and before.word >= ${leader} and before.word < ${beyond(leader)} and before.other >= ${other} and before.other < ${beyond(other)}
      and (before.word, before.other) < (candidate.word, candidate.other)
  ) = 0`
}
