/** The rules of redemption: who redeems, which attempts are accepted, and how wrong attempts are limited. Pure. */
import type { Actor } from '../audit/events.js'
import type { Profile } from '../institution/profile.js'
import type { AccountStatus, SlipState } from '../institution/vocabulary.js'
import type { TransitionActor } from '../slips/record-transition.js'
import { isActive, isOpen, stateAt } from '../slips/rules/state-machine.js'
import type { Slip } from '../slips/slip.js'
import type { IdentitySystem } from '../staff/api-tokens.js'

/** The holder on the activation page, or an identity system over the API. */
export type Redeemer = { readonly kind: 'holder' } | { readonly kind: 'identity-system', readonly system: IdentitySystem }

export const holderRedeemer: Redeemer = { kind: 'holder' }

export function identitySystemRedeemer (system: IdentitySystem): Redeemer {
  return { kind: 'identity-system', system }
}

/** Returns the id of the token; null for the holder. */
export function redeemerTokenId (by: Redeemer): string | null {
  return by.kind === 'holder' ? null : by.system.id
}

/** Returns the actor of a successful attempt. */
export function redeemerActor (by: Redeemer): Actor {
  return by.kind === 'holder' ? 'holder' : `identity-system:${by.system.id}`
}

export function toTransitionActor (by: Redeemer): TransitionActor {
  return { actor: redeemerActor(by), tokenId: redeemerTokenId(by) }
}

/** Returns the actor of a rejected attempt: on the page that may be anyone. */
export function attemptActor (by: Redeemer): Actor {
  return by.kind === 'holder' ? 'anonymous' : redeemerActor(by)
}

/** One of the account's slips, with its wrong attempts and its reservation. */
export interface AttemptedSlip extends Pick<Slip, 'id' | 'number' | 'account_id' | 'channel' | 'stored_state' | 'expires_at' | 'ended_at' | 'envelope_at'> {
  /** The number of wrong attempts so far. */
  readonly tries: number | null
  readonly waits_until: Date | null
  /** The end of an open reservation. */
  readonly confirm_by: Date | null
}

export interface Attempt<S extends AttemptedSlip> {
  /** Undefined when no account has the user name. */
  readonly account: { readonly status: AccountStatus } | undefined
  /** The newest first. */
  readonly slips: readonly S[]
  /** Returns whether the code of the slip was typed; undefined when the typed text is not a code. */
  readonly matchesCode: ((slip: S) => boolean) | undefined
  /** True when the account is refreshed from the directory next, so that its row may be outdated. */
  readonly isRefreshedNext?: boolean
}

/** Why an attempt was refused. An inactive code is an outcome of its own (`dead`), because it raises an alert. */
export type RefusalReason = 'unknown-user' | 'mistyped' | 'no-slip' | 'wrong-code' | 'waiting' | 'reserved' | 'account-not-active' | 'just-redeemed'

export type AttemptVerdict<S extends AttemptedSlip = AttemptedSlip> =
  | { readonly outcome: 'accepted', readonly slip: S }
  | { readonly outcome: 'dead', readonly slip: AttemptedSlip, readonly state: SlipState }
  | { readonly outcome: 'refused', readonly reason: RefusalReason, readonly slip: AttemptedSlip | undefined }

/** A right code repeated within this time is a second click or a lost answer, not a stranger with the slip (milliseconds). */
const REPEATED_ATTEMPT_MS = 5 * 60_000

/** Judges an attempt. While the open slip of the account makes attempts wait, the code is not examined. */
export function judgeAttempt<S extends AttemptedSlip> ({ account, slips, matchesCode, isRefreshedNext = false }: Attempt<S>, now: Date): AttemptVerdict<S> {
  const open = slips.find(slip => slip.ended_at === null && isOpen(stateAt(slip, now)))
  const refused = (reason: RefusalReason, slip: AttemptedSlip | undefined = open): AttemptVerdict<S> => ({ outcome: 'refused', reason, slip })
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

/** The wrong attempts of a slip. Each few cost a wait, and too many lock the slip, never the account. */
export interface AttemptCount {
  /** The number of wrong attempts. */
  readonly tries: number
  /** Until then, attempts are neither examined nor counted. */
  readonly waitsUntil: Date | null
}

export interface CountedAttempt extends AttemptCount {
  /** True when this was the last attempt that the slip allows. */
  readonly shouldLock: boolean
}

const MINUTE_MS = 60_000

/** Counts a wrong attempt. SP 800-63B-4 §3.2.2 allows at most 100; the waits make guessing slow long before. */
export function countWrongAttempt ({ tries, waitsUntil }: AttemptCount, now: Date, { beforeWait, waitMinutes, limit }: Profile['wrongTries']): CountedAttempt {
  const counted = tries + 1
  return {
    tries: counted,
    waitsUntil: counted % beforeWait === 0 ? new Date(now.getTime() + waitMinutes * MINUTE_MS) : waitsUntil,
    shouldLock: counted >= limit,
  }
}

/** Returns whether attempts are currently neither examined nor counted. */
export function isWaiting ({ waitsUntil }: Pick<AttemptCount, 'waitsUntil'>, now: Date): boolean {
  return waitsUntil !== null && now < waitsUntil
}
