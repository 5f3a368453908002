/** Maps errors to problems: the table from domain errors to codes, texts and headers. Pure. */
import type { FastifyError } from 'fastify'
import { toDomainError } from '../database/errors.js'
import { type ConflictReason, type DomainError, type Entity, isDomainError, type UnavailableReason } from '../institution/errors.js'
import type { CustodyStatus } from '../institution/slip-errors.js'
import { Problem, type ProblemDetails } from './problems.js'

/** Entities with a sentence of their own; all others get the general one. */
const notFoundVariants: Readonly<Partial<Record<Entity, ProblemDetails<'not-found'>['variant']>>> = { account: 'account', slip: 'slip' }

/** Undefined: the general sentence. */
const conflictVariants: Readonly<Record<ConflictReason, ProblemDetails<'conflict'>['variant']>> = {
  'administrator-password': 'administrator-password',
  'already-requested': 'already-requested',
  'own-request': 'own-request',
  'other-request': 'other-request',
  'request-altered': 'request-altered',
  'request-ended': 'request-ended',
  'request-expired': 'request-expired',
  'request-outdated': 'request-outdated',
  'requester-gone': 'requester-gone',
  'envelopes-changed': undefined,
  'export-incomplete': 'export-not-whole',
  'hours-changed': 'other-hours',
  'import-changed': 'import-changed',
  'import-running': 'import-running',
  'last-administrator': 'last-administrator',
  'own-deactivation': 'own-deactivation',
  'own-password-reset': 'own-password-reset',
  'own-roles': 'own-roles',
}

const unavailableDetails: Readonly<Record<UnavailableReason, ProblemDetails<'unavailable'>>> = {
  'database-unreachable': retryAfter(5),
  'database-busy': { variant: 'busy', ...retryAfter(1) },
  'slip-number-taken': retryAfter(1),
  'directory-away-at-issue': { variant: 'directory-away', ...retryAfter(5) },
  'directory-ambiguous-at-issue': { variant: 'directory-ambiguous' },
  'directory-away': { variant: 'directory', ...retryAfter(30) },
  'directory-ambiguous': { variant: 'directory-several' },
  'password-check-busy': { variant: 'password-check-busy', ...retryAfter(2) },
  'password-may-be-set': { variant: 'password-may-be-set' },
  'log-not-signed': { variant: 'log-not-signed' },
  'log-held-back': { variant: 'log-held-back', ...retryAfter(1) },
}

type ProblemTable = { readonly [K in DomainError['kind']]: (error: Extract<DomainError, { kind: K }>) => Problem }

