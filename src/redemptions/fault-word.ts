/** What the record calls a fault that stood between a right code and its password. Pure. */
import { DirectoryFault, type DirectoryFaultKind } from '../accounts/directory.js'

const words = { away: 'directory-away', 'password-refused': 'password-refused', 'account-gone': 'account-gone', ambiguous: 'ambiguous' } as const satisfies Record<DirectoryFaultKind, string>

export type FaultWord = (typeof words)[DirectoryFaultKind] | 'failed'

/** `failed`: no fault of the directory. */
export function faultWord (error: unknown): FaultWord {
  return error instanceof DirectoryFault ? words[error.kind] : 'failed'
}
