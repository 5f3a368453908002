/**
 * Whether a password is among the first that somebody would try: one of a list of common passwords, or put
 * together from a few of them, repetitions, sequences and walks over the keyboard. Pure.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

/** What zxcvbn calls very unguessable. Three words that have nothing to do with each other take a thousand times more. */
const MIN_GUESSES = 1e10

/**
 * Only the beginning is looked at, and few ways of writing letters as signs are undone: anyone may send a
 * password, and looking at it must stay cheap (at worst some 20 ms a spelling).
 */
const estimatorLimits = { maxLength: 64, l33tMaxSubstitutions: 8 }

let estimator: ZxcvbnFactory | undefined

/** @param spellings the password as it is and as it is compared; any of them may give it away */
export function isGuessable (...spellings: readonly string[]): boolean {
  estimator ??= new ZxcvbnFactory({ ...estimatorLimits, dictionary: { passwords: dictionary['passwords-common'] }, graphs: adjacencyGraphs })
  return spellings.some(spelling => estimator!.check(spelling).guesses < MIN_GUESSES)
}
