/** Makes an up-to-date checkpoint, and the proof that a new event is in the log. */
import { setTimeout } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import { createNodeCryptoTreeHasher, type LogSettings } from '../audit/sealing/log-crypto.js'
import { sealLog } from '../audit/sealing/seal-log.js'
import { type SealConflict, SEALING_STOPPED } from '../audit/sealing/seal-preconditions.js'
import { listEvents, readRangeHashes } from '../audit/sealing/stored-log.js'
import { parseCheckpoint } from '../audit/transparency-log/checkpoint.js'
import type { Manifest } from '../audit/transparency-log/export-manifest.js'
import { toBase64 } from '../audit/transparency-log/hashes.js'
import { formatLeaf } from '../audit/transparency-log/leaves.js'
import { computeInclusionRanges } from '../audit/transparency-log/merkle-tree.js'
import { parseNote } from '../audit/transparency-log/signed-note.js'
import type { Database } from '../database/schema.js'
import { Unavailable } from '../institution/errors.js'

export interface SealingDeps {
  readonly db: Kysely<Database>
  readonly logSettings: LogSettings
  readonly now: () => Date
  readonly logger: FastifyBaseLogger
}

/**
 * Seals the log up to now and returns its checkpoint, a signed note.
 * @throws {Unavailable} `log-held-back` while an older transaction is open; `log-not-signed` when the database is not a
 *   continuation of the log that was signed before
 */
export async function requireCurrentCheckpoint ({ db, logSettings, now, logger }: SealingDeps): Promise<string> {
  const sealed = await sealLog(db, logSettings, now())
  if ('reason' in sealed) throw createNotSignedError(sealed, logger)
  if (!sealed.isComplete) throw new Unavailable('log-held-back')
  return sealed.note
}

/** How often to retry while older transactions are still open, and how long to wait between two attempts (milliseconds). */
const heldBackRetry = { maxAttempts: 20, delayMs: 250 }

/**
 * Returns the proof that a newly committed event is in the log.
 * @throws {Unavailable} as `requireCurrentCheckpoint`
 */
export async function requireEventProof ({ db, logSettings, now, logger }: SealingDeps, eventId: string): Promise<EventProof> {
  for (let left = heldBackRetry.maxAttempts; left > 0; left--) {
    const proven = await proveEvent(db, logSettings, now(), eventId)
    if (proven !== 'held-back' && 'reason' in proven) throw createNotSignedError(proven, logger)
    if (proven !== 'held-back') return proven
    await setTimeout(heldBackRetry.delayMs)
  }
  throw new Unavailable('log-held-back')
}

/** Logs the conflict and creates the error for the user. */
function createNotSignedError (conflict: SealConflict, logger: SealingDeps['logger']): Unavailable {
  logger.fatal(conflict, SEALING_STOPPED)
  return new Unavailable('log-not-signed')
}

/** Proves to someone without access to the database that an event is in the log. */
export type EventProof = Pick<Manifest, 'checkpoint' | 'proof'>

/**
 * Seals the log up to now and builds the proof of one event.
 * @param eventId of a committed event
 * @returns the conflict, when the log may not be signed; `held-back` while an older transaction is still open
 */
export async function proveEvent (db: Kysely<Database>, log: LogSettings, now: Date, eventId: string): Promise<EventProof | SealConflict | 'held-back'> {
  const sealed = await sealLog(db, log, now)
  if ('reason' in sealed) return sealed
  const { sequence } = await db.selectFrom('audit_events').select('sequence').where('id', '=', eventId).executeTakeFirstOrThrow()
  const leaf = await db.selectFrom('log_leaves').select('index').where('sequence', '=', sequence).executeTakeFirst()
  if (leaf === undefined) return 'held-back'
  const { size } = parseCheckpoint(parseNote(sealed.note)!.text)!
  const [event] = await listEvents(db, sequence - 1, sequence, 1)
  const hashes = await readRangeHashes(db, createNodeCryptoTreeHasher(), computeInclusionRanges(leaf.index, size))
  return { checkpoint: sealed.note, proof: { leaf: formatLeaf(event!), index: leaf.index, hashes: hashes.map(toBase64) } }
}
