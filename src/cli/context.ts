/** Dependencies of operator commands. Types only. */
import type { Kysely } from 'kysely'
import type { LogKeys } from '../audit/sealing/log-crypto.js'
import type { Database } from '../database/schema.js'
import type { KeyRing } from '../staff/tokens.js'

export interface CliContext {
  readonly db: Kysely<Database>
  readonly now: () => Date
  /** Prints one line for the operator. */
  readonly printLine: (line: string) => void
}

/** Creating a token needs the key that binds it. */
export interface TokenContext extends CliContext {
  /** @throws when CODE_KEY is missing */
  requireCodeKeys (): KeyRing
}

/** The verifier also works without a database. */
export interface VerifyContext extends CliContext {
  readonly openDatabase: () => Promise<void>
  /** Keys and checkpoints of the audit log, from the environment or, once the demo's folder is open, from there. */
  readonly log: { readonly keys: LogKeys | undefined, readonly checkpointFile: string | undefined }
}
