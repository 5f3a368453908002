/**
 * The Merkle tree of RFC 6962 (§2.1.1 and §2.1.2): the ranges of leaves that a proof consists of, the complete subtrees
 * that a range consists of, and a tree that grows by appending. Pure.
 */
import type { TreeHasher } from './hashes.js'

/** The leaves from `from` to `to`, without `to`. */
export interface LeafRange { readonly from: number, readonly to: number }

/** The complete subtree of the leaves `index · 2^level` to `(index + 1) · 2^level`. */
export interface Subtree { readonly level: number, readonly index: number }

/** Computes the ranges whose hashes prove that a leaf is in the tree of that size, from the leaf upwards. */
export function computeInclusionRanges (leaf: number, size: number): LeafRange[] {
  return collectInclusionPath(leaf, { from: 0, to: size })
}

/** Computes the ranges whose hashes prove that the tree of one size is the beginning of a larger one. */
export function computeConsistencyRanges (size: number, laterSize: number): LeafRange[] {
  if (size === 0 || size === laterSize) return []
  return collectConsistencyPath(size, { from: 0, to: laterSize }, true)
}

/** Splits a range into complete subtrees, from left to right. */
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

/** @param isRootKnown the older tree begins with this range, so the verifier has its root already */
function collectConsistencyPath (size: number, range: LeafRange, isRootKnown: boolean): LeafRange[] {
  if (size === range.to) return isRootKnown ? [] : [range]
  const middle = range.from + largestPowerOfTwoBelow(range.to - range.from)
  return size <= middle
    ? [...collectConsistencyPath(size, { from: range.from, to: middle }, isRootKnown), { from: middle, to: range.to }]
    : [...collectConsistencyPath(size, { from: middle, to: range.to }, false), { from: range.from, to: middle }]
}

/** Returns the largest power of two that is smaller than `count`, which is 2 or more. */
function largestPowerOfTwoBelow (count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

/** A tree that grows by appending. It stores at most one hash per level. */
export class AppendOnlyTree {
  readonly #hash: TreeHasher
  #size: number
  /** The hashes of the complete subtrees so far, the largest first. */
  readonly #peaks: Uint8Array[]

  /** @param peaks the hashes of `splitIntoSubtrees` of all `size` leaves */
  constructor (hash: TreeHasher, size = 0, peaks: readonly Uint8Array[] = []) {
    this.#hash = hash
    this.#size = size
    this.#peaks = [...peaks]
  }

  get size (): number {
    return this.#size
  }

  /** Appends a leaf by its hash, and calls `completed` for each subtree that it completes. */
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

  /** Returns an independent copy. */
  copy (): AppendOnlyTree {
    return new AppendOnlyTree(this.#hash, this.#size, this.#peaks)
  }
}

/** Computes the hash of a range of leaves from the hashes of its complete subtrees, from left to right. */
export function combineSubtreeHashes (hash: TreeHasher, subtrees: readonly Uint8Array[]): Uint8Array {
  if (subtrees.length === 0) return hash.emptyRoot
  return subtrees.reduceRight((right, left) => hash.node(left, right))
}
