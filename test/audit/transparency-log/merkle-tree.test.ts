import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { createNodeCryptoTreeHasher } from '../../../src/audit/sealing/log-crypto.js'
import { AppendOnlyTree, combineSubtreeHashes, computeConsistencyRanges, computeInclusionRanges, type LeafRange, splitIntoSubtrees } from '../../../src/audit/transparency-log/merkle-tree.js'
import { verifyConsistency, verifyInclusion } from '../../../src/audit/transparency-log/verify-proof.js'

// The reference leaves and roots of Certificate Transparency (RFC 6962), as transparency-dev/merkle publishes them.
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const inclusion = [
  { leaf: 0, size: 8, proof: ['96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7', '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'] },
  { leaf: 5, size: 8, proof: ['bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b', 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'] },
  { leaf: 2, size: 3, proof: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
  { leaf: 1, size: 5, proof: ['6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b'] },
]
const consistency = [
  { size: 1, later: 8, proof: ['96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7', '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'] },
  { size: 6, later: 8, proof: ['0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a', 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'] },
  { size: 2, later: 5, proof: ['5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b'] },
  { size: 6, later: 7, proof: ['0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a', 'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'] },
]

const hash = createNodeCryptoTreeHasher()
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const hex = (one: Uint8Array) => Buffer.from(one).toString('hex')

/** Builds a tree and records each completed subtree, so that any range of leaves can be hashed. */
function grown (leaves: readonly Uint8Array[]) {
  const tree = new AppendOnlyTree(hash)
  const nodes = new Map<string, Uint8Array>()
  const rootsBySize = leaves.map((leaf, index) => {
    nodes.set(`0/${index}`, hash.leaf(leaf))
    tree.append(hash.leaf(leaf), (subtree, node) => nodes.set(`${subtree.level}/${subtree.index}`, node))
    return tree.root()
  })
  const of = (range: LeafRange) => combineSubtreeHashes(hash, splitIntoSubtrees(range).map(({ level, index }) => nodes.get(`${level}/${index}`)!))
  return { rootAt: (size: number) => size === 0 ? hash.emptyRoot : rootsBySize[size - 1]!, of }
}

t.test('computes the Certificate Transparency roots of 0 to 8 leaves', async t => {
  const tree = grown(inputs.map(bytes))
  t.strictSame(roots.map((_, size) => hex(tree.rootAt(size))), roots)
  t.strictSame(roots.map((_, size) => hex(tree.of({ from: 0, to: size }))), roots, 'also from stored subtrees')
})

t.test('makes and accepts the Certificate Transparency proofs', async t => {
  const tree = grown(inputs.map(bytes))
  for (const { leaf, size, proof } of inclusion) {
    t.strictSame(computeInclusionRanges(leaf, size).map(range => hex(tree.of(range))), proof, `leaf ${leaf} of ${size}`)
    t.ok(verifyInclusion(hash, { leaf, size, leafHash: hash.leaf(bytes(inputs[leaf]!)), proof: proof.map(bytes), root: bytes(roots[size]!) }))
  }
  for (const { size, later, proof } of consistency) {
    t.strictSame(computeConsistencyRanges(size, later).map(range => hex(tree.of(range))), proof, `${size} to ${later}`)
    t.ok(verifyConsistency(hash, { size, laterSize: later, root: bytes(roots[size]!), laterRoot: bytes(roots[later]!), proof: proof.map(bytes) }))
  }
})

/** Returns invalid variants of a proof: one bit flipped, one hash added or removed at either end. */
function bent (proof: readonly Uint8Array[], extra: Uint8Array): Uint8Array[][] {
  const flipped = proof.map((_, index) => proof.map((one, at) => at === index ? Uint8Array.from(one, (byte, place) => place === 0 ? byte ^ 8 : byte) : one))
  return [...flipped, [...proof, extra], [extra, ...proof], ...proof.length > 0 ? [proof.slice(0, -1), proof.slice(1)] : []]
}

t.test('accepts proofs for all leaves and sizes up to 40, and no others', async t => {
  const leaves = Array.from({ length: 40 }, (_, index) => Buffer.from(`leaf ${index}`))
  const tree = grown(leaves)
  const wrong: string[] = []
  for (let size = 0; size <= leaves.length; size++) {
    const root = tree.rootAt(size)
    for (let leaf = 0; leaf < size; leaf++) {
      const claim = { leaf, size, leafHash: hash.leaf(leaves[leaf]!), proof: computeInclusionRanges(leaf, size).map(tree.of), root }
      if (!verifyInclusion(hash, claim)) wrong.push(`leaf ${leaf} of ${size}`)
      const lies = [{ ...claim, leafHash: hash.emptyRoot }, { ...claim, root: hash.emptyRoot }, { ...claim, leaf: size }, { ...claim, leaf: -1 }, ...bent(claim.proof, root).map(proof => ({ ...claim, proof }))]
      if (lies.some(lie => verifyInclusion(hash, lie))) wrong.push(`a lie about leaf ${leaf} of ${size}`)
    }
    for (let older = 0; older <= size; older++) {
      const claim = { size: older, root: tree.rootAt(older), laterSize: size, laterRoot: root, proof: computeConsistencyRanges(older, size).map(tree.of) }
      if (!verifyConsistency(hash, claim)) wrong.push(`${older} to ${size}`)
      const lies = [{ ...claim, root: hash.leaf(root) }, ...older > 0 ? [{ ...claim, laterRoot: hash.leaf(root) }] : [], ...older < size && older > 0 ? [{ ...claim, size, laterSize: older }] : [], ...bent(claim.proof, root).map(proof => ({ ...claim, proof }))]
      if (lies.some(lie => verifyConsistency(hash, lie))) wrong.push(`a lie about ${older} to ${size}`)
    }
  }
  t.strictSame(wrong, [])
})

t.test('continues a tree from its peaks; a copy is independent', async () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 40 }), (before, after) => {
    const leaves = Array.from({ length: before + after }, (_, index) => Buffer.from(String(index)))
    const tree = grown(leaves)
    const peaks = splitIntoSubtrees({ from: 0, to: before }).map(({ level, index }) => tree.of({ from: index * 2 ** level, to: (index + 1) * 2 ** level }))
    const resumed = new AppendOnlyTree(hash, before, peaks)
    const copy = resumed.copy()
    for (const leaf of leaves.slice(before)) resumed.append(hash.leaf(leaf))
    return hex(resumed.root()) === hex(tree.rootAt(before + after)) && hex(copy.root()) === hex(tree.rootAt(before))
  }), { numRuns: 60 })
})

t.test('hashes every byte of a very large leaf', async t => {
  const large = Buffer.alloc(100_000, 7)
  t.equal(hex(createNodeCryptoTreeHasher().leaf(large)), createHash('sha256').update(Buffer.of(0)).update(large).digest('hex'))
})
