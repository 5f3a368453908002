/** The whole log in the database against its checkpoints, and against those that were kept elsewhere. */
import { type Kysely, sql } from 'kysely'
import { readInSnapshot } from '../../database/connection.js'
import type { Database } from '../../database/schema.js'
import { digestText } from '../events.js'
import { createNodeCryptoTreeHasher, nodeCrypto } from '../sealing/log-crypto.js'
import { encodeLeaf, listEvents, readLogEnd, type SequencedEvent } from '../sealing/stored-log.js'
import type { TreeHasher } from '../transparency-log/hashes.js'
import type { Leaf } from '../transparency-log/leaf-difference.js'
import type { Subtree } from '../transparency-log/merkle-tree.js'
import type { VerifierKey } from '../transparency-log/signed-note.js'
import { type CheckpointSource, type CheckpointSourceFault, type LogFault, openCheckpoints, type Verdict, verifyTree } from '../transparency-log/verify-tree.js'
import { classifyMissingTexts, type MissingText, type TextRetentionCutoffs } from './missing-texts.js'

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
    currentLeaves: streamCurrentLeaves(db, { hash, upTo: sequence, texts, cutoffs }),
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

// The log in the database as evidence: the events that are there, the hashes that were sealed, and the texts that are bound.

const BATCH_SIZE = 5000

/** What became of the personal texts: `erased` have lost their text and salt, as the law may ask. */
export interface TextCounts {
  bound: number
  erased: number
  /** Of the erased: those of which no more can be told than that an erasure may have taken them. */
  presumed: number
  /** The first text that is not what its event bound. */
  fault: TextFault | undefined
}

export interface TextFault {
  /** `text-altered`: its digest is another; `text-added`: its event binds no text of that name; `text-removed`: it is gone and was not forgotten. */
  readonly kind: 'text-altered' | 'text-added' | 'text-removed'
  readonly event: string
  readonly sequence: number
  readonly name: string
}

export interface CurrentLeavesOptions {
  readonly hash: TreeHasher
  /** The sequence of the last event. */
  readonly upTo: number
  /** Counts the texts of the events on the way. */
  readonly texts: TextCounts
  readonly cutoffs: TextRetentionCutoffs | undefined
}

/** Streams the leaves of the events in the order of their sequence, and checks their texts. */
export async function * streamCurrentLeaves (db: Kysely<Database>, { hash, upTo, texts, cutoffs }: CurrentLeavesOptions): AsyncGenerator<readonly Leaf[]> {
  for (let after: number | undefined; ;) {
    const events = await listEvents(db, after, upTo, BATCH_SIZE)
    if (events.length === 0) return
    const last = events.at(-1)!.sequence
    await checkTexts(db, events, texts, cutoffs)
    yield events.map(event => ({ hash: hash.leaf(encodeLeaf(event)), id: event.id, sequence: event.sequence }))
    after = last
  }
}

/** The hashes as they were sealed. */
export async function * streamSealedLeaves (db: Kysely<Database>): AsyncGenerator<readonly Leaf[]> {
  for (let next = 0; ; next += BATCH_SIZE) {
    const rows = await db.selectFrom('log_leaves').select(['hash', 'event_id as id', 'sequence', 'index'])
      .where('index', '>=', next).where('index', '<', next + BATCH_SIZE).orderBy('index').execute()
    if (rows.length === 0) return
    yield rows
  }
}

/** The larger hashes that proofs are made of. */
export async function loadStoredSubtrees (db: Kysely<Database>): Promise<(subtree: Subtree) => Uint8Array | undefined> {
  const rows = await db.selectFrom('log_subtrees').selectAll().execute()
  const stored = new Map(rows.map(row => [`${row.level}/${row.index}`, row.hash]))
  return ({ level, index }) => level % 8 === 0 ? stored.get(`${level}/${index}`) ?? new Uint8Array(0) : undefined
}

async function checkTexts (db: Kysely<Database>, events: readonly SequencedEvent[], texts: TextCounts, cutoffs: TextRetentionCutoffs | undefined): Promise<void> {
  const rows = await db.selectFrom('audit_texts').innerJoin('audit_events', 'audit_events.id', 'audit_texts.event_id')
    .select(['event_id', 'name', 'salt', 'text']).where('sequence', '>=', events[0]!.sequence).where('sequence', '<=', events.at(-1)!.sequence).orderBy('sequence').execute()
  const kept = new Map<string, typeof rows>()
  for (const row of rows) kept.set(row.event_id, [...kept.get(row.event_id) ?? [], row])
  const missing: MissingText[] = []
  let fault: TextFault | undefined
  for (const { id, sequence, facts } of events) {
    const digests = parseDigests(facts)
    const own = kept.get(id) ?? []
    for (const { name, salt, text } of own) {
      if (digests[name] === digestText(salt, name, text)) texts.bound++
      else fault ??= { kind: digests[name] === undefined ? 'text-added' : 'text-altered', event: id, sequence, name }
    }
    for (const name of Object.keys(digests)) if (own.every(row => row.name !== name)) missing.push({ event: id, sequence, name })
  }
  const { presumed, removed } = await classifyMissingTexts(db, missing, cutoffs)
  texts.erased += missing.length
  texts.presumed += presumed
  texts.fault ??= pickEarlierFault(fault, removed && { kind: 'text-removed', ...removed })
}

function pickEarlierFault (one: TextFault | undefined, other: TextFault | undefined): TextFault | undefined {
  return one === undefined || (other !== undefined && other.sequence < one.sequence) ? other : one
}

function parseDigests (facts: unknown): Readonly<Partial<Record<string, string>>> {
  const digests = (facts as { digests?: unknown } | null)?.digests
  return typeof digests === 'object' && digests !== null ? digests as Record<string, string> : {}
}
