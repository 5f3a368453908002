/** Audit events as the log sees them: in the order of their sequence, as leaves. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { TreeHasher } from '../transparency-log/hashes.js'
import { formatLeaf, type LoggedEvent } from '../transparency-log/leaves.js'
import { AppendOnlyTree, combineSubtreeHashes, type LeafRange, splitIntoSubtrees, type Subtree } from '../transparency-log/merkle-tree.js'

export interface SequencedEvent extends LoggedEvent { readonly sequence: number }

/** Events with `after` < sequence ≤ `upTo`, the first `limit` of them. Without `after` from the very first, whatever its number. */
export async function listEvents (db: Kysely<Database>, after: number | undefined, upTo: number, limit: number): Promise<SequencedEvent[]> {
  const rows = await db.selectFrom('audit_events')
    .select(['sequence', 'id', 'kind', 'actor', 'slip', 'account', 'service_point', 'facts'])
    // As JSON, because that says every moment in one way, whatever the settings of the session.
    .select(sql<string>`to_json(at at time zone 'UTC')`.as('at'))
    .$if(after !== undefined, query => query.where('sequence', '>', after!)).where('sequence', '<=', upTo).orderBy('sequence').limit(limit).execute()
  return rows.map(row => ({ ...row, at: formatTimestamp(row.at) }))
}

export function encodeLeaf (event: LoggedEvent): Uint8Array {
  return Buffer.from(formatLeaf(event))
}

/** To the millisecond at least, finer only where the row is: no two moments are written alike. */
function formatTimestamp (utc: string): string {
  const [whole, fraction = ''] = utc.split('.')
  return `${whole}.${fraction.padEnd(3, '0')}Z`
}

// The hashes that the database keeps: every leaf, and the complete subtrees of every eighth level.

/** Levels between those that are stored. */
const STORED_LEVEL_STRIDE = 8

/** A proof or a root names leaves that the database does not have: somebody has taken them out. */
export class MissingHashError extends Error {}

/** How many leaves the log has, and up to which event. */
export async function readLogEnd (db: Kysely<Database>): Promise<{ size: number, sequence: number }> {
  const last = await db.selectFrom('log_leaves').select(['index', 'sequence']).orderBy('index', 'desc').limit(1).executeTakeFirst()
  return last === undefined ? { size: 0, sequence: 0 } : { size: last.index + 1, sequence: last.sequence }
}

export function isStoredSubtree ({ level }: Subtree): boolean {
  return level % STORED_LEVEL_STRIDE === 0
}

/**
 * The hashes of runs of leaves, read in one query a stored level.
 * @throws {MissingHashError}
 */
export async function readRangeHashes (db: Kysely<Database>, hash: TreeHasher, runs: readonly LeafRange[]): Promise<Uint8Array[]> {
  const subtrees = runs.map(splitIntoSubtrees)
  const stored = await readStoredHashes(db, subtrees.flat())
  return subtrees.map(parts => combineSubtreeHashes(hash, parts.map(part => computeSubtreeHash(hash, part, stored))))
}

/** The root of the log when it had that many leaves. */
export async function computeRootAt (db: Kysely<Database>, hash: TreeHasher, size: number): Promise<Uint8Array> {
  return (await readRangeHashes(db, hash, [{ from: 0, to: size }]))[0]!
}

/** The tree as it was at that size, ready to grow. */
export async function loadTreeAt (db: Kysely<Database>, hash: TreeHasher, size: number): Promise<AppendOnlyTree> {
  const peaks = splitIntoSubtrees({ from: 0, to: size })
  const runs = peaks.map(({ level, index }) => ({ from: index * 2 ** level, to: (index + 1) * 2 ** level }))
  return new AppendOnlyTree(hash, size, await readRangeHashes(db, hash, runs))
}

/** By stored level and index. */
type StoredHashes = ReadonlyMap<number, ReadonlyMap<number, Uint8Array>>

async function readStoredHashes (db: Kysely<Database>, subtrees: readonly Subtree[]): Promise<StoredHashes> {
  const levels = [...new Set(subtrees.map(storedLevelOf))]
  return new Map(await Promise.all(levels.map(async level => {
    const ranges = subtrees.filter(one => storedLevelOf(one) === level).map(storedRangeOf)
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
  const level = storedLevelOf(subtree)
  const { from, to } = storedRangeOf(subtree)
  const tree = new AppendOnlyTree(hash)
  for (let index = from; index < to; index++) {
    const found = stored.get(level)?.get(index)
    if (found === undefined) throw new MissingHashError(`the log lacks the hash of ${level === 0 ? 'leaf' : `level ${level},`} ${index}`)
    tree.append(found)
  }
  return tree.root()
}

function storedLevelOf ({ level }: Subtree): number {
  return level - level % STORED_LEVEL_STRIDE
}

function storedRangeOf ({ level, index }: Subtree): LeafRange {
  const width = 2 ** (level % STORED_LEVEL_STRIDE)
  return { from: index * width, to: (index + 1) * width }
}
