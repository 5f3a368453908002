/** What a wrong try costs: a wait after each few, and in the end the slip, never the account. Pure. */
import type { Profile } from '../institution/profile.js'

export interface TriesSoFar {
  /** Wrong ones. */
  readonly tries: number
  /** Until then tries are neither examined nor counted. */
  readonly waitsUntil: Date | null
}

export interface AfterWrongTry extends TriesSoFar {
  /** That was the last one that this slip has. */
  readonly locks: boolean
}

const aMinute = 60_000

/** SP 800-63B-4 §3.2.2: 100 at the most; the waits make guessing slow long before. */
export function afterWrongTry ({ tries, waitsUntil }: TriesSoFar, now: Date, { beforeWait, waitMinutes, limit }: Profile['wrongTries']): AfterWrongTry {
  const counted = tries + 1
  return {
    tries: counted,
    waitsUntil: counted % beforeWait === 0 ? new Date(now.getTime() + waitMinutes * aMinute) : waitsUntil,
    locks: counted >= limit,
  }
}

/** True while tries are neither examined nor counted. */
export function isWaiting ({ waitsUntil }: Pick<TriesSoFar, 'waitsUntil'>, now: Date): boolean {
  return waitsUntil !== null && now < waitsUntil
}
