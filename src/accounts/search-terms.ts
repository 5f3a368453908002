/**
 * What a search asks of an account's line (see search-terms.ts): every term begins a word of it, and
 * terms that begin alike need a word of the name each, so that `matti m` narrows to Matti Mäkinen and
 * does not find every Matti. Pure.
 */
import { foldText, splitFoldedWords } from '../institution/text.js'

/** The folded words of what was typed, in its order. */
export function parseSearchTerms (q: string): string[] {
  return splitFoldedWords(q)
}

/**
 * The one or two terms that lead the search through the index; the others are asked of the line. Two when
 * two may be words of a name, unless an identifier has been typed far enough to be rare by itself.
 */
export function selectLeadingTerms (terms: readonly string[]): string[] {
  const byRarity = terms.toSorted((a, b) => estimateRarity(b) - estimateRarity(a))
  const names = byRarity.filter(isNameLike)
  const identifier = byRarity.find(term => !isNameLike(term))
  return names.length < 2 || estimateRarity(identifier ?? '') >= 8 ? byRarity.slice(0, 1) : names.slice(0, 2)
}

/** One condition: the line is like one of these patterns. Terms hold no wildcards. */
export type LinePatterns = readonly string[]

/** What the line must be like, besides holding words that begin with the leaders. */
export function buildLinePatterns (terms: readonly string[], leaders: readonly string[]): LinePatterns[] {
  return [...new Set(terms)].flatMap(term => {
    const needed = isNameLike(term) ? terms.filter(other => other.startsWith(term) && isNameLike(other)).length : 1
    if (needed > 1) return [[`%${` ${term}%`.repeat(needed)}`]]
    return leaders.includes(term) ? [] : [[`% ${term}%`, `%\t${term}%`]]
  })
}

/** Long terms are rare, and digits tell more than letters. */
function estimateRarity (term: string): number {
  return term.length + (term.match(/\p{N}/gu)?.length ?? 0)
}

/** After every word that begins with the term: U+10FFFF is no letter and sorts last. */
export function prefixUpperBound (term: string): string {
  return `${term}\u{10ffff}`
}

// What an account is found by. Pure: the tables `account_words` and `account_word_pairs` hold just this.

/** A B-tree entry holds 2,700 bytes; no name that a person bears comes near these lengths. */
const MAX_NAME_LENGTH = 300
const MAX_WORD_LENGTH = 60
/** Of a longer name, the first words are paired. */
const MAX_PAIRED_WORDS = 10

export interface IndexTerms {
  /** The name as it is compared and ordered. */
  readonly foldedName: string
  /** Every word once. */
  readonly words: readonly string[]
  /** Every two words that a name may hold, both ways round. */
  readonly pairs: ReadonlyArray<readonly [word: string, other: string]>
  /** All words in order: a space before each of the name's, a tab before each of an identifier's. */
  readonly line: string
}

export interface IndexedFields {
  readonly displayName: string
  readonly username: string
  readonly studentNumber: string | null
}

export function extractIndexTerms (account: IndexedFields): IndexTerms {
  const foldedName = foldText(account.displayName).slice(0, MAX_NAME_LENGTH).trim()
  const nameWords = foldedName.split(' ')
  const identifierWords = [...splitFoldedWords(account.username), ...splitFoldedWords(account.studentNumber ?? '')]
  return {
    foldedName,
    words: [...new Set([...nameWords, ...identifierWords].map(truncateWord))],
    pairs: buildWordPairs([...nameWords, ...identifierWords.filter(word => isNameLike(word) && !nameWords.includes(word))].map(truncateWord)),
    line: [...nameWords.map(word => ` ${word}`), ...identifierWords.map(word => `\t${word}`)].join(''),
  }
}

/** Without a digit: in a user name such a word may be a name, too. */
export function isNameLike (word: string): boolean {
  return !/\p{N}/u.test(word)
}

function buildWordPairs (words: readonly string[]): Array<readonly [string, string]> {
  const paired = words.slice(0, MAX_PAIRED_WORDS)
  const all = paired.flatMap((word, at) => paired.filter((_other, otherAt) => otherAt !== at).map(other => [word, other] as const))
  return [...new Map(all.map(pair => [pair.join(' '), pair])).values()]
}

function truncateWord (word: string): string {
  return word.slice(0, MAX_WORD_LENGTH)
}
