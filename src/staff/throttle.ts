/**
 * How often somebody may try to sign in. A try is counted before the password is looked at, in one
 * statement, so that tries at the same moment cannot all slip through; a success gives its try back.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../database/schema.js'
import { Problem } from '../http/problems.js'

export interface AttemptLimit {
  readonly maxAttempts: number
  /** How long a try counts: from the first one (minutes). */
  readonly windowMinutes: number
}

/** Enough for somebody who mistypes a passphrase; a guesser gets 960 a day at a password of 15 characters. */
export const loginLimit: AttemptLimit = { maxAttempts: 10, windowMinutes: 15 }
/** A whole campus may stand behind one address at eight in the morning; a list of logins gets nowhere. */
export const addressLimit: AttemptLimit = { maxAttempts: 50, windowMinutes: 15 }

export interface AttemptCount {
  /** Tries in this period, this one included. */
  readonly attempts: number
  /** When the period ends and counting starts anew. */
  readonly windowEndsAt: Date
}

/** Counts one try under a key, and tells how many there are now. */
export async function countAttempt (db: Kysely<Database>, key: string, limit: AttemptLimit, now: Date): Promise<AttemptCount> {
  const row = await db.insertInto('sign_in_tries')
    .values({ key, tries: 1, ends_at: new Date(now.getTime() + limit.windowMinutes * 60_000) })
    .onConflict(conflict => conflict.column('key').doUpdateSet({
      tries: sql`case when sign_in_tries.ends_at <= ${now} then 1 else least(sign_in_tries.tries + 1, 1000000) end`,
      ends_at: sql`case when sign_in_tries.ends_at <= ${now} then excluded.ends_at else sign_in_tries.ends_at end`,
    }))
    .returning(['tries', 'ends_at'])
    .executeTakeFirstOrThrow()
  return { attempts: row.tries, windowEndsAt: row.ends_at }
}

/** What is answered to a try beyond the limit: when the period ends. */
export function tooManyAttempts (endsAt: Date, now: Date): Problem {
  const seconds = Math.max(1, Math.ceil((endsAt.getTime() - now.getTime()) / 1000))
  return new Problem('too-many-requests', { variant: 'sign-in', values: { minutes: Math.ceil(seconds / 60) }, headers: { 'retry-after': String(seconds) } })
}

/** Gives one try back: it was no failure. */
export async function refundAttempt (db: Kysely<Database>, key: string): Promise<void> {
  await db.updateTable('sign_in_tries').set({ tries: sql`tries - 1` }).where('key', '=', key).where('tries', '>', 0).execute()
}

/** Forgets the tries under a key, and every period that is over. */
export async function clearAttempts (db: Kysely<Database>, key: string, now: Date): Promise<void> {
  await db.deleteFrom('sign_in_tries').where(({ or, eb }) => or([eb('key', '=', key), eb('ends_at', '<=', now)])).execute()
}

// Whose tries count together. Pure.

/**
 * The address that a throttle counts under: an IPv4 address itself, of an IPv6 address the first 64 bits,
 * because one household or phone has all the rest to itself.
 */
export function throttleAddress (address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const front = head.split(':').filter(Boolean)
  const back = (tail ?? '').split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4)
  return `${groups.map(group => parseInt(group, 16).toString(16)).join(':')}::/64`
}
