/** Classifies errors of an LDAP server. */
import { ResultCodeError } from 'ldapts'
import { DirectoryError } from '../directory.js'

/** RFC 4511 §4.1.9 and appendix A. */
const resultCodes = { operationsError: 1, constraintViolation: 19, noSuchObject: 32, busy: 51, unavailable: 52, unwillingToPerform: 53 } as const

/** Messages of unwillingToPerform that do not concern the password: a read-only server, or one that requires encryption. */
const readOnlyServerPattern = /operation restricted|shadow context|read.?only|^0000001F/i

function hasResultCode (error: unknown, ...names: Array<keyof typeof resultCodes>): boolean {
  return error instanceof ResultCodeError && names.some(name => resultCodes[name] === error.code)
}

/** Returns whether a new connection, possibly to another server, may succeed. */
export function isRetryable (error: unknown): boolean {
  if (error instanceof DirectoryError) return false
  return !(error instanceof ResultCodeError) || hasResultCode(error, 'operationsError', 'busy', 'unavailable') || (hasResultCode(error, 'unwillingToPerform') && readOnlyServerPattern.test(error.message))
}

/** Returns whether the server answered with an error: then the request had no effect. */
export function isServerResponse (error: unknown): boolean {
  return error instanceof ResultCodeError
}

/** Returns whether the server rejected this particular password. */
export function isPasswordRejected (error: unknown): boolean {
  return hasResultCode(error, 'constraintViolation', 'unwillingToPerform') && !isRetryable(error)
}

/** Returns whether the entry to change does not exist. */
export function isNoSuchObject (error: unknown): boolean {
  return hasResultCode(error, 'noSuchObject')
}

/** Converts any error to a directory error: `away` unless it is one already. */
export function toDirectoryError (error: unknown): DirectoryError {
  return error instanceof DirectoryError ? error : new DirectoryError('away', describeError(error), error)
}

/** Describes the error for the log. */
export function describeError (error: unknown): string {
  const { name, message, code } = error as Error & { code?: unknown }
  if (name === 'AbortError' || name === 'TimeoutError') return 'does not answer'
  return error instanceof ResultCodeError || typeof code !== 'string' || message.includes(code) ? message : `${message} (${code})`
}
