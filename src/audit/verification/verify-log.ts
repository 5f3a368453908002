/** Verifies the whole log in the database against its checkpoints and those stored elsewhere. */
import { type Kysely, sql } from 'kysely'
import { readInSnapshot } from '../../database/connection.js'
import type { Database } from '../../database/schema.js'
import { digestText } from '../events.js'
import { createNodeCryptoTreeHasher, nodeCrypto } from '../sealing/log-crypto.js'
import { encodeLeaf, isStoredSubtree, listEvents, readLogEnd, type SequencedEvent } from '../sealing/stored-log.js'
import { openCheckpoint, type OpenedCheckpoint } from '../transparency-log/checkpoint.js'
import type { TreeHasher } from '../transparency-log/hashes.js'
import type { Leaf } from '../transparency-log/leaf-difference.js'
import type { Subtree } from '../transparency-log/merkle-tree.js'
import type { VerifierKey } from '../transparency-log/signed-note.js'
import { type CheckpointSource, type CheckpointSourceFault, type LogFault, openCheckpoints, type Verdict, verifyTree } from '../transparency-log/verify-tree.js'
import { findRemovedText, type MissingText, type TextRetentionCutoffs } from './missing-texts.js'

export interface LogVerification {
  readonly verdict: Verdict
  readonly texts: TextCounts
  /** The number of checkpoints that were verified. `unknownKeyCheckpoints`: older ones, signed only by unknown keys. */
  readonly checkpoints: number
  readonly unknownKeyCheckpoints: number
  /** The number of events that no checkpoint covers yet. */
  readonly pendingEvents: number
}

export interface VerifyLogOptions {
  readonly keys: readonly VerifierKey[]
  /** Checkpoints stored outside the database. */
  readonly externalCheckpoints: readonly CheckpointSource[]
  /** Without them, no text of a sign-in or an import counts as past its term. */
  readonly cutoffs?: TextRetentionCutoffs
  readonly progress?: (leaves: number, of: number) => void
}

/** The source name of the checkpoints in the database. */
const DATABASE_SOURCE = 'database'

/** Verifies one snapshot of the database, while sealing may continue. */
export async function verifyLog (db: Kysely<Database>, log: VerifyLogOptions): Promise<LogVerification | CheckpointSourceFault> {
  return await readInSnapshot(db, async snapshot => await verifySnapshot(snapshot, log))
}

async function verifySnapshot (db: Kysely<Database>, { keys, externalCheckpoints, cutoffs, progress }: VerifyLogOptions): Promise<LogVerification | CheckpointSourceFault> {
  const stored = await db.selectFrom('log_checkpoints').select(['number', 'note']).orderBy('number').execute()
  const notes = stored.map(row => row.note)
  const { size, sequence } = await readLogEnd(db)
  const opened = openCheckpoints(nodeCrypto, [{ source: DATABASE_SOURCE, notes }, ...externalCheckpoints], keys)
  if ('kind' in opened) {
    const wrong = opened.source === DATABASE_SOURCE ? stored.find(({ note }) => isFault(openCheckpoint(nodeCrypto, note, keys), opened.kind)) : undefined
    return wrong === undefined ? opened : { ...opened, source: `${DATABASE_SOURCE}, checkpoint ${wrong.number}` }
  }
  const hash = createNodeCryptoTreeHasher()
  const texts: TextCounts = { bound: 0, erased: 0, fault: undefined }
  const found = await verifyTree(hash, {
    currentLeaves: streamCurrentLeaves(db, { hash, upTo: sequence, texts, cutoffs }),
    sealedLeaves: streamSealedLeaves(db),
    checkpoints: opened.checkpoints,
    storedSubtree: await loadStoredSubtrees(db),
  }, leaves => progress?.(leaves, size))
  const verdict = found.fault === undefined && found.covered < size ? { ...found, fault: await describeUnsignedLeaf(db, found.covered) } : found
  return { verdict, texts, checkpoints: opened.checkpoints.length, unknownKeyCheckpoints: opened.unknownKeyCount, pendingEvents: await countUnsealedEvents(db, sequence) }
}

function isFault (opened: OpenedCheckpoint, kind: CheckpointSourceFault['kind']): boolean {
  return kind !== 'unknown-key' && 'fault' in opened && opened.fault === kind
}

async function describeUnsignedLeaf (db: Kysely<Database>, leaf: number): Promise<LogFault> {
  const row = await db.selectFrom('log_leaves').select('event_id').where('index', '=', leaf).executeTakeFirst()
  return { kind: 'unsigned', leaf, event: row?.event_id }
}

