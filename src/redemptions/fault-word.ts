/** What the record calls a fault that stood between a right code and its password. Pure. */
import { DirectoryError, type DirectoryErrorKind } from '../accounts/directory.js'

const faultReasons = { away: 'directory-away', 'password-refused': 'password-refused', 'account-gone': 'account-gone', ambiguous: 'ambiguous' } as const satisfies Record<DirectoryErrorKind, string>

export type FaultReason = (typeof faultReasons)[DirectoryErrorKind] | 'failed'

/** `failed`: no fault of the directory. */
export function toFaultReason (error: unknown): FaultReason {
  return error instanceof DirectoryError ? faultReasons[error.kind] : 'failed'
}
