/** Checks proofs as RFC 9162 §2.1.3.2 and §2.1.4.2 write it down, apart from how they are made. Pure. */
import { isSameHash, type TreeHasher } from './hashes.js'

export interface InclusionProof {
  readonly leafHash: Uint8Array
  readonly leaf: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}

/** True when the leaf stands at that place of the tree with that root. */
export function verifyInclusion (hash: TreeHasher, { leafHash, leaf, size, proof, root }: InclusionProof): boolean {
  if (!isLeafIndex(leaf, size)) return false
  let place = leaf
  let last = size - 1
  let found = leafHash
  for (const other of proof) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      found = hash.node(other, found)
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)]
    } else {
      found = hash.node(found, other)
    }
    [place, last] = [half(place), half(last)]
  }
  return last === 0 && isSameHash(found, root)
}

export interface ConsistencyProof {
  readonly size: number
  readonly root: Uint8Array
  readonly laterSize: number
  readonly laterRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** True when the tree of `size` is the beginning of the tree of `laterSize`. Every tree begins with the empty one. */
export function verifyConsistency (hash: TreeHasher, { size, root, laterSize, laterRoot, proof }: ConsistencyProof): boolean {
  if (size === 0) return proof.length === 0 && isSameHash(root, hash.emptyRoot) && laterSize >= 0
  if (size === laterSize) return proof.length === 0 && isSameHash(root, laterRoot)
  if (!isLeafIndex(size, laterSize) || proof.length === 0) return false
  const [first, ...others] = isPowerOfTwo(size) ? [root, ...proof] : proof
  let [place, last] = [size - 1, laterSize - 1]
  while (place % 2 === 1) [place, last] = [half(place), half(last)]
  let [older, later] = [first!, first!]
  for (const other of others) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      [older, later] = [hash.node(other, older), hash.node(other, later)]
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)]
    } else {
      later = hash.node(later, other)
    }
    [place, last] = [half(place), half(last)]
  }
  return last === 0 && isSameHash(older, root) && isSameHash(later, laterRoot)
}

function isLeafIndex (place: number, size: number): boolean {
  return Number.isSafeInteger(place) && Number.isSafeInteger(size) && place >= 0 && place < size
}

function isPowerOfTwo (number: number): boolean {
  let power = 1
  while (power < number) power *= 2
  return power === number
}

function half (number: number): number {
  return Math.floor(number / 2)
}
