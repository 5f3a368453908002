/** Checkpoints from where they are kept, opened: only what a known key signed is a claim about the log. Pure. */
import { type Checkpoint, openCheckpoint } from './checkpoint.js'
import { isSameHash, type TreeHasher } from './hashes.js'
import { classifyDifference, type Leaf, type LeafDifference, LeafReader } from './leaf-difference.js'
import { AppendOnlyTree, type Subtree } from './merkle-tree.js'
import type { LogCrypto, VerifierKey } from './signed-note.js'

export interface CheckpointSource { readonly source: string, readonly notes: readonly string[] }

/** A signature that does not hold; or the newest of a source signed by no key that is known; or of another log. */
export interface CheckpointSourceFault {
  readonly kind: 'forged' | 'unknown-key' | 'other-log' | 'no-checkpoint'
  readonly source: string
}

export interface OpenedCheckpoints {
  readonly checkpoints: readonly SourcedCheckpoint[]
  /** Older ones that are signed by keys which are not known here, and say nothing therefore. */
  readonly unknownKeyCount: number
}

export function openCheckpoints (crypto: LogCrypto, sources: readonly CheckpointSource[], keys: readonly VerifierKey[]): OpenedCheckpoints | CheckpointSourceFault {
  const claims: SourcedCheckpoint[] = []
  let unknown = 0
  for (const { source, notes } of sources) {
    if (notes.length === 0) return { kind: 'no-checkpoint', source }
    for (const [at, note] of notes.entries()) {
      const opened = openCheckpoint(crypto, note, keys)
      if ('checkpoint' in opened) claims.push({ checkpoint: opened.checkpoint, source })
      else if (opened.fault !== 'unknown-key' || at === notes.length - 1) return { kind: opened.fault, source }
      else unknown++
    }
  }
  const stranger = claims.find(claim => claim.checkpoint.origin !== claims[0]!.checkpoint.origin)
  return stranger === undefined ? { checkpoints: claims, unknownKeyCount: unknown } : { kind: 'other-log', source: stranger.source }
}

// The verifier: does what is there make the tree that was signed? If it does not, which leaf is the first that is
// wrong, and what was done to it? The same on the server, at the command line and in the verifier's page. Pure.

export interface TreeEvidence {
  /** What is there, in its order. */
  readonly currentLeaves: AsyncIterable<readonly Leaf[]>
  /** The hashes as they were sealed, where they are known: with them the very leaf can be named. */
  readonly sealedLeaves: AsyncIterable<readonly Leaf[]> | undefined
  /** Signed by known keys. */
  readonly checkpoints: readonly SourcedCheckpoint[]
  /** The hash of a larger subtree as it is stored; undefined where none is. */
  readonly storedSubtree?: ((subtree: Subtree) => Uint8Array | undefined) | undefined
}

/** A checkpoint and where it comes from. */
export interface SourcedCheckpoint { readonly checkpoint: Checkpoint, readonly source: string }

/**
 * `split`: two checkpoints of one size have two roots. `among`: a leaf from `from` up to, not with, `to` is wrong, and
 * nothing tells which. `record`: the event is right, its sealed hash is not. `subtree`: so with a larger hash.
 * `unsigned`: leaves from there on were sealed, and the checkpoint that was signed over them is gone.
 */
export type LogFault = LeafDifference
  | { readonly kind: 'split', readonly size: number, readonly sources: readonly string[] }
  | { readonly kind: 'among', readonly from: number, readonly to: number, readonly source: string }
  | { readonly kind: 'record', readonly leaf: number, readonly event: string | undefined }
  | { readonly kind: 'subtree', readonly level: number, readonly index: number }
  | { readonly kind: 'unsigned', readonly leaf: number, readonly event: string | undefined }

export interface Verdict {
  /** Leaves looked at. */
  readonly leaves: number
  /** Leaves that a checkpoint vouches for. */
  readonly covered: number
  readonly fault: LogFault | undefined
}

/** @param progress is told the number of leaves so far, now and then */
export async function verifyTree (hash: TreeHasher, evidence: TreeEvidence, progress: (leaves: number) => void = () => {}): Promise<Verdict> {
  const claims = [...evidence.checkpoints].sort((one, other) => one.checkpoint.size - other.checkpoint.size)
  const covered = claims.at(-1)?.checkpoint.size ?? 0
  const split = claims.find((claim, at) => at > 0 && claims[at - 1]!.checkpoint.size === claim.checkpoint.size && !isSameHash(claims[at - 1]!.checkpoint.root, claim.checkpoint.root))
  if (split !== undefined) {
    const { size } = split.checkpoint
    return { leaves: 0, covered, fault: { kind: 'split', size, sources: claims.filter(one => one.checkpoint.size === size).map(one => one.source) } }
  }
  const examination = new TreeVerification(hash, evidence, claims, progress)
  const fault = await examination.run()
  return { leaves: examination.leaves, covered, fault }
}

