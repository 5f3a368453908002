/**
 * Seals the log: adds committed events, in order, and signs a checkpoint that covers them. Only one server process seals
 * at a time. Each batch and its checkpoint are one transaction, so the process may be killed at any point.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import { appendCheckpoint, readRecentCheckpoints } from './checkpoint-file.js'
import { createNodeCryptoTreeHasher, type LogSettings, signCheckpoint, toVerifierKeys } from './log-crypto.js'
import { findCheckpointNumber, type LogHead, pickLargestCheckpoint, type SealConflict, verifyLogHead } from './seal-preconditions.js'
import { encodeLeaf, isStoredSubtree, listEvents, loadTreeAt, type SequencedEvent } from './stored-log.js'

/** Events per transaction: few enough not to slow down the service desk. */
const BATCH_SIZE = 500
/** An arbitrary number that no other advisory lock uses. */
const SEALER_LOCK_ID = 6962

export interface SealResult {
  /** The newest checkpoint. */
  readonly note: string
  /** The number of new leaves. */
  readonly added: number
  /** False when an open transaction holds back events that were committed after it began. */
  readonly isComplete: boolean
}

export interface SealOptions {
  /** How long to wait for open transactions (milliseconds). */
  readonly maxWaitMs?: number
}

/**
 * Seals everything that was committed before the call.
 * @returns the conflict, when the database does not continue what was signed before: then nothing was signed
 * @throws when another sealer takes too long (`isBusy`), or when the checkpoint file cannot be written
 */
export async function sealLog (db: Kysely<Database>, log: LogSettings, now: Date, { maxWaitMs = 2000 }: SealOptions = {}): Promise<SealResult | SealConflict> {
  let watermark: CommittedWatermark | undefined
  for (let added = 0; ;) {
    const batch = await db.transaction().execute(async trx => await sealBatch(trx, log, { now, maxWaitMs, watermark }))
    if ('reason' in batch) return batch
    await publishCheckpoints(db, log)
    added += batch.added
    watermark = batch.watermark
    if (batch.added < BATCH_SIZE) return { note: batch.note, added, isComplete: watermark.isComplete }
  }
}

interface SealedBatch { readonly note: string, readonly added: number, readonly watermark: CommittedWatermark }

interface BatchOptions {
  readonly now: Date
  readonly maxWaitMs: number
  /** The watermark of the previous batch; undefined for the first. */
  readonly watermark: CommittedWatermark | undefined
}

async function sealBatch (trx: Transaction<Database>, log: LogSettings, { now, maxWaitMs, watermark: previous }: BatchOptions): Promise<SealedBatch | SealConflict> {
  await sql`select pg_advisory_xact_lock(${SEALER_LOCK_ID})`.execute(trx)
  const head = await verifyLogHead(trx, log)
  if ('reason' in head) return head
  const watermark = previous ?? await readCommittedWatermark(trx, maxWaitMs)
  const events = await listEvents(trx, head.sequence, watermark.sequence, BATCH_SIZE)
  const sealable = watermark.isComplete ? events : takeUntilGap(events, head.sequence)
  if (sealable.length === 0 && head.note !== undefined && isSignedByAllKeys(head, log)) return { note: head.note, added: 0, watermark }
  return { note: await extendTree(trx, log, { head, events: sealable, now }), added: sealable.length, watermark }
}

/** Returns the events before the first gap. A missing number belongs to a transaction that failed or is still open. */
function takeUntilGap (events: readonly SequencedEvent[], sequence: number): readonly SequencedEvent[] {
  const gap = events.findIndex((event, index) => event.sequence !== sequence + 1 + index)
  return gap === -1 ? events : events.slice(0, gap)
}

/** Returns whether the newest checkpoint is signed by all current keys. A change of keys needs a new signature. */
function isSignedByAllKeys ({ origin, signers }: LogHead, { keys }: LogSettings): boolean {
  return toVerifierKeys(keys, origin).every(key => signers.some(signer => signer.id === key.id))
}

interface TreeExtension {
  readonly head: LogHead
  readonly events: readonly SequencedEvent[]
  readonly now: Date
}

