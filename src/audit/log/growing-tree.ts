/** The tree that only grows: of what is there it keeps one hash a level, so that a leaf costs one step. Pure. */
import type { Subtree } from './subtrees.js'
import type { TreeHasher } from './tree-hash.js'

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
