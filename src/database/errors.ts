/** What the database says, in the house's words: the one place that knows PostgreSQL's codes and our constraints. */
import { Problem } from '../http/problems.js'

/** Classes and codes that mean "come back later": connection lost, too many clients, shutting down, starting up. */
const unavailableCodes = /^(08...|53...|57P0[1-5]|25006)$/
const unavailableNetworkErrors = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/
const unavailableMessages = /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|connection is closed|Cannot use a pool after calling end/i
/** Deadlocks, serialisation failures, locks and statements that took too long: the same request may pass now. */
const busyCodes = /^(40001|40P01|55P03|57014)$/
const invalidValueCodes = /^(22P02|22021|22P05|22007|22008|22003)$/

const constraintProblems: Readonly<Record<string, () => Problem>> = {
  one_open_slip_per_account: () => new Problem('conflict', { variant: 'open-slip' }),
  slips_number_key: () => new Problem('unavailable', { headers: { 'retry-after': '1' } }),
}

/** The problem behind a database error, or undefined when it is none that a caller could do something about. */
export function toDatabaseProblem (error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, constraint } = error as Error & { code?: string, constraint?: string }
  if (constraint !== undefined && constraintProblems[constraint] !== undefined) return constraintProblems[constraint]()
  if (unavailableCodes.test(code ?? '') || unavailableNetworkErrors.test(code ?? '') || unavailableMessages.test(error.message)) {
    return new Problem('unavailable', { cause: error, headers: { 'retry-after': '5' } })
  }
  if (busyCodes.test(code ?? '')) return new Problem('unavailable', { variant: 'busy', cause: error, headers: { 'retry-after': '1' } })
  if (invalidValueCodes.test(code ?? '')) return new Problem('validation-failed', { variant: 'unreadable-body', errors: [{ path: '', message: 'invalid' }], cause: error })
  return error instanceof AggregateError ? error.errors.map(toDatabaseProblem).find(problem => problem !== undefined) : undefined
}

/** True for an error of busyness: somebody else was at the same rows, for too long or crosswise. */
export function isBusyError (error: unknown): boolean {
  return busyCodes.test((error as { code?: string } | undefined)?.code ?? '')
}

/** True when the error is this constraint's. */
export function isConstraintViolation (error: unknown, constraint: string): boolean {
  return (error as { constraint?: string } | undefined)?.constraint === constraint
}
