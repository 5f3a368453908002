/** What a directory's errors mean for us. */
import { ResultCodeError } from 'ldapts'
import { DirectoryError } from '../directory.js'

/** RFC 4511 §4.1.9 and appendix A. */
const resultCodes = { operationsError: 1, constraintViolation: 19, noSuchObject: 32, busy: 51, unavailable: 52, unwillingToPerform: 53 } as const

/** unwillingToPerform where no other password would do either: a server that is read-only, or wants encryption first. */
const readOnlyServerPattern = /operation restricted|shadow context|read.?only|^0000001F/i

function hasResultCode (error: unknown, ...some: Array<keyof typeof resultCodes>): boolean {
  return error instanceof ResultCodeError && some.some(one => resultCodes[one] === error.code)
}

/** True where a fresh connection, perhaps to another server, may do better. */
export function isRetryable (error: unknown): boolean {
  if (error instanceof DirectoryError) return false
  return !(error instanceof ResultCodeError) || hasResultCode(error, 'operationsError', 'busy', 'unavailable') || (hasResultCode(error, 'unwillingToPerform') && readOnlyServerPattern.test(error.message))
}

/** True when the server has answered: what was asked for has certainly not been done. */
export function isServerResponse (error: unknown): boolean {
  return error instanceof ResultCodeError
}

/** True when the server takes another password, not this one. */
export function isPasswordRejected (error: unknown): boolean {
  return hasResultCode(error, 'constraintViolation', 'unwillingToPerform') && !isRetryable(error)
}

/** True when what was to be changed is not there. */
export function isNoSuchObject (error: unknown): boolean {
  return hasResultCode(error, 'noSuchObject')
}

/** Whatever went wrong, as a fault: `away` unless it is known better. */
export function toDirectoryError (error: unknown): DirectoryError {
  return error instanceof DirectoryError ? error : new DirectoryError('away', describeError(error), error)
}

/** In words, for the log. */
export function describeError (error: unknown): string {
  const { name, message, code } = error as Error & { code?: unknown }
  if (name === 'AbortError' || name === 'TimeoutError') return 'does not answer'
  return error instanceof ResultCodeError || typeof code !== 'string' || message.includes(code) ? message : `${message} (${code})`
}
