/**
 * Limits the failed attempts of a sign-in or an activation. An attempt is counted before anything is verified, in one
 * statement, so that simultaneous attempts cannot exceed the limit; a success resets the count.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../database/schema.js'
import { TooManyAttempts } from '../../institution/errors.js'
import { throttleKey, type ThrottlePurpose } from '../tokens.js'

export interface AttemptLimit {
  readonly maxAttempts: number
  /** How long attempts count, from the first one (minutes). */
  readonly windowMinutes: number
}

/** Enough for a user who mistypes a passphrase; a guesser gets 960 attempts a day at a password of 15 characters. */
export const loginLimit: AttemptLimit = { maxAttempts: 10, windowMinutes: 15 }
/** A whole campus may share one address at eight in the morning; still too few to try a list of logins. */
export const addressLimit: AttemptLimit = { maxAttempts: 50, windowMinutes: 15 }

/** One count of attempts. */
export interface Throttle {
  readonly purpose: ThrottlePurpose
  /** Attempts with the same value are counted together. */
  readonly value: string
  readonly limit: AttemptLimit
  /** What a success does to the count: `clear` deletes it, `refund` takes this attempt out of it. */
  readonly onSuccess: 'clear' | 'refund'
}

export interface ThrottleDeps {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
}

/**
 * Counts an attempt under each throttle in turn, until one refuses it: those after it do not count the attempt.
 * @param recordRefusal records the first refused attempt of a window; a flood must not fill the audit log
 * @returns resets the counts; call it when the attempt has succeeded
 * @throws {TooManyAttempts}
 */
export async function countAttempt (
  { db, sessionKey }: ThrottleDeps, throttles: readonly Throttle[], now: Date, recordRefusal: (throttle: Throttle) => Promise<void>
): Promise<() => Promise<void>> {
  const keyed = throttles.map(throttle => ({ ...throttle, key: throttleKey(sessionKey, throttle.purpose, throttle.value) }))
  for (const { key, ...throttle } of keyed) {
    const { limit } = throttle
    const { attempts, windowEndsAt } = await incrementAttempts(db, key, limit, now)
    if (attempts <= limit.maxAttempts) continue
    if (attempts === limit.maxAttempts + 1) await recordRefusal(throttle)
    throw new TooManyAttempts(Math.max(1, Math.ceil((windowEndsAt.getTime() - now.getTime()) / 1000)))
  }
  return async () => {
    for (const { key, onSuccess } of keyed) await (onSuccess === 'clear' ? clearAttempts(db, key, now) : refundAttempt(db, key))
  }
}

interface AttemptCount {
  /** Attempts in this window, this one included. */
  readonly attempts: number
  readonly windowEndsAt: Date
}

async function incrementAttempts (db: Kysely<Database>, key: string, limit: AttemptLimit, now: Date): Promise<AttemptCount> {
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

async function refundAttempt (db: Kysely<Database>, key: string): Promise<void> {
  await db.updateTable('sign_in_tries').set({ tries: sql`tries - 1` }).where('key', '=', key).where('tries', '>', 0).execute()
}

/** Deletes the count of a key, and every count whose window has ended. */
async function clearAttempts (db: Kysely<Database>, key: string, now: Date): Promise<void> {
  await db.deleteFrom('sign_in_tries').where(({ or, eb }) => or([eb('key', '=', key), eb('ends_at', '<=', now)])).execute()
}
