/** Reads the log from the database: events as leaves, in the order of their sequence, and stored hashes. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { TreeHasher } from '../transparency-log/hashes.js'
import { formatLeaf, type LoggedEvent } from '../transparency-log/leaves.js'
import { AppendOnlyTree, combineSubtreeHashes, type LeafRange, splitIntoSubtrees, type Subtree } from '../transparency-log/merkle-tree.js'

export interface SequencedEvent extends LoggedEvent { readonly sequence: number }

/** Lists the first `limit` events with `after` < sequence ≤ `upTo`; without `after`, from the first event. */
export async function listEvents (db: Kysely<Database>, after: number | undefined, upTo: number, limit: number): Promise<SequencedEvent[]> {
  const rows = await db.selectFrom('audit_events')
    .select(['sequence', 'id', 'kind', 'actor', 'slip', 'account', 'service_point', 'facts'])
    // As JSON, because its format does not depend on the settings of the database session.
    .select(sql<string>`to_json(at at time zone 'UTC')`.as('at'))
    .$if(after !== undefined, query => query.where('sequence', '>', after!)).where('sequence', '<=', upTo).orderBy('sequence').limit(limit).execute()
  return rows.map(row => ({ ...row, at: formatTimestamp(row.at) }))
}

export function encodeLeaf (event: LoggedEvent): Uint8Array {
  return Buffer.from(formatLeaf(event))
}

/** Formats with at least three decimals, and more if the row has more: different timestamps never look the same. */
function formatTimestamp (utc: string): string {
  const [whole, fraction = ''] = utc.split('.')
  return `${whole}.${fraction.padEnd(3, '0')}Z`
}

/** The database stores the hash of every leaf, and of complete subtrees on every eighth level. */
const STORED_LEVEL_STRIDE = 8

/** A proof or a root needs a hash that is missing from the database: it was deleted. */
export class MissingHashError extends Error {}

/** Returns the number of leaves and the sequence of the last sealed event. */
export async function readLogEnd (db: Kysely<Database>): Promise<{ size: number, sequence: number }> {
  const last = await db.selectFrom('log_leaves').select(['index', 'sequence']).orderBy('index', 'desc').limit(1).executeTakeFirst()
  return last === undefined ? { size: 0, sequence: 0 } : { size: last.index + 1, sequence: last.sequence }
}

export function isStoredSubtree ({ level }: Subtree): boolean {
  return level % STORED_LEVEL_STRIDE === 0
}

/**
 * Reads the hashes of ranges of leaves, with one query per stored level.
 * @throws {MissingHashError}
 */
export async function readRangeHashes (db: Kysely<Database>, hash: TreeHasher, ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
  const subtrees = ranges.map(splitIntoSubtrees)
  const stored = await readStoredHashes(db, subtrees.flat())
  return subtrees.map(parts => combineSubtreeHashes(hash, parts.map(part => computeSubtreeHash(hash, part, stored))))
}

/** Computes the root of the log at a size. */
export async function computeRootAt (db: Kysely<Database>, hash: TreeHasher, size: number): Promise<Uint8Array> {
  return (await readRangeHashes(db, hash, [{ from: 0, to: size }]))[0]!
}

/** Loads the tree at a size, ready to append leaves. */
export async function loadTreeAt (db: Kysely<Database>, hash: TreeHasher, size: number): Promise<AppendOnlyTree> {
  const peaks = splitIntoSubtrees({ from: 0, to: size })
  const ranges = peaks.map(({ level, index }) => ({ from: index * 2 ** level, to: (index + 1) * 2 ** level }))
  return new AppendOnlyTree(hash, size, await readRangeHashes(db, hash, ranges))
}

/** Hashes by stored level and index. */
type StoredHashes = ReadonlyMap<number, ReadonlyMap<number, Uint8Array>>

async function readStoredHashes (db: Kysely<Database>, subtrees: readonly Subtree[]): Promise<StoredHashes> {
  const levels = [...new Set(subtrees.map(toStoredLevel))]
  return new Map(await Promise.all(levels.map(async level => {
    const ranges = subtrees.filter(subtree => toStoredLevel(subtree) === level).map(toStoredRange)
    return [level, await readLevel(db, level, ranges)] as const
  })))
}

async function readLevel (db: Kysely<Database>, level: number, ranges: readonly LeafRange[]): Promise<ReadonlyMap<number, Uint8Array>> {
  const within = sql<boolean>`(${sql.join(ranges.map(({ from, to }) => sql`index >= ${from} and index < ${to}`), sql` or `)})`
  const rows = level === 0
    ? await db.selectFrom('log_leaves').select(['index', 'hash']).where(within).execute()
    : await db.selectFrom('log_subtrees').select(['index', 'hash']).where('level', '=', level).where(within).execute()
  return new Map(rows.map(row => [row.index, row.hash]))
}

function computeSubtreeHash (hash: TreeHasher, subtree: Subtree, stored: StoredHashes): Uint8Array {
  const level = toStoredLevel(subtree)
  const { from, to } = toStoredRange(subtree)
  const tree = new AppendOnlyTree(hash)
  for (let index = from; index < to; index++) {
    const found = stored.get(level)?.get(index)
    if (found === undefined) throw new MissingHashError(`the log lacks the hash of ${level === 0 ? 'leaf' : `level ${level},`} ${index}`)
    tree.append(found)
  }
  return tree.root()
}

function toStoredLevel ({ level }: Subtree): number {
  return level - level % STORED_LEVEL_STRIDE
}

function toStoredRange ({ level, index }: Subtree): LeafRange {
  const width = 2 ** (level % STORED_LEVEL_STRIDE)
  return { from: index * width, to: (index + 1) * width }
}
