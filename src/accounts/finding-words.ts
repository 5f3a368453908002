/** What an account is found by. Pure: the tables `account_words` and `account_word_pairs` hold just this. */
import { fold, words } from '../institution/fold.js'

/** A B-tree entry holds 2,700 bytes; no name that a person bears comes near these lengths. */
const longestName = 300
const longestWord = 60
/** Of a longer name, the first words are paired. */
const mostPaired = 10

export interface FindingWords {
  /** The name as it is compared and ordered. */
  readonly foldedName: string
  /** Every word once. */
  readonly words: readonly string[]
  /** Every two words that a name may hold, both ways round. */
  readonly pairs: ReadonlyArray<readonly [word: string, other: string]>
  /** All words in order: a space before each of the name's, a tab before each of an identifier's. */
  readonly line: string
}

export interface Findable {
  readonly displayName: string
  readonly username: string
  readonly studentNumber: string | null
}

export function findingWords (account: Findable): FindingWords {
  const foldedName = fold(account.displayName).slice(0, longestName).trim()
  const nameWords = foldedName.split(' ')
  const identifierWords = [...words(account.username), ...words(account.studentNumber ?? '')]
  return {
    foldedName,
    words: [...new Set([...nameWords, ...identifierWords].map(shortened))],
    pairs: pairsOf([...nameWords, ...identifierWords.filter(word => isNameLike(word) && !nameWords.includes(word))].map(shortened)),
    line: [...nameWords.map(word => ` ${word}`), ...identifierWords.map(word => `\t${word}`)].join(''),
  }
}

/** Without a digit: in a user name such a word may be a name, too. */
export function isNameLike (word: string): boolean {
  return !/\p{N}/u.test(word)
}

function pairsOf (words: readonly string[]): Array<readonly [string, string]> {
  const paired = words.slice(0, mostPaired)
  const all = paired.flatMap((word, at) => paired.filter((_other, otherAt) => otherAt !== at).map(other => [word, other] as const))
  return [...new Map(all.map(pair => [pair.join(' '), pair])).values()]
}

function shortened (word: string): string {
  return word.slice(0, longestWord)
}
