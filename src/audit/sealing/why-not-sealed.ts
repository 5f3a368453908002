/** Why the log is not signed: what stands in the database is no continuation of what was signed before. */
import type { Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { openCheckpoint, parseCheckpointText, type Checkpoint } from '../log/checkpoint.js'
import { parseNote, type VerifierKey } from '../log/note.js'
import { sameHash } from '../log/tree-hash.js'
import { readCheckpointFile } from './checkpoint-file.js'
import { verifierKeysOf, type LogSettings } from './log-keys.js'
import { nodeCrypto, nodeTreeHash } from './node-crypto.js'
import { findLogEnd, HashMissing, rootAt } from './stored-tree.js'

/**
 * `where`: the checkpoint that contradicts the database. `unknown-key`: signed by none of LOG_KEY; `forged`: its
 * signature does not hold; `behind`: it has more leaves than the database; `differs`: its root is another.
 */
export interface NotSealed {
  readonly where: 'database' | 'file'
  readonly reason: 'unknown-key' | 'forged' | 'behind' | 'differs'
}

export interface LogHead {
  readonly origin: string
  readonly size: number
  /** The newest event that is sealed. */
  readonly sequence: number
  /** The newest checkpoint and who signed it; undefined before the first. */
  readonly note: string | undefined
  readonly signers: readonly VerifierKey[]
}

/** The head of the log, or why it may not be signed. Ask for it under the sealer's lock. */
export async function checkedHead (db: Kysely<Database>, log: LogSettings): Promise<LogHead | NotSealed> {
  const newest = await newestNote(db)
  const end = await findLogEnd(db)
  const origin = originIn(newest) ?? log.origin
  const keys = verifierKeysOf(log.keys, origin)
  if (newest === undefined && end.size > 0) return { where: 'database', reason: 'differs' }
  const opened = newest === undefined ? undefined : openNote(newest, keys)
  if (opened !== undefined && 'reason' in opened) return { where: 'database', reason: opened.reason }
  if (opened !== undefined && opened.checkpoint.size > end.size) return { where: 'database', reason: 'behind' }
  if (opened !== undefined && (opened.checkpoint.size < end.size || !await isRoot(db, opened.checkpoint))) return { where: 'database', reason: 'differs' }
  return await contradictionOfFile(db, log, keys, end.size) ?? { origin, ...end, note: newest, signers: opened?.signedBy ?? [] }
}

/** The newest checkpoint in the database, whoever signed it. */
export async function newestNote (db: Kysely<Database>): Promise<string | undefined> {
  return (await db.selectFrom('log_checkpoints').select('note').orderBy('number', 'desc').limit(1).executeTakeFirst())?.note
}

/** The name of the log that has begun. */
export function originIn (note: string | undefined): string | undefined {
  return note === undefined ? undefined : parseCheckpointText(parseNote(note)?.text ?? '')?.origin
}

async function contradictionOfFile (db: Kysely<Database>, { checkpointFile }: LogSettings, keys: readonly VerifierKey[], size: number): Promise<NotSealed | undefined> {
  const note = checkpointFile === undefined ? undefined : longestOf(await readCheckpointFile(checkpointFile))
  if (note === undefined) return undefined
  const opened = openNote(note, keys)
  if ('reason' in opened) return { where: 'file', reason: opened.reason }
  if (opened.checkpoint.size > size) return { where: 'file', reason: 'behind' }
  return await isRoot(db, opened.checkpoint) ? undefined : { where: 'file', reason: 'differs' }
}

/** Of the longest log, and the last of those: two servers may have appended in the other order. */
function longestOf (notes: readonly string[]): string | undefined {
  const sizes = notes.map(note => parseCheckpointText(parseNote(note)!.text)!.size)
  return notes[sizes.lastIndexOf(Math.max(...sizes))]
}

function openNote (note: string, keys: readonly VerifierKey[]): { checkpoint: Checkpoint, signedBy: readonly VerifierKey[] } | { reason: 'unknown-key' | 'forged' } {
  const opened = openCheckpoint(nodeCrypto, note, keys)
  if (!('fault' in opened)) return opened
  return { reason: opened.fault === 'unknown-key' ? 'unknown-key' : 'forged' }
}

async function isRoot (db: Kysely<Database>, { size, root }: Checkpoint): Promise<boolean> {
  try {
    return sameHash(await rootAt(db, nodeTreeHash(), size), root)
  } catch (error) {
    if (error instanceof HashMissing) return false
    throw error
  }
}
