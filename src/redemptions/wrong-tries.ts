/** What a wrong try costs: a wait after each few, and in the end the slip, never the account. Pure. */
import type { Profile } from '../institution/profile.js'

export interface AttemptCount {
  /** Wrong ones. */
  readonly tries: number
  /** Until then tries are neither examined nor counted. */
  readonly waitsUntil: Date | null
}

export interface CountedAttempt extends AttemptCount {
  /** That was the last one that this slip has. */
  readonly shouldLock: boolean
}

const MINUTE_MS = 60_000

/** SP 800-63B-4 §3.2.2: 100 at the most; the waits make guessing slow long before. */
export function countWrongAttempt ({ tries, waitsUntil }: AttemptCount, now: Date, { beforeWait, waitMinutes, limit }: Profile['wrongTries']): CountedAttempt {
  const counted = tries + 1
  return {
    tries: counted,
    waitsUntil: counted % beforeWait === 0 ? new Date(now.getTime() + waitMinutes * MINUTE_MS) : waitsUntil,
    shouldLock: counted >= limit,
  }
}

/** True while tries are neither examined nor counted. */
export function isWaiting ({ waitsUntil }: Pick<AttemptCount, 'waitsUntil'>, now: Date): boolean {
  return waitsUntil !== null && now < waitsUntil
}
