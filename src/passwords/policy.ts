/**
 * Which passwords a holder may choose (SP 800-63B-4 §3.1.1.2): length is the rule, and no composition rules.
 * Refused are those that somebody would try first, and those that hold the user name or the institution's. Pure.
 */
import { fold } from '../institution/fold.js'
import type { Profile } from '../institution/profile.js'
import { isGuessable } from './guessable.js'

/** In code points, as SP 800-63B-4 counts; longer than any passphrase, short enough that looking at it costs nothing. */
export const passwordMaximum = 256

/** In UTF-16 units: what is longer cannot become short enough by NFC, and NFC itself takes a minute for half a million marks. */
const normalisable = passwordMaximum * 8

/** Any word of a passphrase may hold a name that is shorter. */
const shortestName = 4

export type PasswordRefusal = 'too-short' | 'too-long' | 'unprintable' | 'guessable' | 'holds-username' | 'holds-institution'

export interface PasswordFault {
  /** A key of the texts under `fields`. */
  readonly message: `password-${PasswordRefusal}`
  readonly values: Readonly<Record<string, string | number>>
}

export interface PasswordOwner {
  /** As typed; nobody need have it. */
  readonly username: string
  readonly institution: Pick<Profile, 'passwordMinimum' | 'name' | 'shortNames'>
}

/** A typed password as it is compared, counted, hashed and set: in NFC. What is far too long stays as it is. */
export function normalPassword (typed: string): string {
  return typed.length > normalisable ? typed : typed.normalize('NFC')
}

/** Every reason why a holder may not have this password; none when they may. @param password from `normalPassword` */
export function passwordFaults (password: string, { username, institution }: PasswordOwner): PasswordFault[] {
  const length = password.length > normalisable ? Infinity : [...password].length
  if (length > passwordMaximum) return [fault('too-long', { limit: passwordMaximum })]
  const faults: PasswordFault[] = []
  if (/[\p{Cc}\p{Cs}]/u.test(password)) faults.push(fault('unprintable'))
  if (length < institution.passwordMinimum) faults.push(fault('too-short', { limit: institution.passwordMinimum, length }))
  else if (isGuessable(password, closeUp(password))) faults.push(fault('guessable'))
  if (holds(password, username.split('@')[0]!)) faults.push(fault('holds-username', { username }))
  const name = [...institution.shortNames, ...Object.values(institution.name)].find(one => holds(password, one))
  if (name !== undefined) faults.push(fault('holds-institution', { name }))
  return faults
}

function fault (refusal: PasswordRefusal, values: PasswordFault['values'] = {}): PasswordFault {
  return { message: `password-${refusal}`, values }
}

/** Case, diacritics, spaces and signs hide no name. */
function holds (password: string, name: string): boolean {
  const wanted = compact(name)
  return wanted.length >= shortestName && compact(password).includes(wanted)
}

/** Marks and spaces between make a common password no better. */
function closeUp (password: string): string {
  return password.normalize('NFKD').replace(/[\p{M}\s]/gu, '')
}

function compact (text: string): string {
  return fold(text).replaceAll(' ', '')
}
