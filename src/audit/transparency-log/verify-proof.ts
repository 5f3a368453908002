/** Verifies proofs by the algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2, independently of how they are made. Pure. */
import { isSameHash, type TreeHasher } from './hashes.js'

export interface InclusionProof {
  readonly leafHash: Uint8Array
  readonly leaf: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}

/** Returns whether the leaf is at that index of the tree with that root. */
export function verifyInclusion (hash: TreeHasher, { leafHash, leaf, size, proof, root }: InclusionProof): boolean {
  if (!isLeafIndex(leaf, size)) return false
  let index = leaf
  let last = size - 1
  let computed = leafHash
  for (const sibling of proof) {
    if (last === 0) return false
    if (index % 2 === 1 || index === last) {
      computed = hash.node(sibling, computed)
      while (index % 2 === 0 && index !== 0) [index, last] = [half(index), half(last)]
    } else {
      computed = hash.node(computed, sibling)
    }
    [index, last] = [half(index), half(last)]
  }
  return last === 0 && isSameHash(computed, root)
}

export interface ConsistencyProof {
  readonly size: number
  readonly root: Uint8Array
  readonly laterSize: number
  readonly laterRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** Returns whether the tree of `size` is the beginning of the tree of `laterSize`. Every tree begins with the empty one. */
export function verifyConsistency (hash: TreeHasher, { size, root, laterSize, laterRoot, proof }: ConsistencyProof): boolean {
  if (size === 0) return proof.length === 0 && isSameHash(root, hash.emptyRoot) && laterSize >= 0
  if (size === laterSize) return proof.length === 0 && isSameHash(root, laterRoot)
  if (!isLeafIndex(size, laterSize) || proof.length === 0) return false
  const [first, ...siblings] = isPowerOfTwo(size) ? [root, ...proof] : proof
  let [index, last] = [size - 1, laterSize - 1]
  while (index % 2 === 1) [index, last] = [half(index), half(last)]
  let [older, later] = [first!, first!]
  for (const sibling of siblings) {
    if (last === 0) return false
    if (index % 2 === 1 || index === last) {
      [older, later] = [hash.node(sibling, older), hash.node(sibling, later)]
      while (index % 2 === 0 && index !== 0) [index, last] = [half(index), half(last)]
    } else {
      later = hash.node(later, sibling)
    }
    [index, last] = [half(index), half(last)]
  }
  return last === 0 && isSameHash(older, root) && isSameHash(later, laterRoot)
}

function isLeafIndex (index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size
}

function isPowerOfTwo (number: number): boolean {
  let power = 1
  while (power < number) power *= 2
  return power === number
}

function half (number: number): number {
  return Math.floor(number / 2)
}
