/** Turns database errors into domain errors: the only place that knows PostgreSQL's codes and the names of our constraints. Pure. */
import { type DomainError, Unavailable, UnreadableInput } from '../institution/errors.js'
import { AlreadyIssued } from '../institution/slip-errors.js'

/** Classes and codes that mean "come back later": connection lost, too many clients, shutting down, starting up. */
const unavailableCodes = /^(08...|53...|57P0[1-5]|25006)$/
const unavailableNetworkErrors = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/
const unavailableMessages = /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|connection is closed|Cannot use a pool after calling end/i
/** Deadlocks, serialisation failures, locks and statements that took too long: the same request may pass now. */
const busyCodes = /^(40001|40P01|55P03|57014)$/
const invalidValueCodes = /^(22P02|22021|22P05|22007|22008|22003)$/

const constraintErrors: Readonly<Record<string, (cause: Error) => DomainError>> = {
  one_open_slip_per_account: () => new AlreadyIssued(),
  slips_number_key: cause => new Unavailable('slip-number-taken', { cause }),
}

/** Returns the domain error for a database error; undefined when a client can do nothing about it. */
export function toDomainError (error: unknown): DomainError | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '', constraint = '' } = error as Error & { code?: string, constraint?: string }
  if (Object.hasOwn(constraintErrors, constraint)) return constraintErrors[constraint]!(error)
  if (unavailableCodes.test(code) || unavailableNetworkErrors.test(code) || unavailableMessages.test(error.message)) {
    return new Unavailable('database-unreachable', { cause: error })
  }
  if (busyCodes.test(code)) return new Unavailable('database-busy', { cause: error })
  if (invalidValueCodes.test(code)) return new UnreadableInput([{ path: '', message: 'invalid' }], { cause: error })
  return error instanceof AggregateError ? error.errors.map(toDomainError).find(found => found !== undefined) : undefined
}

/** True when another transaction held the same rows for too long, or in a deadlock. */
export function isBusyError (error: unknown): boolean {
  return busyCodes.test((error as { code?: string } | undefined)?.code ?? '')
}

/** True when the error is a violation of this constraint. */
export function isConstraintViolation (error: unknown, constraint: string): boolean {
  return (error as { constraint?: string } | undefined)?.constraint === constraint
}