async function countUnsealedEvents (db: Kysely<Database>, sequence: number): Promise<number> {
  return (await db.selectFrom('audit_events').select(sql<number>`count(*)`.as('count')).where('sequence', '>', sequence).executeTakeFirstOrThrow()).count
}

const BATCH_SIZE = 5000

/** Counts of personal texts. `bound`: unchanged; `erased`: text and salt are gone, for example by law. */
export interface TextCounts {
  bound: number
  erased: number
  /** The first text that does not match its event. */
  fault: TextFault | undefined
}

export interface TextFault {
  /** `text-altered`: its digest differs; `text-added`: its event has no text of that name; `text-removed`: it is missing and was not erased. */
  readonly kind: 'text-altered' | 'text-added' | 'text-removed'
  readonly event: string
  readonly sequence: number
  readonly name: string
}

export interface CurrentLeavesOptions {
  readonly hash: TreeHasher
  /** The sequence of the last event. */
  readonly upTo: number
  /** Updated while the events are read. */
  readonly texts: TextCounts
  readonly cutoffs: TextRetentionCutoffs | undefined
}

/** Streams the leaves of the events in the order of their sequence, and checks their texts. */
async function * streamCurrentLeaves (db: Kysely<Database>, { hash, upTo, texts, cutoffs }: CurrentLeavesOptions): AsyncGenerator<readonly Leaf[]> {
  for (let after: number | undefined; ;) {
    const events = await listEvents(db, after, upTo, BATCH_SIZE)
    if (events.length === 0) return
    const last = events.at(-1)!.sequence
    await checkTexts(db, events, texts, cutoffs)
    yield events.map(event => ({ hash: hash.leaf(encodeLeaf(event)), id: event.id, sequence: event.sequence }))
    after = last
  }
}

/** Streams the hashes as they were sealed. */
async function * streamSealedLeaves (db: Kysely<Database>): AsyncGenerator<readonly Leaf[]> {
  for (let next = 0; ; next += BATCH_SIZE) {
    const rows = await db.selectFrom('log_leaves').select(['hash', 'event_id as id', 'sequence', 'index'])
      .where('index', '>=', next).where('index', '<', next + BATCH_SIZE).orderBy('index').execute()
    if (rows.length === 0) return
    yield rows
  }
}

/** Loads the stored hashes of subtrees. A missing hash that should be stored is empty, so that it counts as wrong. */
async function loadStoredSubtrees (db: Kysely<Database>): Promise<(subtree: Subtree) => Uint8Array | undefined> {
  const rows = await db.selectFrom('log_subtrees').selectAll().execute()
  const stored = new Map(rows.map(row => [`${row.level}/${row.index}`, row.hash]))
  return subtree => isStoredSubtree(subtree) ? stored.get(`${subtree.level}/${subtree.index}`) ?? new Uint8Array(0) : undefined
}

async function checkTexts (db: Kysely<Database>, events: readonly SequencedEvent[], texts: TextCounts, cutoffs: TextRetentionCutoffs | undefined): Promise<void> {
  const rows = await db.selectFrom('audit_texts').innerJoin('audit_events', 'audit_events.id', 'audit_texts.event_id')
    .select(['event_id', 'name', 'salt', 'text']).where('sequence', '>=', events[0]!.sequence).where('sequence', '<=', events.at(-1)!.sequence).orderBy('sequence').execute()
  const rowsByEvent = new Map<string, typeof rows>()
  for (const row of rows) rowsByEvent.set(row.event_id, [...rowsByEvent.get(row.event_id) ?? [], row])
  const missing: MissingText[] = []
  let fault: TextFault | undefined
  for (const { id, sequence, facts } of events) {
    const digests = parseDigests(facts)
    const stored = rowsByEvent.get(id) ?? []
    for (const { name, salt, text } of stored) {
      if (digests[name] === digestText(salt, name, text)) texts.bound++
      else fault ??= { kind: digests[name] === undefined ? 'text-added' : 'text-altered', event: id, sequence, name }
    }
    for (const name of Object.keys(digests)) if (stored.every(row => row.name !== name)) missing.push({ event: id, sequence, name })
  }
  const removed = await findRemovedText(db, missing, cutoffs)
  texts.erased += missing.length
  texts.fault ??= pickEarlierFault(fault, removed && { kind: 'text-removed', ...removed })
}

function pickEarlierFault (a: TextFault | undefined, b: TextFault | undefined): TextFault | undefined {
  return a === undefined || (b !== undefined && b.sequence < a.sequence) ? b : a
}

function parseDigests (facts: unknown): Readonly<Partial<Record<string, string>>> {
  const digests = (facts as { digests?: unknown } | null)?.digests
  return typeof digests === 'object' && digests !== null ? digests as Record<string, string> : {}
}
