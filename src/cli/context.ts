/** What an operator's command works with. Types only. */
import type { Kysely } from 'kysely'
import type { LogKeys } from '../audit/sealing/log-crypto.js'
import type { Database } from '../database/schema.js'

export interface CliContext {
  readonly db: Kysely<Database>
  readonly now: () => Date
  /** Prints one line for the operator. */
  readonly printLine: (line: string) => void
}

/** For the verifier, which can do without the database. */
export interface VerifyContext extends CliContext {
  readonly openDatabase: () => Promise<void>
  /** What the environment, or the demo's folder once it is open, knows of the log. */
  readonly log: { readonly keys: LogKeys | undefined, readonly checkpointFile: string | undefined }
}
