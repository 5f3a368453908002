/** What an account is found by. Pure: the tables `account_words` and `account_word_pairs` hold just this. */
import { foldText, splitFoldedWords } from '../institution/fold.js'

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
