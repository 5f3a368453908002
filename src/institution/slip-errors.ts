/** Domain errors of slips, their codes and their custody. Pure. */
import { BaseError, type FieldError } from './base-error.js'
import type { Channel, CustodyStep, Localised, OpenState, ServicePointKind, SlipState } from './vocabulary.js'

/** This service point sends no slips by this channel; `kinds` are the service points that do. */
export class ChannelNotSentHere extends BaseError {
  readonly kind = 'channel-not-sent-here'

  constructor (readonly channel: Exclude<Channel, 'counter'>, readonly kinds: readonly ServicePointKind[], readonly servicePoint: Localised | undefined) {
    super(`no slips by ${channel} are sent here`)
  }
}

/** Custody of a slip when a step was refused. */
export interface CustodyStatus {
  /** The slip's number. */
  readonly number: string
  readonly state: SlipState
  readonly allowedSteps: ReadonlyArray<{ readonly step: CustodyStep, readonly roles: readonly string[] }>
}

/** The state machine has no such step from the slip's state. */
export class IllegalTransition extends BaseError {
  readonly kind = 'illegal-transition'

  constructor (readonly slip: CustodyStatus) {
    super(`illegal transition from ${slip.state}`)
  }
}

/** The step belongs to another role, or to another service point. */
export class StepNotPermitted extends BaseError {
  readonly kind = 'step-not-permitted'

  constructor (readonly slip: CustodyStatus) {
    super('step not permitted')
  }
}

export type FinalState = Exclude<SlipState, OpenState>

/** The slip has ended, so it cannot be voided; of custody, `allowedSteps` remain. */
export class SlipEnded extends BaseError {
  readonly kind = 'slip-ended'

  constructor (readonly number: string, readonly state: FinalState, readonly allowedSteps: readonly CustodyStep[]) {
    super(`slip is ${state}`)
  }
}

/** A reservation holds the slip's code; it ends in `seconds` at the latest. */
export class SlipReserved extends BaseError {
  readonly kind = 'slip-reserved'

  constructor (readonly number: string, readonly state: SlipState, readonly seconds: number) {
    super('slip is reserved')
  }
}

/** Another slip was issued for the account at the same moment. */
export class AlreadyIssued extends BaseError {
  readonly kind = 'already-issued'

  constructor () {
    super('the account has an open slip')
  }
}

/** The request with this idempotency key has already issued the slip `number`. */
export class KeyAlreadyUsed extends BaseError {
  readonly kind = 'key-already-used'

  constructor (readonly number: string) {
    super('idempotency key already used')
  }
}

/** A failed print can only be reissued within `minutes` of the issue, and by the agent who issued the slip. */
export class ReissueNotAllowed extends BaseError {
  readonly kind = 'reissue-not-allowed'

  constructor (readonly number: string, readonly minutes: number) {
    super('reissue after a failed print not allowed')
  }
}

/** The tracking number is recorded for another letter. */
export class TrackingNumberUsed extends BaseError {
  readonly kind = 'tracking-number-used'
  readonly errors: readonly FieldError[] = [{ path: 'trackingNumber', message: 'tracking-number-used' }]

  constructor (readonly trackingNumber: string) {
    super('tracking number already used')
  }
}

/** The reservation has been confirmed, so it cannot be released. */
export class ReservationConfirmed extends BaseError {
  readonly kind = 'reservation-confirmed'

  constructor (readonly number: string) {
    super('reservation already confirmed')
  }
}

export type ErasureObstacleCode = 'own-account' | 'open-slip' | 'envelope-out' | 'alert-open'

/** The holder cannot be erased yet. `number` is the slip's; empty when the obstacle is not about a slip. */
export class ErasureBlocked extends BaseError {
  readonly kind = 'erasure-blocked'

  constructor (readonly obstacle: ErasureObstacleCode, readonly number: string) {
    super(`erasure blocked: ${obstacle}`)
  }
}

/** User name and code were not accepted. The reason is never given, because it would help someone who guesses. */
export class CodeNotAccepted extends BaseError {
  readonly kind = 'code-not-accepted'

  constructor () {
    super('code not accepted')
  }
}
