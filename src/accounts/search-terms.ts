/**
 * Parses search terms, and extracts the terms by which an account is found. Every search term must be the start of a
 * word of the account. Terms with the same start need a word of the name each, so that `matti m` finds Matti Mäkinen but
 * not every Matti. Pure.
 */
import { foldText, splitFoldedWords } from '../institution/text.js'
import { listOtherForms, type WordForm } from './names/word-forms.js'

/**
 * The document code and the country before the name in the machine-readable zone of a passport or visa (ICAO Doc 9303-4):
 * `P<FIN`, `P<D<<`. A code of two letters may be the start of a name, so that the line must be as long as it is when scanned.
 */
const machineReadableStart = /^\s*[PVIAC](?:<|[A-Z](?=[A-Z<]{34}))(?:[A-Z]{3}|[A-Z]{2}<|[A-Z]<<)(?=[A-Z]+(?:<[A-Z]+)*<<)/i

/** Returns the folded words of the typed or scanned text, in order. */
export function parseSearchTerms (q: string): string[] {
  return splitFoldedWords(q.replace(machineReadableStart, ''))
}

/** The most adjacent words that are tried as one. */
const MAX_JOINS = 5

/** Lists the terms with two adjacent ones as one word: people type Abdul Rahman for Abdulrahman. */
export function joinAdjacentTerms (terms: readonly string[]): string[][] {
  return terms.slice(1, MAX_JOINS + 1).map((term, at) => [...terms.slice(0, at), terms[at]! + term, ...terms.slice(at + 2)])
}

/**
 * Selects the one or two terms for the index search; the other terms filter the result. Two are used when two terms may
 * be words of a name, unless the typed part of an identifier is long enough to be rare.
 */
export function selectLeadingTerms (terms: readonly string[]): string[] {
  const byRarity = terms.toSorted((a, b) => estimateRarity(b) - estimateRarity(a))
  const names = byRarity.filter(isNameLike)
  const identifier = byRarity.find(term => !isNameLike(term))
  return names.length < 2 || estimateRarity(identifier ?? '') >= 8 ? byRarity.slice(0, 1) : names.slice(0, 2)
}

/** One condition: the line matches one of these patterns. Terms contain no wildcards. */
export type LinePatterns = readonly string[]

/** Builds the conditions for the line, in addition to the leading terms. */
export function buildLinePatterns (terms: readonly string[], leaders: readonly string[]): LinePatterns[] {
  return [...new Set(terms)].flatMap(term => {
    const needed = isNameLike(term) ? terms.filter(other => other.startsWith(term) && isNameLike(other)).length : 1
    if (needed > 1) return [[`%${` ${term}%`.repeat(needed)}`]]
    return leaders.includes(term) ? [] : [[`% ${term}%`, `%\t${term}%`, `%\v${term}%`]]
  })
}

/** Estimates how rare a term is: by its length, with digits counted twice. */
function estimateRarity (term: string): number {
  return term.length + (term.match(/\p{N}/gu)?.length ?? 0)
}

/** Returns a text that sorts after every word with this prefix: U+10FFFF is not a letter and sorts last. */
export function prefixUpperBound (term: string): string {
  return `${term}\u{10ffff}`
}

/** A B-tree entry holds 2,700 bytes; no real name comes near these lengths. */
const MAX_NAME_LENGTH = 300
const MAX_WORD_LENGTH = 60
/** Only the first words of a longer name are paired. */
const MAX_PAIRED_WORDS = 10
const MAX_PAIRS = 120
/** The most characters of Latin words and other spellings in a line. */
const MAX_FORMS_LENGTH = 300

/** The version of the rules by which an account is indexed. Accounts of an older version are indexed again by `reindexAccounts`. */
export const INDEX_VERSION = 2

/** The content of the tables `account_words` and `account_word_pairs` for one account. */
export interface IndexTerms {
  /** The name for comparing and sorting. */
  readonly foldedName: string
  /** Every word once. */
  readonly words: readonly string[]
  /** Every pair of words that may belong to a name, in both orders. */
  readonly pairs: ReadonlyArray<readonly [word: string, other: string]>
  /**
   * All words in order: a space before each of the name's, a tab before each of an identifier's, and a vertical tab before
   * each other spelling, which is no further word of the name.
   */
  readonly line: string
}

export interface IndexedFields {
  readonly displayName: string
  readonly latinName: string | null
  readonly username: string
  readonly studentNumber: string | null
}

/** Extracts the terms by which an account is found. */
export function extractIndexTerms (account: IndexedFields): IndexTerms {
  const foldedName = foldText(account.displayName).slice(0, MAX_NAME_LENGTH).trim()
  const identifierWords = [...splitFoldedWords(account.username), ...splitFoldedWords(account.studentNumber ?? '')]
  const forms = listOtherForms({ displayName: account.displayName.slice(0, MAX_NAME_LENGTH), latinName: account.latinName })
  const latin = takeWhileShort(forms.latin, word => word)
  const others = takeWhileShort(forms.others, form => form.word).slice(0, MAX_PAIRED_WORDS)
  const nameWords = [...foldedName.split(' '), ...latin]
  const identifiers = identifierWords.filter(word => isNameLike(word) && !nameWords.includes(word))
  return {
    foldedName,
    words: [...new Set([...nameWords, ...identifierWords, ...others.map(form => form.word)].map(truncateWord))],
    pairs: uniquePairs([...pairWords([...nameWords, ...identifiers].map(truncateWord)), ...pairForms([...nameWords, ...identifiers], others)]),
    line: [...nameWords.map(word => ` ${word}`), ...identifierWords.map(word => `\t${word}`), ...others.map(({ word }) => `\v${word}`)].join(''),
  }
}

/** Takes words until they are too long together. */
function takeWhileShort<T> (list: readonly T[], wordOf: (one: T) => string): T[] {
  let length = 0
  return list.filter(one => {
    length += wordOf(one).length + 1
    return length <= MAX_FORMS_LENGTH
  })
}

/** Returns whether the word has no digit: such a part of a user name may be a name too. */
function isNameLike (word: string): boolean {
  return !/\p{N}/u.test(word)
}

function pairWords (words: readonly string[]): Array<readonly [string, string]> {
  const paired = words.slice(0, MAX_PAIRED_WORDS)
  return paired.flatMap((word, at) => paired.filter((_other, otherAt) => otherAt !== at).map(other => [word, other] as const))
}

/** Pairs each other spelling with the words and spellings of the rest of the name, never with those of its own word. */
function pairForms (words: readonly string[], forms: readonly WordForm[]): Array<readonly [string, string]> {
  const partners: WordForm[] = [...words.slice(0, MAX_PAIRED_WORDS).map(word => ({ word, of: [word] })), ...forms]
  const pairs = forms.flatMap(form => partners.filter(other => !other.of.some(word => form.of.includes(word))).map(other => [form.word, other.word].map(truncateWord)))
  return pairs.flatMap(([word = '', other = '']) => [[word, other], [other, word]] as const)
}

function uniquePairs (pairs: ReadonlyArray<readonly [string, string]>): Array<readonly [string, string]> {
  return [...new Map(pairs.map(pair => [pair.join(' '), pair])).values()].slice(0, MAX_PAIRS)
}

/** Shortens a word to the length that the index stores. */
export function truncateWord (word: string): string {
  return word.slice(0, MAX_WORD_LENGTH)
}
