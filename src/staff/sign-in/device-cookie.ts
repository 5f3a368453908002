/**
 * Device cookies (OWASP, *Slow Down Online Guessing Attacks with Device Cookies*): a browser that has signed someone in
 * keeps an allowance of attempts for this login, whatever others do at the same address. The cookie opens nothing.
 * A desk's browser is used by several agents, so it has one entry for each of its last logins.
 */
import { generateNonce, isDeviceMac, macOfDevice } from '../tokens.js'

/** How long an entry counts after the sign-in (days). */
export const DEVICE_LIFETIME_DAYS = 180
/** The logins that one browser remembers. */
const MAX_ENTRIES = 8
/** Longer than any cookie of ours. */
const MAX_COOKIE_LENGTH = 1000
const DAY_MS = 24 * 60 * 60_000

interface DeviceEntry {
  /** The day of the sign-in, counted from 1970, in base 36. */
  readonly day: string
  readonly nonce: string
  readonly mac: string
}

export interface DeviceDeps {
  readonly sessionKey: Buffer
  readonly now: Date
}

/** Finds this browser's entry for a login. @returns its nonce; undefined for another login, a forged entry or an old one */
export function findDevice (cookie: string | undefined, login: string, deps: DeviceDeps): string | undefined {
  return parseEntries(cookie).find(entry => isEntryOf(entry, login, deps))?.nonce
}

/**
 * Adds an entry for a login that has just signed in. It replaces the login's earlier entry: a copy of that one counts
 * its attempts separately from now on.
 * @returns the cookie's new value
 */
export function addDevice (cookie: string | undefined, login: string, { sessionKey, now, randomBytes }: DeviceDeps & { readonly randomBytes: (size: number) => Buffer }): string {
  const entry = { day: toDay(now).toString(36), nonce: generateNonce(randomBytes) }
  const others = parseEntries(cookie).filter(other => !isEntryOf(other, login, { sessionKey, now }))
  return [{ ...entry, mac: macOfDevice(sessionKey, login, entry) }, ...others].slice(0, MAX_ENTRIES)
    .map(({ day, nonce, mac }) => [day, nonce, mac].join('.')).join('~')
}

function parseEntries (cookie = ''): DeviceEntry[] {
  if (cookie.length > MAX_COOKIE_LENGTH) return []
  return cookie.split('~').slice(0, MAX_ENTRIES).flatMap(text => {
    const [, day, nonce, mac] = /^([0-9a-z]{1,6})\.([\w-]{22})\.([\w-]{43})$/.exec(text) ?? []
    return day === undefined || nonce === undefined || mac === undefined ? [] : [{ day, nonce, mac }]
  })
}

function isEntryOf (entry: DeviceEntry, login: string, { sessionKey, now }: DeviceDeps): boolean {
  const age = toDay(now) - parseInt(entry.day, 36)
  return age >= 0 && age < DEVICE_LIFETIME_DAYS && isDeviceMac(sessionKey, login, entry)
}

function toDay (moment: Date): number {
  return Math.floor(moment.getTime() / DAY_MS)
}