class TreeVerification {
  readonly #tree: AppendOnlyTree
  readonly #found: LeafReader
  readonly #recorded: LeafReader | undefined
  readonly #evidence: TreeEvidence
  readonly #claims: readonly SourcedCheckpoint[]
  readonly #progress: (leaves: number) => void
  #nextClaim = 0
  /** The size up to which a checkpoint has held. */
  #held = 0
  #wrongSubtree: Subtree | undefined

  constructor (hash: TreeHasher, evidence: TreeEvidence, claims: readonly SourcedCheckpoint[], progress: (leaves: number) => void) {
    this.#tree = new AppendOnlyTree(hash)
    this.#found = new LeafReader(evidence.currentLeaves)
    this.#recorded = evidence.sealedLeaves === undefined ? undefined : new LeafReader(evidence.sealedLeaves)
    this.#evidence = evidence
    this.#claims = claims
    this.#progress = progress
  }

  get leaves (): number {
    return this.#tree.size
  }

  async run (): Promise<LogFault | undefined> {
    for (;;) {
      const unkept = this.#checkClaims()
      if (unkept !== undefined) return unkept
      if (!this.#found.isReady) await this.#found.fill()
      if (this.#recorded?.isReady === false) await this.#recorded.fill()
      const found = this.#found.peek()
      const recorded = this.#recorded === undefined ? found : this.#recorded.peek()
      if (found === undefined && recorded === undefined) return this.#atTheEnd()
      if (found === undefined || recorded === undefined || !isUnchangedLeaf(found, recorded)) return await this.#explain()
      this.#append(found)
    }
  }

  #append (leaf: Leaf): void {
    this.#found.skip()
    this.#recorded?.skip()
    this.#tree.append(leaf.hash, this.#compareSubtree)
    if (this.#tree.size % 10_000 === 0) this.#progress(this.#tree.size)
  }

  readonly #compareSubtree = (subtree: Subtree, hash: Uint8Array): void => {
    const stored = this.#evidence.storedSubtree?.(subtree)
    if (stored !== undefined && !isSameHash(stored, hash)) this.#wrongSubtree ??= subtree
  }

  /** The checkpoints of the size that the tree has reached. */
  #checkClaims (): LogFault | undefined {
    for (let claim = this.#claims[this.#nextClaim]; claim?.checkpoint.size === this.#tree.size; claim = this.#claims[++this.#nextClaim]) {
      if (!isSameHash(this.#tree.root(), claim.checkpoint.root)) return { kind: 'among', from: this.#held, to: claim.checkpoint.size, source: claim.source }
      this.#held = claim.checkpoint.size
    }
  }

  #atTheEnd (): LogFault | undefined {
    if (this.#nextClaim < this.#claims.length) return { kind: 'cut', leaf: this.#tree.size, event: undefined }
    return this.#wrongSubtree === undefined ? undefined : { kind: 'subtree', ...this.#wrongSubtree }
  }

  /** What is there and what was sealed part ways here: the next checkpoint says which of them is right. */
  async #explain (): Promise<LogFault | undefined> {
    const leaf = this.#tree.size
    const recorded = this.#recorded!
    const [there, sealed] = [await this.#found.readAhead(), await recorded.readAhead()]
    const claim = this.#claims[this.#nextClaim]
    // Two files that were taken at different moments differ at their ends; nobody has vouched for those.
    if (claim === undefined) return undefined
    if (await this.#holds(claim, recorded)) return classifyDifference(leaf, there, sealed)
    if (await this.#holds(claim, this.#found)) return { kind: 'record', leaf, event: there[0]?.id }
    return { kind: 'among', from: this.#held, to: claim.checkpoint.size, source: claim.source }
  }

  async #holds ({ checkpoint: { size, root } }: SourcedCheckpoint, leaves: LeafReader): Promise<boolean> {
    const tree = this.#tree.copy()
    while (tree.size < size && (leaves.isReady || await leaves.fill())) {
      tree.append(leaves.peek()!.hash)
      leaves.skip()
    }
    return tree.size === size && isSameHash(tree.root(), root)
  }
}

/** Where both tell the number of the event, a changed number is a difference too: it moves the event. */
function isUnchangedLeaf (one: Leaf, other: Leaf): boolean {
  return isSameHash(one.hash, other.hash) && (one.sequence === undefined || other.sequence === undefined || one.sequence === other.sequence)
}
