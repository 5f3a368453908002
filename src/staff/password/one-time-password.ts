/** Generates one-time passwords, with which a member of staff signs in once and then chooses their own. Pure. */
import { Secret } from '../../institution/secret.js'
import { containsActivationCode } from '../../institution/typed-symbols.js'
import { containsLogin } from '../../passwords/policy.js'

/** Our policy: long enough for a weekend and a shift plan, short enough that a forgotten note is worthless. */
const ONE_TIME_PASSWORD_DAYS = 7

/** Small letters and digits without those that look alike: 0 and o, 1, i and l. */
const SYMBOLS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUP_COUNT = 4
const GROUP_LENGTH = 4
/** Bytes from here on are not used, because the remainder would favour the first symbols. */
const USABLE_BYTES = 256 - 256 % SYMBOLS.length

/**
 * Generates a password of 16 random symbols (79 bits) in groups of four. It never contains the login, nor what a page would
 * remove as an activation code. @param login as it was typed, in lower case
 */
export function generateOneTimePassword (randomBytes: (size: number) => Buffer, login: string): Secret {
  const groups = Array.from({ length: GROUP_COUNT }, () => Array.from({ length: GROUP_LENGTH }, () => drawSymbol(randomBytes)).join(''))
  const password = groups.join('-')
  const isUnusable = containsLogin(password, login) || containsActivationCode(password)
  return isUnusable ? generateOneTimePassword(randomBytes, login) : new Secret('one-time password', password)
}

/** Returns until when a one-time password that is generated now opens a session. */
export function computePasswordExpiry (now: Date): Date {
  return new Date(now.getTime() + ONE_TIME_PASSWORD_DAYS * 24 * 60 * 60_000)
}

function drawSymbol (randomBytes: (size: number) => Buffer): string {
  const byte = randomBytes(1)[0]!
  return byte < USABLE_BYTES ? SYMBOLS[byte % SYMBOLS.length]! : drawSymbol(randomBytes)
}
