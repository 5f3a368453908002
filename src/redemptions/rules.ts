/** Who redeems: the holder on the activation page, or an identity system over the API. Types, and how the record names them. Pure. */
import type { Actor } from '../audit/events.js'
import type { Profile } from '../institution/profile.js'
import type { AccountStatus, SlipState } from '../institution/vocabulary.js'
import type { TransitionActor } from '../slips/record-transition.js'
import { isActive, isOpen, stateAt } from '../slips/rules/state-machine.js'
import type { Slip } from '../slips/slip.js'
import type { IdentitySystem } from '../staff/api-tokens.js'

export type Redeemer = { readonly kind: 'holder' } | { readonly kind: 'identity-system', readonly system: IdentitySystem }

export const holderRedeemer: Redeemer = { kind: 'holder' }

export function identitySystemRedeemer (system: IdentitySystem): Redeemer {
  return { kind: 'identity-system', system }
}

/** The token's id; null for the holder. */
export function redeemerTokenId (by: Redeemer): string | null {
  return by.kind === 'holder' ? null : by.system.id
}

/** Who succeeded. */
export function redeemerActor (by: Redeemer): Actor {
  return by.kind === 'holder' ? 'holder' : `identity-system:${by.system.id}`
}

export function toTransitionActor (by: Redeemer): TransitionActor {
  return { actor: redeemerActor(by), tokenId: redeemerTokenId(by) }
}

/** Who tried and was not accepted: on the page that may be anyone. */
export function attemptActor (by: Redeemer): Actor {
  return by.kind === 'holder' ? 'anonymous' : redeemerActor(by)
}

// What a user name and a code come to. Who tries learns only whether they were accepted; the record says why. Pure.

/** One of the account's slips, with its wrong attempts and its reservation. */
export interface AttemptedSlip extends Pick<Slip, 'id' | 'number' | 'account_id' | 'channel' | 'stored_state' | 'expires_at' | 'ended_at' | 'envelope_at'> {
  /** Wrong attempts so far. */
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

// What a wrong try costs: a wait after each few, and in the end the slip, never the account. Pure.

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
