/**
 * Domain errors: what the application refuses or cannot do, with the data that explains it. Pure.
 * They know nothing of HTTP; `http/problem-mapping.ts` turns each of them into an answer.
 */
import { BaseError, type FieldError } from './base-error.js'
import type { Refusal } from './refusals.js'
import type {
  AlreadyIssued, ChannelNotSentHere, CodeNotAccepted, ErasureBlocked, IllegalTransition, KeyAlreadyUsed, ReissueNotAllowed, ReservationConfirmed, SlipEnded, SlipReserved, StepNotPermitted, TrackingNumberUsed,
} from './slip-errors.js'

/** What a lookup can fail to find. */
export type Entity = 'account' | 'code-alert' | 'confirmation-request' | 'dispatch' | 'export' | 'page' | 'postcode' | 'reservation' | 'service-point' | 'slip' | 'staff-member'

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

/** The password is right, but someone else has set it: it must be changed on the pages, or, as `ended`, it was a one-time password that is used up or too old. */
export class PasswordChangeRequired extends BaseError {
  readonly kind = 'password-change-required'

  constructor (readonly reason?: 'ended') {
    super(reason ?? 'password change required')
  }
}

/** The role does not allow it (`other-role`: a form that someone of another role may have opened), the form has no valid token, or the directory is the source of the accounts. */
export class NotPermitted extends BaseError {
  readonly kind = 'not-permitted'

  constructor (readonly reason?: 'stale-form' | 'other-role' | 'accounts-in-directory') {
    super(reason ?? 'not permitted')
  }
}

export type ConflictReason =
  | 'administrator-password' | 'already-requested' | 'own-request' | 'other-request' | 'request-altered' | 'request-ended' | 'request-expired' | 'request-outdated' | 'requester-gone'
  | 'envelopes-changed' | 'export-incomplete' | 'hours-changed' | 'import-changed' | 'import-running' | 'last-administrator' | 'own-deactivation' | 'own-password-reset' | 'own-roles'

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
  /** Too many passwords are being examined. */
  | 'password-check-busy'
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
  | NotFound | NotSignedIn | PasswordChangeRequired | NotPermitted | ChannelNotSentHere
  | IllegalTransition | StepNotPermitted | SlipEnded | SlipReserved | AlreadyIssued | KeyAlreadyUsed | ReissueNotAllowed | TrackingNumberUsed
  | ReservationConfirmed | ErasureBlocked | Conflict
  | Refused | InvalidInput | UnreadableInput | CodeNotAccepted
  | TooManyAttempts | TooManyExports | Unavailable

export function isDomainError (error: unknown): error is DomainError {
  return error instanceof BaseError
}
