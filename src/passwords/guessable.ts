/**
 * Decides whether a password is easy to guess: common, or made of a few common passwords, repetitions, sequences and
 * keyboard patterns. It takes up to 40 ms of a processor: outside tests, call `checkGuessable`. Pure.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

/** The limit from which zxcvbn calls a password very unguessable. Three unrelated words take a thousand times more guesses. */
const MIN_GUESSES = 1e10

/**
 * The estimator checks only the start of a password and few substitutions of letters by symbols, so that a check stays
 * cheap (at most about 20 ms for each spelling).
 */
const estimatorLimits = { maxLength: 64, l33tMaxSubstitutions: 8 }

let estimator: ZxcvbnFactory | undefined

/** Returns whether a password is easy to guess, as typed or without marks and spaces. @param password from `normalisePassword` */
export function isGuessable (password: string): boolean {
  estimator ??= new ZxcvbnFactory({ ...estimatorLimits, dictionary: { passwords: dictionary['passwords-common'] }, graphs: adjacencyGraphs })
  return [password, removeMarksAndSpaces(password)].some(spelling => estimator!.check(spelling).guesses < MIN_GUESSES)
}

/** Removes marks and spaces, which do not make a common password harder to guess. */
function removeMarksAndSpaces (password: string): string {
  return password.normalize('NFKD').replace(/[\p{M}\s]/gu, '')
}
