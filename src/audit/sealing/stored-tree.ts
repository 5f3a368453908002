/** The hashes that the database keeps: every leaf, and the complete subtrees of every eighth level. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { GrowingTree, hashOfRun } from '../log/growing-tree.js'
import { subtreesOf, type Run, type Subtree } from '../log/subtrees.js'
import type { TreeHash } from '../log/tree-hash.js'

/** Levels between those that are stored. */
const stride = 8

/** A proof or a root names leaves that the database does not have: somebody has taken them out. */
export class HashMissing extends Error {}

/** How many leaves the log has, and up to which event. */
export async function findLogEnd (db: Kysely<Database>): Promise<{ size: number, sequence: number }> {
  const last = await db.selectFrom('log_leaves').select(['index', 'sequence']).orderBy('index', 'desc').limit(1).executeTakeFirst()
  return last === undefined ? { size: 0, sequence: 0 } : { size: last.index + 1, sequence: last.sequence }
}

export function isStored ({ level }: Subtree): boolean {
  return level % stride === 0
}

/**
 * The hashes of runs of leaves, read in one query a stored level.
 * @throws {HashMissing}
 */
export async function hashesOfRuns (db: Kysely<Database>, hash: TreeHash, runs: readonly Run[]): Promise<Uint8Array[]> {
  const subtrees = runs.map(subtreesOf)
  const stored = await readHashes(db, subtrees.flat())
  return subtrees.map(parts => hashOfRun(hash, parts.map(part => hashOfSubtree(hash, part, stored))))
}

/** The root of the log when it had that many leaves. */
export async function rootAt (db: Kysely<Database>, hash: TreeHash, size: number): Promise<Uint8Array> {
  return (await hashesOfRuns(db, hash, [{ from: 0, to: size }]))[0]!
}

/** The tree as it was at that size, ready to grow. */
export async function treeAt (db: Kysely<Database>, hash: TreeHash, size: number): Promise<GrowingTree> {
  const peaks = subtreesOf({ from: 0, to: size })
  const runs = peaks.map(({ level, index }) => ({ from: index * 2 ** level, to: (index + 1) * 2 ** level }))
  return new GrowingTree(hash, size, await hashesOfRuns(db, hash, runs))
}

/** By stored level and index. */
type StoredHashes = ReadonlyMap<number, ReadonlyMap<number, Uint8Array>>

async function readHashes (db: Kysely<Database>, subtrees: readonly Subtree[]): Promise<StoredHashes> {
  const levels = [...new Set(subtrees.map(storedLevel))]
  return new Map(await Promise.all(levels.map(async level => {
    const ranges = subtrees.filter(one => storedLevel(one) === level).map(storedRange)
    return [level, await readLevel(db, level, ranges)] as const
  })))
}

async function readLevel (db: Kysely<Database>, level: number, ranges: readonly Run[]): Promise<ReadonlyMap<number, Uint8Array>> {
  const within = sql<boolean>`(${sql.join(ranges.map(({ from, to }) => sql`index >= ${from} and index < ${to}`), sql` or `)})`
  const rows = level === 0
    ? await db.selectFrom('log_leaves').select(['index', 'hash']).where(within).execute()
    : await db.selectFrom('log_subtrees').select(['index', 'hash']).where('level', '=', level).where(within).execute()
  return new Map(rows.map(row => [row.index, row.hash]))
}

function hashOfSubtree (hash: TreeHash, subtree: Subtree, stored: StoredHashes): Uint8Array {
  const level = storedLevel(subtree)
  const { from, to } = storedRange(subtree)
  const tree = new GrowingTree(hash)
  for (let index = from; index < to; index++) {
    const found = stored.get(level)?.get(index)
    if (found === undefined) throw new HashMissing(`the log lacks the hash of ${level === 0 ? 'leaf' : `level ${level},`} ${index}`)
    tree.append(found)
  }
  return tree.root()
}

function storedLevel ({ level }: Subtree): number {
  return level - level % stride
}

function storedRange ({ level, index }: Subtree): Run {
  const width = 2 ** (level % stride)
  return { from: index * width, to: (index + 1) * width }
}
