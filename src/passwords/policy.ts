/**
 * Which passwords a holder may choose (SP 800-63B-4 §3.1.1.2): length is the rule, and no composition rules.
 * Refuses passwords that are easy to guess or contain the user name or the institution's name. Pure.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import type { Profile } from '../institution/profile.js'
import { foldText } from '../institution/text.js'

/** In code points, as SP 800-63B-4 counts; longer than any passphrase, short enough that looking at it costs nothing. */
export const PASSWORD_MAX_LENGTH = 256

/** In UTF-16 units: what is longer cannot become short enough by NFC, and NFC itself takes a minute for half a million marks. */
const MAX_NORMALISABLE_LENGTH = PASSWORD_MAX_LENGTH * 8

/** Any word of a passphrase may hold a name that is shorter. */
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

/** A typed password as it is compared, counted, hashed and set: in NFC. What is far too long stays as it is. */
export function normalisePassword (typed: string): string {
  return typed.length > MAX_NORMALISABLE_LENGTH ? typed : typed.normalize('NFC')
}

/** Every reason why a holder may not have this password; none when they may. @param password from `normalisePassword` */
export function listPasswordIssues (password: string, { username, institution }: PasswordContext): PasswordIssue[] {
  const length = password.length > MAX_NORMALISABLE_LENGTH ? Infinity : [...password].length
  if (length > PASSWORD_MAX_LENGTH) return [toPasswordIssue('too-long', { limit: PASSWORD_MAX_LENGTH })]
  const faults: PasswordIssue[] = []
  if (/[\p{Cc}\p{Cs}]/u.test(password)) faults.push(toPasswordIssue('unprintable'))
  if (length < institution.passwordMinimum) faults.push(toPasswordIssue('too-short', { limit: institution.passwordMinimum, length }))
  else if (isGuessable(password, removeMarksAndSpaces(password))) faults.push(toPasswordIssue('guessable'))
  if (containsName(password, username.split('@')[0]!)) faults.push(toPasswordIssue('holds-username', { username }))
  const name = [...institution.shortNames, ...Object.values(institution.name)].find(one => containsName(password, one))
  if (name !== undefined) faults.push(toPasswordIssue('holds-institution', { name }))
  return faults
}

function toPasswordIssue (refusal: PasswordRefusal, values: PasswordIssue['values'] = {}): PasswordIssue {
  return { message: `password-${refusal}`, values }
}

/** Case, diacritics, spaces and signs hide no name. */
function containsName (password: string, name: string): boolean {
  const wanted = foldWithoutSpaces(name)
  return wanted.length >= MIN_NAME_LENGTH && foldWithoutSpaces(password).includes(wanted)
}

/** Marks and spaces between make a common password no better. */
function removeMarksAndSpaces (password: string): string {
  return password.normalize('NFKD').replace(/[\p{M}\s]/gu, '')
}

function foldWithoutSpaces (text: string): string {
  return foldText(text).replaceAll(' ', '')
}

// Whether a password is easy to guess: one of a list of common passwords, or put
// together from a few of them, repetitions, sequences and walks over the keyboard. Pure.

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
