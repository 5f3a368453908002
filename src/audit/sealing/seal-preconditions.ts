/** Checks, before signing, that the database continues what was signed before. */
import type { Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../transparency-log/checkpoint.js'
import { isSameHash } from '../transparency-log/hashes.js'
import { parseNote, type VerifierKey } from '../transparency-log/signed-note.js'
import { readRecentCheckpoints } from './checkpoint-file.js'
import { createNodeCryptoTreeHasher, type LogSettings, nodeCrypto, toVerifierKeys } from './log-crypto.js'
import { computeRootAt, MissingHashError, readLogEnd } from './stored-log.js'

/**
 * `where`: where the checkpoint that contradicts the database is. `unknown-key`: no key of LOG_KEY signed it; `forged`:
 * its signature is not valid; `behind`: the database has fewer leaves than it; `differs`: it has another root.
 */
export interface SealConflict {
  readonly where: 'database' | 'file'
  readonly reason: 'unknown-key' | 'forged' | 'behind' | 'differs'
}

/** The log line for a conflict. In capitals, because an operator has to act: see docs/operations.md. */
export const SEALING_STOPPED = 'AUDIT LOG SEALING STOPPED: the database does not continue what was signed before; see docs/operations.md'

export interface LogHead {
  readonly origin: string
  readonly size: number
  /** The sequence of the newest sealed event. */
  readonly sequence: number
  /** The newest checkpoint; undefined before the first. */
  readonly note: string | undefined
  readonly signers: readonly VerifierKey[]
}

/** Returns the head of the log, or why it may not be signed. Call it while holding the sealer's lock. */
export async function verifyLogHead (db: Kysely<Database>, log: LogSettings): Promise<LogHead | SealConflict> {
  const newest = await findNewestCheckpointNote(db)
  const end = await readLogEnd(db)
  const origin = parseCheckpointOrigin(newest) ?? log.origin
  const keys = toVerifierKeys(log.keys, origin)
  if (newest === undefined && end.size > 0) return { where: 'database', reason: 'differs' }
  const opened = newest === undefined ? undefined : openCheckpointNote(newest, keys)
  if (opened !== undefined && 'reason' in opened) return { where: 'database', reason: opened.reason }
  if (opened !== undefined && opened.checkpoint.size > end.size) return { where: 'database', reason: 'behind' }
  if (opened !== undefined && (opened.checkpoint.size < end.size || !await isRootOfStoredTree(db, opened.checkpoint))) return { where: 'database', reason: 'differs' }
  return await findFileConflict(db, log, keys, end.size) ?? { origin, ...end, note: newest, signers: opened?.signedBy ?? [] }
}

/** Finds the newest checkpoint in the database, signed by any key. */
export async function findNewestCheckpointNote (db: Kysely<Database>): Promise<string | undefined> {
  return (await db.selectFrom('log_checkpoints').select('note').orderBy('number', 'desc').limit(1).executeTakeFirst())?.note
}

/** Finds the number of a checkpoint in the database; undefined when the database does not have it. */
export async function findCheckpointNumber (db: Kysely<Database>, note: string): Promise<number | undefined> {
  const size = parseCheckpoint(parseNote(note)?.text ?? '')?.size ?? -1
  return (await db.selectFrom('log_checkpoints').select('number').where('size', '=', size).where('note', '=', note).executeTakeFirst())?.number
}

/** Returns the name of the log that the checkpoint belongs to. */
export function parseCheckpointOrigin (note: string | undefined): string | undefined {
  return note === undefined ? undefined : parseCheckpoint(parseNote(note)?.text ?? '')?.origin
}

async function findFileConflict (db: Kysely<Database>, { checkpointFile }: LogSettings, keys: readonly VerifierKey[], size: number): Promise<SealConflict | undefined> {
  const note = checkpointFile === undefined ? undefined : pickLargestCheckpoint(await readRecentCheckpoints(checkpointFile))
  if (note === undefined) return undefined
  const opened = openCheckpointNote(note, keys)
  if ('reason' in opened) return { where: 'file', reason: opened.reason }
  if (opened.checkpoint.size > size) return { where: 'file', reason: 'behind' }
  return await isRootOfStoredTree(db, opened.checkpoint) ? undefined : { where: 'file', reason: 'differs' }
}

/** Returns the checkpoint with the most leaves, the last one of equals: two servers may have appended out of order. */
export function pickLargestCheckpoint (notes: readonly string[]): string | undefined {
  const sizes = notes.map(note => parseCheckpoint(parseNote(note)!.text)!.size)
  return notes[sizes.lastIndexOf(Math.max(...sizes))]
}

function openCheckpointNote (note: string, keys: readonly VerifierKey[]): { checkpoint: Checkpoint, signedBy: readonly VerifierKey[] } | { reason: 'unknown-key' | 'forged' } {
  const opened = openCheckpoint(nodeCrypto, note, keys)
  if (!('fault' in opened)) return opened
  return { reason: opened.fault === 'unknown-key' ? 'unknown-key' : 'forged' }
}

async function isRootOfStoredTree (db: Kysely<Database>, { size, root }: Checkpoint): Promise<boolean> {
  try {
    return isSameHash(await computeRootAt(db, createNodeCryptoTreeHasher(), size), root)
  } catch (error) {
    if (error instanceof MissingHashError) return false
    throw error
  }
}
