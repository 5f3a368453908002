/** Proves to somebody far away that an event is in the log: seals up to now, and gives leaf, proof and checkpoint. */
import type { Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { toBase64 } from '../log/base64.js'
import { parseCheckpoint } from '../log/checkpoint.js'
import { formatLeaf } from '../log/leaf.js'
import type { Manifest } from '../log/manifest.js'
import { parseNote } from '../log/note.js'
import { computeInclusionRanges } from '../log/subtrees.js'
import type { LogSettings } from './log-keys.js'
import { listEvents } from './logged-events.js'
import { createNodeCryptoTreeHasher } from './node-crypto.js'
import { sealLog } from './seal.js'
import { readRangeHashes } from './stored-tree.js'
import type { SealConflict } from './why-not-sealed.js'

export type EventProof = Pick<Manifest, 'checkpoint' | 'proof'>

/**
 * @param eventId of an event that has been committed
 * @returns why not, when the log may not be signed; `held-back` while an older transaction is still open
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
