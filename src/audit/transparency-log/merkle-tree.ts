/**
 * Which parts of the tree a root or a proof is made of (RFC 6962 §2.1.1 and §2.1.2), as runs of leaves, and each run
 * as the complete subtrees that it falls into. Pure.
 */
import type { TreeHasher } from './hashes.js'

/** Leaves `from` up to, not with, `to`. */
export interface LeafRange { readonly from: number, readonly to: number }

/** The complete subtree over the leaves `index · 2^level` to `(index + 1) · 2^level`. */
export interface Subtree { readonly level: number, readonly index: number }

/** The proof that a leaf is in the tree of that size: the hashes of these runs, from the leaf up. */
export function computeInclusionRanges (leaf: number, size: number): LeafRange[] {
  return collectInclusionPath(leaf, { from: 0, to: size })
}

/** The proof that the tree of one size is the beginning of a larger one: the hashes of these runs. */
export function computeConsistencyRanges (size: number, laterSize: number): LeafRange[] {
  if (size === 0 || size === laterSize) return []
  return collectConsistencyPath(size, { from: 0, to: laterSize }, true)
}

/** A run as complete subtrees, from left to right, the largest first. */
export function splitIntoSubtrees ({ from, to }: LeafRange): Subtree[] {
  const subtrees: Subtree[] = []
  for (let at = from; at < to;) {
    let level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level++
    subtrees.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return subtrees
}

function collectInclusionPath (leaf: number, { from, to }: LeafRange): LeafRange[] {
  if (to - from <= 1) return []
  const middle = from + largestPowerOfTwoBelow(to - from)
  return leaf < middle
    ? [...collectInclusionPath(leaf, { from, to: middle }), { from: middle, to }]
    : [...collectInclusionPath(leaf, { from: middle, to }), { from, to: middle }]
}

/** `whole`: the older tree is this run from its first leaf on, and whoever checks has its root. */
function collectConsistencyPath (size: number, run: LeafRange, whole: boolean): LeafRange[] {
  if (size === run.to) return whole ? [] : [run]
  const middle = run.from + largestPowerOfTwoBelow(run.to - run.from)
  return size <= middle
    ? [...collectConsistencyPath(size, { from: run.from, to: middle }, whole), { from: middle, to: run.to }]
    : [...collectConsistencyPath(size, { from: middle, to: run.to }, false), { from: run.from, to: middle }]
}

/** The largest power of two that is smaller than `count`, which is 2 or more. */
function largestPowerOfTwoBelow (count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

// The tree that only grows: of what is there it keeps one hash a level, so that a leaf costs one step. Pure.

export class AppendOnlyTree {
  readonly #hash: TreeHasher
  #size: number
  /** The complete subtrees of the leaves so far, the largest first. */
  readonly #peaks: Uint8Array[]

  /** @param peaks the hashes of `splitIntoSubtrees` all the leaves that are there already */
  constructor (hash: TreeHasher, size = 0, peaks: readonly Uint8Array[] = []) {
    this.#hash = hash
    this.#size = size
    this.#peaks = [...peaks]
  }

  get size (): number {
    return this.#size
  }

  /** Adds a leaf by its hash and tells of each larger subtree that it completes. */
  append (leafHash: Uint8Array, completed?: (subtree: Subtree, hash: Uint8Array) => void): void {
    let hash = leafHash
    let index = this.#size
    for (let level = 1; index % 2 === 1; level++) {
      hash = this.#hash.node(this.#peaks.pop()!, hash)
      index = (index - 1) / 2
      completed?.({ level, index }, hash)
    }
    this.#peaks.push(hash)
    this.#size++
  }

  root (): Uint8Array {
    return combineSubtreeHashes(this.#hash, this.#peaks)
  }

  /** Another tree that goes its own way from here. */
  copy (): AppendOnlyTree {
    return new AppendOnlyTree(this.#hash, this.#size, this.#peaks)
  }
}

/** The hash of a run of leaves from the hashes of its complete subtrees, the largest first. */
export function combineSubtreeHashes (hash: TreeHasher, subtrees: readonly Uint8Array[]): Uint8Array {
  if (subtrees.length === 0) return hash.emptyRoot
  return subtrees.reduceRight((right, left) => hash.node(left, right))
}