const problemTable: ProblemTable = {
  'not-found': ({ entity }) => new Problem('not-found', { variant: notFoundVariants[entity] }),
  'not-signed-in': ({ reason }) => new Problem('not-signed-in', { variant: reason, headers: { 'www-authenticate': 'Bearer' } }),
  'password-change-required': ({ reason }) => new Problem('password-change-required', { variant: reason, headers: { 'www-authenticate': 'Bearer' } }),
  'not-permitted': ({ reason }) => new Problem('not-permitted', { variant: reason === 'stale-form' ? 'form-too-old' : reason }),
  'channel-not-sent-here': ({ channel, kinds, servicePoint }) => new Problem('not-permitted', {
    variant: `sends-no-${channel}`,
    values: { servicePoint: servicePoint ?? '–' },
    words: { kinds: kinds.map(kind => [`common.kinds.${kind}`]) },
  }),
  'illegal-transition': ({ slip }) => new Problem('conflict', describeCustody(slip)),
  'step-not-permitted': ({ slip }) => new Problem('not-permitted', describeCustody(slip)),
  'slip-ended': ({ number, state, allowedSteps }) => new Problem('conflict', { variant: `slip-${state}`, values: { number }, members: { state, steps: allowedSteps } }),
  'slip-reserved': ({ number, state, seconds }) => new Problem('conflict', { variant: 'slip-reserved', values: { number }, members: { state }, ...retryAfter(seconds) }),
  'already-issued': () => new Problem('conflict', { variant: 'open-slip' }),
  'key-already-used': ({ number }) => new Problem('conflict', {
    variant: 'already-issued', values: { number }, headers: { location: `/api/v1/slips/${number}`, 'slip-number': number },
  }),
  'reissue-not-allowed': ({ number, minutes }) => new Problem('conflict', { variant: 'paper-jam-over', values: { number, minutes } }),
  'tracking-number-used': ({ trackingNumber, errors }) => new Problem('conflict', { variant: 'tracking-number-used', values: { trackingNumber }, errors }),
  'reservation-confirmed': ({ number }) => new Problem('conflict', { variant: 'redeemed', values: { number } }),
  'erasure-blocked': ({ obstacle, number }) => new Problem('conflict', { variant: `erasure-${obstacle}`, values: { number } }),
  conflict: ({ reason }) => new Problem('conflict', { variant: conflictVariants[reason] }),
  refused: ({ refusals }) => new Problem(refusals[0].code, { refusals }),
  'invalid-input': ({ errors }) => new Problem('validation-failed', { errors }),
  'unreadable-input': ({ errors }) => new Problem('validation-failed', { variant: 'unreadable-body', errors }),
  'code-not-accepted': () => new Problem('code-not-accepted'),
  'too-many-attempts': ({ seconds }) => new Problem('too-many-requests', { variant: 'sign-in', values: { minutes: Math.ceil(seconds / 60) }, ...retryAfter(seconds) }),
  'too-many-exports': ({ scope, limit }) => scope === 'own'
    ? new Problem('too-many-requests', { variant: 'own-exports', values: { count: limit }, ...retryAfter(10) })
    : new Problem('too-many-requests', { variant: 'all-exports', ...retryAfter(30) }),
  unavailable: ({ reason }) => new Problem('unavailable', unavailableDetails[reason]),
}

/** Converts any error to a problem; an unexpected one to `internal-error`, which discloses nothing. */
export function toProblem (error: unknown): Problem {
  if (error instanceof Problem) return error
  const known = isDomainError(error) ? error : toDomainError(error)
  return known === undefined ? toFrameworkProblem(error) : mapDomainError(known)
}

function mapDomainError<K extends DomainError['kind']> (error: Extract<DomainError, { kind: K }>): Problem {
  return problemTable[error.kind as K](error)
}

/** Converts an error of Fastify by its status. */
function toFrameworkProblem (error: unknown): Problem {
  switch ((error as FastifyError).statusCode) {
    // Fastify does not say which part of the input is invalid.
    case 400: return new Problem('validation-failed', { variant: 'unreadable-body', errors: [{ path: '', message: 'invalid' }] })
    // 403: a path that leads out of the folder of static files.
    case 403: case 404: return new Problem('not-found')
    case 413: case 414: case 431: return new Problem('too-large')
    case 415: return new Problem('unsupported-media-type')
    case 429: return new Problem('too-many-requests')
    case 503: return new Problem('unavailable', retryAfter(5))
    default: return new Problem('internal-error')
  }
}

/** Names the slip's state, and the steps that are allowed with the roles that may take them. */
function describeCustody ({ number, state, allowedSteps }: CustodyStatus): Omit<ProblemDetails, 'variant'> & { readonly variant: 'step' | 'step-none' } {
  return {
    variant: allowedSteps.length > 0 ? 'step' : 'step-none',
    values: { number, state },
    words: {
      steps: allowedSteps.map(({ step, roles }) => [`slips.nextSteps.${step}`, ...roles.map(role => `slips.actorRoles.${role}`)]),
    },
    members: { state, steps: allowedSteps.map(({ step }) => step) },
  }
}

function retryAfter (seconds: number): Pick<ProblemDetails, 'headers'> {
  return { headers: { 'retry-after': String(seconds) } }
}
