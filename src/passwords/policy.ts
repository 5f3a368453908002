/**
 * Decides which passwords a holder may choose (SP 800-63B-4 §3.1.1.2): a minimum length and no composition rules. Refuses
 * passwords that contain the user name or the institution's name. Pure.
 */
import type { Profile } from '../institution/profile.js'
import { foldText } from '../institution/text.js'

/** The longest password (code points, as SP 800-63B-4 counts): longer than any passphrase, and still cheap to check. */
export const PASSWORD_MAX_LENGTH = 256

/** Longer text (UTF-16 units) cannot become short enough in NFC. Normalising half a million combining marks takes a minute. */
const MAX_NORMALISABLE_LENGTH = PASSWORD_MAX_LENGTH * 8

/** A shorter name is part of too many words. */
const MIN_NAME_LENGTH = 4

export type PasswordRefusal = 'too-short' | 'too-long' | 'unprintable' | 'holds-username' | 'holds-institution'

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

/**
 * Lists the reasons why a holder may not choose this password that are cheap to find. Whether it is easy to guess is
 * examined last, by `checkGuessable`. @param password from `normalisePassword`
 */
export function listPasswordIssues (password: string, { username, institution }: PasswordContext): PasswordIssue[] {
  const length = password.length > MAX_NORMALISABLE_LENGTH ? Infinity : [...password].length
  if (length > PASSWORD_MAX_LENGTH) return [toPasswordIssue('too-long', { limit: PASSWORD_MAX_LENGTH })]
  const issues: PasswordIssue[] = []
  if (/[\p{Cc}\p{Cs}]/u.test(password)) issues.push(toPasswordIssue('unprintable'))
  if (length < institution.passwordMinimum) issues.push(toPasswordIssue('too-short', { limit: institution.passwordMinimum, length }))
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

function foldWithoutSpaces (text: string): string {
  return foldText(text).replaceAll(' ', '')
}

// Passwords of staff.

/** True when a password contains the login. A text without a letter or digit is no login: a hyphen is in many passwords. @param login in lower case */
export function containsLogin (password: string, login: string): boolean {
  return /[a-z0-9]/.test(login) && password.normalize('NFC').toLowerCase().includes(login)
}
