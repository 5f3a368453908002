/** The whole log in the database against its checkpoints, and against those that were kept elsewhere. */
import { sql, type Kysely } from 'kysely'
import { readInSnapshot } from '../../database/one-moment.js'
import type { Database } from '../../database/schema.js'
import { openCheckpoints, type CheckpointSourceFault, type CheckpointSource } from '../log/claims.js'
import { verifyTree, type LogFault, type Verdict } from '../log/examine.js'
import type { VerifierKey } from '../log/note.js'
import { nodeCrypto, createNodeCryptoTreeHasher } from '../sealing/node-crypto.js'
import { readLogEnd } from '../sealing/stored-tree.js'
import { streamCurrentLeaves, streamSealedLeaves, loadStoredSubtrees, type TextCounts } from './database-evidence.js'
import type { TextRetentionCutoffs } from './missing-texts.js'

export interface LogVerification {
  readonly verdict: Verdict
  readonly texts: TextCounts
  /** Checkpoints that vouch for it, and older ones by keys that are not known here. */
  readonly checkpoints: number
  readonly unknownKeyCheckpoints: number
  /** Events that no checkpoint vouches for yet. */
  readonly pendingEvents: number
}

export interface VerifyLogOptions {
  readonly keys: readonly VerifierKey[]
  /** Checkpoints kept outside the database. */
  readonly externalCheckpoints: readonly CheckpointSource[]
  /** Without them no text of a sign-in or an import is past its term. */
  readonly cutoffs?: TextRetentionCutoffs
  readonly progress?: (leaves: number, of: number) => void
}

/** Name of the checkpoints in the database among the sources. */
export const DATABASE_SOURCE = 'database'

/** As of one moment: a sealer beside it may go on. */
export async function verifyLog (db: Kysely<Database>, log: VerifyLogOptions): Promise<LogVerification | CheckpointSourceFault> {
  return await readInSnapshot(db, async one => await verifySnapshot(one, log))
}

async function verifySnapshot (db: Kysely<Database>, { keys, externalCheckpoints, cutoffs, progress }: VerifyLogOptions): Promise<LogVerification | CheckpointSourceFault> {
  const notes = (await db.selectFrom('log_checkpoints').select('note').orderBy('number').execute()).map(row => row.note)
  const { size, sequence } = await readLogEnd(db)
  const opened = openCheckpoints(nodeCrypto, [{ source: DATABASE_SOURCE, notes }, ...externalCheckpoints], keys)
  if ('kind' in opened) return opened
  const hash = createNodeCryptoTreeHasher()
  const texts: TextCounts = { bound: 0, erased: 0, presumed: 0, fault: undefined }
  const found = await verifyTree(hash, {
    currentLeaves: streamCurrentLeaves(db, hash, sequence, texts, cutoffs),
    sealedLeaves: streamSealedLeaves(db),
    checkpoints: opened.checkpoints,
    storedSubtree: await loadStoredSubtrees(db),
  }, leaves => progress?.(leaves, size))
  const verdict = found.fault === undefined && found.covered < size ? { ...found, fault: await describeUnsignedLeaf(db, found.covered) } : found
  return { verdict, texts, checkpoints: opened.checkpoints.length, unknownKeyCheckpoints: opened.unknownKeyCount, pendingEvents: await countUnsealedEvents(db, sequence) }
}

async function describeUnsignedLeaf (db: Kysely<Database>, leaf: number): Promise<LogFault> {
  const row = await db.selectFrom('log_leaves').select('event_id').where('index', '=', leaf).executeTakeFirst()
  return { kind: 'unsigned', leaf, event: row?.event_id }
}

async function countUnsealedEvents (db: Kysely<Database>, sequence: number): Promise<number> {
  return (await db.selectFrom('audit_events').select(sql<number>`count(*)`.as('count')).where('sequence', '>', sequence).executeTakeFirstOrThrow()).count
}