async function extendTree (trx: Transaction<Database>, log: LogSettings, { head: { origin, size }, events, now }: TreeExtension): Promise<string> {
  const hash = createNodeCryptoTreeHasher()
  const tree = await loadTreeAt(trx, hash, size)
  const subtrees: Array<{ level: number, index: number, hash: Buffer }> = []
  const leaves = events.map((event, at) => {
    const leaf = Buffer.from(hash.leaf(encodeLeaf(event)))
    tree.append(leaf, (subtree, completed) => { if (isStoredSubtree(subtree)) subtrees.push({ ...subtree, hash: Buffer.from(completed) }) })
    return { index: size + at, sequence: event.sequence, event_id: event.id, hash: leaf }
  })
  if (leaves.length > 0) await trx.insertInto('log_leaves').values(leaves).execute()
  if (subtrees.length > 0) await trx.insertInto('log_subtrees').values(subtrees).execute()
  const note = signCheckpoint({ origin, size: tree.size, root: tree.root() }, log.keys)
  // Numbers have no gap, so that a removed checkpoint is noticed. The sealer's lock makes this safe.
  await trx.insertInto('log_checkpoints').values({ number: sql<number>`(select coalesce(max(number), 0) + 1 from log_checkpoints)`, size: tree.size, note, signed_at: now }).execute()
  return note
}

/**
 * Appends to the file what it lacks since its newest checkpoint: also what another server signed, and what a crash left
 * out. After the commit, because a file that is ahead of its database would stop the sealer.
 */
async function publishCheckpoints (db: Kysely<Database>, { checkpointFile }: LogSettings): Promise<void> {
  if (checkpointFile === undefined) return
  const last = pickLargestCheckpoint(await readRecentCheckpoints(checkpointFile))
  const published = last === undefined ? undefined : await findCheckpointNumber(db, last)
  const missing = published === undefined
    ? await db.selectFrom('log_checkpoints').select('note').orderBy('number', 'desc').limit(1).execute()
    : await db.selectFrom('log_checkpoints').select('note').where('number', '>', published).orderBy('number').execute()
  for (const { note } of missing) {
    // Another process may have appended it in the meantime.
    if (!(await readRecentCheckpoints(checkpointFile)).includes(note)) await appendCheckpoint(checkpointFile, note)
  }
}

// Up to which event everything is decided. A sequence number is given out before its transaction commits, so above a
// number that is still open nothing may be sealed yet: it would be skipped for good.

export interface CommittedWatermark {
  readonly sequence: number
  /** False while another transaction is still writing: then only the events before the first gap are final. */
  readonly isComplete: boolean
}

const POLL_INTERVAL_MS = 10

/**
 * Finds the highest sequence number up to which no transaction can add an event any more.
 * A writer holds the lock on the table from before it takes a number until it commits or rolls back. So all numbers up to
 * the highest visible one are final once every current holder has released the lock. This blocks no writer: `lock table
 * … in share mode` would make every new writer wait for the slowest one.
 * @param maxWaitMs how long to wait for the current writers (milliseconds)
 */
export async function readCommittedWatermark (trx: Transaction<Database>, maxWaitMs: number): Promise<CommittedWatermark> {
  const { rows } = await sql<{ sequence: number, writers: string[] }>`
    select coalesce(max(sequence), 0) as sequence, array(${activeWriters}) as writers from audit_events`.execute(trx)
  const { sequence, writers: before } = rows[0]!
  let waiting = before
  for (let left = maxWaitMs; waiting.length > 0 && left > 0; left -= POLL_INTERVAL_MS) {
    const still = await sql<{ writers: string[] }>`
      select array(${activeWriters} and virtualtransaction = any(${before})) as writers from pg_sleep(${POLL_INTERVAL_MS / 1000})`.execute(trx)
    waiting = still.rows[0]!.writers
  }
  return { sequence, isComplete: waiting.length === 0 }
}

const activeWriters = sql`
  select virtualtransaction from pg_locks
  where locktype = 'relation' and mode = 'RowExclusiveLock' and granted and pid is distinct from pg_backend_pid()
    and relation = 'audit_events'::regclass and database = (select oid from pg_database where datname = current_database())`
