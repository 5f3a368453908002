/** What a user name and a code come to. Who tries learns only whether they were accepted; the record says why. Pure. */
import type { AccountStatus } from '../institution/words.js'
import { isActive, isOpen, stateAt, type SlipState } from '../slips/life.js'
import { isWaiting } from './wrong-tries.js'

/** One of the account's slips, as its row says. */
export interface AttemptedSlip {
  readonly id: string
  readonly number: string
  readonly account_id: string
  readonly state: SlipState
  readonly expires_at: Date
  readonly ended_at: Date | null
  /** Wrong ones so far. */
  readonly tries: number | null
  readonly waits_until: Date | null
  /** Until when somebody else's right code holds it. */
  readonly confirm_by: Date | null
}

export interface Attempt {
  /** Undefined: nobody has the user name. */
  readonly account: { readonly status: AccountStatus } | undefined
  /** The newest first. */
  readonly slips: readonly AttemptedSlip[]
  /** True when this slip's code was typed; undefined when what was typed is no code at all. */
  readonly matchesCode: ((slip: AttemptedSlip) => boolean) | undefined
  /** True when the directory is asked next what the account is, and the row may be older. */
  readonly isRefreshedNext?: boolean
}

/** Why a try opened nothing. `code-tried-while-dead` stands by itself: it raises an alert. */
export type RefusalReason = 'unknown-user' | 'mistyped' | 'no-slip' | 'wrong-code' | 'waiting' | 'reserved' | 'account-not-active' | 'just-redeemed'

export type AttemptVerdict =
  | { readonly outcome: 'accepted', readonly slip: AttemptedSlip }
  | { readonly outcome: 'dead', readonly slip: AttemptedSlip, readonly state: SlipState }
  | { readonly outcome: 'refused', readonly reason: RefusalReason, readonly slip: AttemptedSlip | undefined }

/** A right code again so soon is a second click or a lost answer, not a stranger with the paper. Milliseconds. */
const REPEATED_ATTEMPT_MS = 5 * 60_000

/** The verdict, which looks at nothing while the account's open slip makes everybody wait. */
export function judgeAttempt ({ account, slips, matchesCode, isRefreshedNext = false }: Attempt, now: Date): AttemptVerdict {
  const open = slips.find(slip => slip.ended_at === null && isOpen(stateAt(slip, now)))
  const refused = (reason: RefusalReason, slip = open): AttemptVerdict => ({ outcome: 'refused', reason, slip })
  if (account === undefined) return refused('unknown-user')
  if (matchesCode === undefined) return refused('mistyped')
  if (open !== undefined && isWaiting({ waitsUntil: open.waits_until }, now)) return refused('waiting')
  if (open !== undefined && open.confirm_by !== null && now < open.confirm_by) return refused('reserved')
  const slip = slips.find(matchesCode)
  if (slip === undefined) return refused(open === undefined ? 'no-slip' : 'wrong-code')
  const state = stateAt(slip, now)
  if (state === 'redeemed' && now.getTime() - slip.ended_at!.getTime() < REPEATED_ATTEMPT_MS) return refused('just-redeemed', slip)
  if (!isActive(state)) return { outcome: 'dead', slip, state }
  return account.status === 'active' || isRefreshedNext ? { outcome: 'accepted', slip } : refused('account-not-active', slip)
}
