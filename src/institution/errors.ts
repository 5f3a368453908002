/**
 * Domain errors: what the application refuses or cannot do, with the data that explains it. Pure.
 * They know nothing of HTTP; `http/problem-mapping.ts` turns each of them into an answer.
 */
import type { TextValue } from '../i18n/locales.js'
import type { Refusal } from './refusals.js'
import type { Channel, CustodyStep, Localised, OpenState, ServicePointKind, SlipState } from './vocabulary.js'

/**
 * One invalid field. `path` is dotted (`letter.postcode`); `message` is a key under `fields` in the texts, and
 * `values` fill its placeholders.
 */
export interface FieldError {
  readonly path: string
  readonly message: string
  readonly values?: Readonly<Record<string, TextValue>>
}

/** Base of all domain errors; `kind` tells them apart. */
abstract class BaseError extends Error {
  abstract readonly kind: string

  constructor (message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** What a lookup can fail to find. */
export type Entity = 'account' | 'code-alert' | 'dispatch' | 'export' | 'page' | 'postcode' | 'reservation' | 'service-point' | 'slip' | 'staff-member'

/** The entity does not exist, or this user may not see it. */
export class NotFound extends BaseError {
  readonly kind = 'not-found'

  constructor (readonly entity: Entity) {
    super(`not found: ${entity}`)
  }
}

/** No one is signed in, or, as `wrong-login`, the credentials are wrong. */
export class NotSignedIn extends BaseError {
  readonly kind = 'not-signed-in'

  constructor (readonly reason?: 'wrong-login') {
    super(reason ?? 'not signed in')
  }
}

/** The role does not allow it, or the form was rendered for another session. */
export class NotPermitted extends BaseError {
  readonly kind = 'not-permitted'

  constructor (readonly reason?: 'stale-form') {
    super(reason ?? 'not permitted')
  }
}

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

export type ConflictReason = 'envelopes-changed' | 'export-incomplete' | 'hours-changed' | 'last-administrator' | 'own-deactivation'

/** Stored data prevents it, and no further data explains it. */
export class Conflict extends BaseError {
  readonly kind = 'conflict'

  constructor (readonly reason: ConflictReason) {
    super(reason)
  }
}

/** Rules refused the request. Never empty; the first refusal is the one that is named. */
export class Refused extends BaseError {
  readonly kind = 'refused'
  readonly refusals: readonly [Refusal, ...Refusal[]]

  constructor (refusals: readonly Refusal[]) {
    const [first, ...others] = refusals
    if (first === undefined) throw new TypeError('Refused needs a refusal')
    super(first.code)
    this.refusals = [first, ...others]
  }
}

/** Fields are invalid. */
export class InvalidInput extends BaseError {
  readonly kind = 'invalid-input'

  constructor (readonly errors: readonly FieldError[]) {
    super(errors.map(({ path, message }) => `${path}: ${message}`).join(', '))
  }
}

/** Input is malformed in a way that no field explains. */
export class UnreadableInput extends BaseError {
  readonly kind = 'unreadable-input'

  constructor (readonly errors: readonly FieldError[] = [], options?: ErrorOptions) {
    super('unreadable input', options)
  }
}

/** User name and code were not accepted. The reason is never given, because it would help someone who guesses. */
export class CodeNotAccepted extends BaseError {
  readonly kind = 'code-not-accepted'

  constructor () {
    super('code not accepted')
  }
}

/** Too many failed attempts; the next one counts again in `seconds`. */
export class TooManyAttempts extends BaseError {
  readonly kind = 'too-many-attempts'

  constructor (readonly seconds: number) {
    super('too many attempts')
  }
}

/** As many exports as allowed are running: of this staff member (`own`), or of everyone (`all`). */
export class TooManyExports extends BaseError {
  readonly kind = 'too-many-exports'

  constructor (readonly scope: 'own' | 'all', readonly limit: number) {
    super(`too many exports: ${scope}`)
  }
}

export type UnavailableReason =
  | 'database-unreachable'
  | 'database-busy'
  /** A random slip number was drawn twice. */
  | 'slip-number-taken'
  | 'directory-away-at-issue'
  | 'directory-ambiguous-at-issue'
  | 'directory-away'
  | 'directory-ambiguous'
  /** The directory did not answer; it may have set the password. */
  | 'password-may-be-set'
  | 'log-not-signed'
  /** An older transaction is still open, so the log cannot be sealed up to now. */
  | 'log-held-back'

/** A part of the system does not work now; the same request may succeed later. */
export class Unavailable extends BaseError {
  readonly kind = 'unavailable'

  constructor (readonly reason: UnavailableReason, options?: ErrorOptions) {
    super(reason, options)
  }
}

export type DomainError =
  | NotFound | NotSignedIn | NotPermitted | ChannelNotSentHere
  | IllegalTransition | StepNotPermitted | SlipEnded | SlipReserved | AlreadyIssued | KeyAlreadyUsed | ReissueNotAllowed | TrackingNumberUsed
  | ReservationConfirmed | ErasureBlocked | Conflict
  | Refused | InvalidInput | UnreadableInput | CodeNotAccepted
  | TooManyAttempts | TooManyExports | Unavailable

export function isDomainError (error: unknown): error is DomainError {
  return error instanceof BaseError
}
