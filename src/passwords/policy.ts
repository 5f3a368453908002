/**
 * Decides which passwords a holder may choose (SP 800-63B-4 §3.1.1.2): a minimum length and no composition rules. Refuses
 * passwords that are easy to guess or contain the user name or the institution's name. Pure.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import type { Profile } from '../institution/profile.js'
import { foldText } from '../institution/text.js'

/** The longest password (code points, as SP 800-63B-4 counts): longer than any passphrase, and still cheap to check. */
export const PASSWORD_MAX_LENGTH = 256

/** Longer text (UTF-16 units) cannot become short enough in NFC. Normalising half a million combining marks takes a minute. */
const MAX_NORMALISABLE_LENGTH = PASSWORD_MAX_LENGTH * 8

/** A shorter name is part of too many words. */
const MIN_NAME_LENGTH = 4

export type PasswordRefusal = 'too-short' | 'too-long' | 'unprintable' | 'guessable' | 'holds-username' | 'holds-institution'

export interface PasswordIssue {
  /** A key of the texts under `fields`. */
  readonly message: `password-${PasswordRefusal}`
  readonly values: Readonly<Record<string, string | number>>
}

export interface PasswordContext {
  /** As typed; it may not exist. */
  readonly username: string
  readonly institution: Pick<Profile, 'passwordMinimum' | 'name' | 'shortNames'>
}

/** Converts a typed password to NFC, in which it is compared, counted, hashed and set. A far too long one is returned unchanged. */
export function normalisePassword (typed: string): string {
  return typed.length > MAX_NORMALISABLE_LENGTH ? typed : typed.normalize('NFC')
}

/** Lists every reason why a holder may not choose this password. @param password from `normalisePassword` */
export function listPasswordIssues (password: string, { username, institution }: PasswordContext): PasswordIssue[] {
  const length = password.length > MAX_NORMALISABLE_LENGTH ? Infinity : [...password].length
  if (length > PASSWORD_MAX_LENGTH) return [toPasswordIssue('too-long', { limit: PASSWORD_MAX_LENGTH })]
  const issues: PasswordIssue[] = []
  if (/[\p{Cc}\p{Cs}]/u.test(password)) issues.push(toPasswordIssue('unprintable'))
  if (length < institution.passwordMinimum) issues.push(toPasswordIssue('too-short', { limit: institution.passwordMinimum, length }))
  else if (isGuessable(password, removeMarksAndSpaces(password))) issues.push(toPasswordIssue('guessable'))
  if (containsName(password, username.split('@')[0]!)) issues.push(toPasswordIssue('holds-username', { username }))
  const name = [...institution.shortNames, ...Object.values(institution.name)].find(one => containsName(password, one))
  if (name !== undefined) issues.push(toPasswordIssue('holds-institution', { name }))
  return issues
}

function toPasswordIssue (refusal: PasswordRefusal, values: PasswordIssue['values'] = {}): PasswordIssue {
  return { message: `password-${refusal}`, values }
}

/** Returns whether the password contains the name, ignoring case, diacritics, spaces and punctuation. */
function containsName (password: string, name: string): boolean {
  const folded = foldWithoutSpaces(name)
  return folded.length >= MIN_NAME_LENGTH && foldWithoutSpaces(password).includes(folded)
}

/** Removes marks and spaces, which do not make a common password harder to guess. */
function removeMarksAndSpaces (password: string): string {
  return password.normalize('NFKD').replace(/[\p{M}\s]/gu, '')
}

function foldWithoutSpaces (text: string): string {
  return foldText(text).replaceAll(' ', '')
}

// A password is easy to guess if it is common, or consists of a few common passwords, repetitions, sequences and keyboard
// patterns.

/** The limit from which zxcvbn calls a password very unguessable. Three unrelated words take a thousand times more guesses. */
const MIN_GUESSES = 1e10

/**
 * The estimator checks only the start of a password and few substitutions of letters by symbols, because anyone can send
 * passwords and a check must stay cheap (at most about 20 ms for each spelling).
 */
const estimatorLimits = { maxLength: 64, l33tMaxSubstitutions: 8 }

let estimator: ZxcvbnFactory | undefined

/** Returns whether a spelling is easy to guess. @param spellings the password as typed, and without marks and spaces */
function isGuessable (...spellings: readonly string[]): boolean {
  estimator ??= new ZxcvbnFactory({ ...estimatorLimits, dictionary: { passwords: dictionary['passwords-common'] }, graphs: adjacencyGraphs })
  return spellings.some(spelling => estimator!.check(spelling).guesses < MIN_GUESSES)
}
