/** What operator commands work with. Types only. */
import type { Kysely } from 'kysely'
import type { LogKeys } from '../audit/sealing/log-crypto.js'
import type { Database } from '../database/schema.js'

export interface CliContext {
  readonly db: Kysely<Database>
  readonly now: () => Date
  /** Prints one line for the operator. */
  readonly printLine: (line: string) => void
}

/** For the verifier, which also works without a database. */
export interface VerifyContext extends CliContext {
  readonly openDatabase: () => Promise<void>
  /** Keys and checkpoints of the audit log, from the environment or, once it is open, from the demo's folder. */
  readonly log: { readonly keys: LogKeys | undefined, readonly checkpointFile: string | undefined }
}
