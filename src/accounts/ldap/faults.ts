/** What a directory's errors mean for us. */
import { ResultCodeError } from 'ldapts'
import { DirectoryFault } from '../directory.js'

/** RFC 4511 §4.1.9 and appendix A. */
const codes = { operationsError: 1, constraintViolation: 19, noSuchObject: 32, busy: 51, unavailable: 52, unwillingToPerform: 53 } as const

/** unwillingToPerform where no other password would do either: a server that is read-only, or wants encryption first. */
const unwillingToWrite = /operation restricted|shadow context|read.?only|^0000001F/i

function isCode (error: unknown, ...some: Array<keyof typeof codes>): boolean {
  return error instanceof ResultCodeError && some.some(one => codes[one] === error.code)
}

/** True where a fresh connection, perhaps to another server, may do better. */
export function mayPassElsewhere (error: unknown): boolean {
  if (error instanceof DirectoryFault) return false
  return !(error instanceof ResultCodeError) || isCode(error, 'operationsError', 'busy', 'unavailable') || (isCode(error, 'unwillingToPerform') && unwillingToWrite.test(error.message))
}

/** True when the server has answered: what was asked for has certainly not been done. */
export function hasAnswered (error: unknown): boolean {
  return error instanceof ResultCodeError
}

/** True when the server takes another password, not this one. */
export function refusesPassword (error: unknown): boolean {
  return isCode(error, 'constraintViolation', 'unwillingToPerform') && !mayPassElsewhere(error)
}

/** True when what was to be changed is not there. */
export function findsNothing (error: unknown): boolean {
  return isCode(error, 'noSuchObject')
}

/** Whatever went wrong, as a fault: `away` unless it is known better. */
export function asFault (error: unknown): DirectoryFault {
  return error instanceof DirectoryFault ? error : new DirectoryFault('away', reasonOf(error), error)
}

/** In words, for the log. */
export function reasonOf (error: unknown): string {
  const { name, message, code } = error as Error & { code?: unknown }
  if (name === 'AbortError' || name === 'TimeoutError') return 'does not answer'
  return error instanceof ResultCodeError || typeof code !== 'string' || message.includes(code) ? message : `${message} (${code})`
}
