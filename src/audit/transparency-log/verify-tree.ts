/**
 * Verifies leaves against signed checkpoints. If they do not match, finds the first wrong leaf and what was changed. The
 * server, the command line and the verifier's page use it. Pure.
 */
import { type Checkpoint, openCheckpoint } from './checkpoint.js'
import { isSameHash, type TreeHasher } from './hashes.js'
import { classifyDifference, type Leaf, type LeafDifference, LeafReader } from './leaf-difference.js'
import { AppendOnlyTree, type Subtree } from './merkle-tree.js'
import type { LogCrypto, VerifierKey } from './signed-note.js'

export interface CheckpointSource { readonly source: string, readonly notes: readonly string[] }

/** An invalid signature; the newest checkpoint of a source is not signed by a known key; a checkpoint of another log; or none. */
export interface CheckpointSourceFault {
  readonly kind: 'forged' | 'unknown-key' | 'other-log' | 'no-checkpoint'
  readonly source: string
}

export interface OpenedCheckpoints {
  readonly checkpoints: readonly SourcedCheckpoint[]
  /** The number of older checkpoints that only unknown keys signed. They are ignored. */
  readonly unknownKeyCount: number
}

/** Opens the checkpoints of all sources. Only those signed by a known key count. */
export function openCheckpoints (crypto: LogCrypto, sources: readonly CheckpointSource[], keys: readonly VerifierKey[]): OpenedCheckpoints | CheckpointSourceFault {
  const checkpoints: SourcedCheckpoint[] = []
  let unknownKeyCount = 0
  for (const { source, notes } of sources) {
    if (notes.length === 0) return { kind: 'no-checkpoint', source }
    for (const [index, note] of notes.entries()) {
      const opened = openCheckpoint(crypto, note, keys)
      if ('checkpoint' in opened) checkpoints.push({ checkpoint: opened.checkpoint, source })
      else if (opened.fault !== 'unknown-key' || index === notes.length - 1) return { kind: opened.fault, source }
      else unknownKeyCount++
    }
  }
  const foreign = checkpoints.find(({ checkpoint }) => checkpoint.origin !== checkpoints[0]!.checkpoint.origin)
  return foreign === undefined ? { checkpoints, unknownKeyCount } : { kind: 'other-log', source: foreign.source }
}

export interface TreeEvidence {
  /** The leaves as they are now, in order. */
  readonly currentLeaves: AsyncIterable<readonly Leaf[]>
  /** The hashes as they were sealed, if known: with them the wrong leaf can be named. */
  readonly sealedLeaves: AsyncIterable<readonly Leaf[]> | undefined
  /** Signed by known keys. */
  readonly checkpoints: readonly SourcedCheckpoint[]
  /** Returns the stored hash of a larger subtree; undefined when none is stored. */
  readonly storedSubtree?: ((subtree: Subtree) => Uint8Array | undefined) | undefined
}

/** A checkpoint and the source that it was read from. */
export interface SourcedCheckpoint { readonly checkpoint: Checkpoint, readonly source: string }

/**
 * `fork`: two checkpoints of the same size have different roots. `corrupt-range`: a leaf from `from` to `to`, without
 * `to`, is wrong, and it is unknown which. `record`: the event is right, but its sealed hash is wrong. `subtree`: the
 * stored hash of a larger subtree is wrong. `unsigned`: leaves from `leaf` on were sealed, but their checkpoint is gone.
 */
export type LogFault = LeafDifference
  | { readonly kind: 'fork', readonly size: number, readonly sources: readonly string[] }
  | { readonly kind: 'corrupt-range', readonly from: number, readonly to: number, readonly source: string }
  | { readonly kind: 'record', readonly leaf: number, readonly event: string | undefined }
  | { readonly kind: 'subtree', readonly level: number, readonly index: number }
  | { readonly kind: 'unsigned', readonly leaf: number, readonly event: string | undefined }

export interface Verdict {
  /** The number of leaves that were read. */
  readonly leaves: number
  /** The number of leaves that a checkpoint covers. */
  readonly covered: number
  readonly fault: LogFault | undefined
}

/** Verifies the tree. @param progress called from time to time with the number of leaves so far */
export async function verifyTree (hash: TreeHasher, evidence: TreeEvidence, progress: (leaves: number) => void = () => {}): Promise<Verdict> {
  const checkpoints = [...evidence.checkpoints].sort((a, b) => a.checkpoint.size - b.checkpoint.size)
  const covered = checkpoints.at(-1)?.checkpoint.size ?? 0
  const fork = checkpoints.find((claim, index) => index > 0 && checkpoints[index - 1]!.checkpoint.size === claim.checkpoint.size && !isSameHash(checkpoints[index - 1]!.checkpoint.root, claim.checkpoint.root))
  if (fork !== undefined) {
    const { size } = fork.checkpoint
    return { leaves: 0, covered, fault: { kind: 'fork', size, sources: checkpoints.filter(({ checkpoint }) => checkpoint.size === size).map(({ source }) => source) } }
  }
  const verification = new TreeVerification(hash, evidence, checkpoints, progress)
  const fault = await verification.run()
  return { leaves: verification.leaves, covered, fault }
}

class TreeVerification {
  readonly #tree: AppendOnlyTree
  readonly #current: LeafReader
  readonly #sealed: LeafReader | undefined
  readonly #evidence: TreeEvidence
  readonly #checkpoints: readonly SourcedCheckpoint[]
  readonly #progress: (leaves: number) => void
  #nextCheckpoint = 0
  /** The size of the last verified checkpoint. */
  #verifiedSize = 0
  #wrongSubtree: Subtree | undefined

  constructor (hash: TreeHasher, evidence: TreeEvidence, checkpoints: readonly SourcedCheckpoint[], progress: (leaves: number) => void) {
    this.#tree = new AppendOnlyTree(hash)
    this.#current = new LeafReader(evidence.currentLeaves)
    this.#sealed = evidence.sealedLeaves === undefined ? undefined : new LeafReader(evidence.sealedLeaves)
    this.#evidence = evidence
    this.#checkpoints = checkpoints
    this.#progress = progress
  }

  get leaves (): number {
    return this.#tree.size
  }

  async run (): Promise<LogFault | undefined> {
    for (;;) {
      const fault = this.#verifyCheckpoints()
      if (fault !== undefined) return fault
      if (!this.#current.isReady) await this.#current.fill()
      if (this.#sealed?.isReady === false) await this.#sealed.fill()
      const current = this.#current.peek()
      const sealed = this.#sealed === undefined ? current : this.#sealed.peek()
      if (current === undefined && sealed === undefined) return this.#finish()
      if (current !== undefined && sealed !== undefined && hasOtherId(current, sealed)) return { kind: 'record', leaf: this.#tree.size, event: current.id }
      if (current === undefined || sealed === undefined || !isUnchangedLeaf(current, sealed)) return await this.#explainDifference()
      this.#append(current)
    }
  }

  #append (leaf: Leaf): void {
    this.#current.advance()
    this.#sealed?.advance()
    this.#tree.append(leaf.hash, this.#compareSubtree)
    if (this.#tree.size % 10_000 === 0) this.#progress(this.#tree.size)
  }

  readonly #compareSubtree = (subtree: Subtree, hash: Uint8Array): void => {
    const stored = this.#evidence.storedSubtree?.(subtree)
    if (stored !== undefined && !isSameHash(stored, hash)) this.#wrongSubtree ??= subtree
  }

  /** Verifies the checkpoints of the current size. */
  #verifyCheckpoints (): LogFault | undefined {
    for (let claim = this.#checkpoints[this.#nextCheckpoint]; claim?.checkpoint.size === this.#tree.size; claim = this.#checkpoints[++this.#nextCheckpoint]) {
      if (!isSameHash(this.#tree.root(), claim.checkpoint.root)) return { kind: 'corrupt-range', from: this.#verifiedSize, to: claim.checkpoint.size, source: claim.source }
      this.#verifiedSize = claim.checkpoint.size
    }
  }

  #finish (): LogFault | undefined {
    if (this.#nextCheckpoint < this.#checkpoints.length) return { kind: 'cut', leaf: this.#tree.size, event: undefined }
    return this.#wrongSubtree === undefined ? undefined : { kind: 'subtree', ...this.#wrongSubtree }
  }

  /** Explains a difference between the current and the sealed leaves. The next checkpoint shows which of them is right. */
  async #explainDifference (): Promise<LogFault | undefined> {
    const leaf = this.#tree.size
    const [current, sealed] = [await this.#current.readAhead(), await this.#sealed!.readAhead()]
    const claim = this.#checkpoints[this.#nextCheckpoint]
    // Two files that were downloaded at different times differ at the end, which no checkpoint covers.
    if (claim === undefined) return undefined
    if (await this.#hasRoot(claim, this.#sealed!)) return classifyDifference(leaf, current, sealed)
    if (await this.#hasRoot(claim, this.#current)) return { kind: 'record', leaf, event: current[0]?.id }
    return { kind: 'corrupt-range', from: this.#verifiedSize, to: claim.checkpoint.size, source: claim.source }
  }

  /** Returns whether these leaves give the root of the checkpoint. */
  async #hasRoot ({ checkpoint: { size, root } }: SourcedCheckpoint, leaves: LeafReader): Promise<boolean> {
    const tree = this.#tree.copy()
    while (tree.size < size && (leaves.isReady || await leaves.fill())) {
      tree.append(leaves.peek()!.hash)
      leaves.advance()
    }
    return tree.size === size && isSameHash(tree.root(), root)
  }
}

/** Returns whether the sealed record of an unchanged event names another event. The id is a part of the leaf, so the record is wrong. */
function hasOtherId (current: Leaf, sealed: Leaf): boolean {
  return current !== sealed && isUnchangedLeaf(current, sealed) && current.id !== undefined && sealed.id !== undefined && current.id !== sealed.id
}

/** Compares hash and, if both are known, sequence: a changed sequence moves the event. */
function isUnchangedLeaf (current: Leaf, sealed: Leaf): boolean {
  return isSameHash(current.hash, sealed.hash) && (current.sequence === undefined || sealed.sequence === undefined || current.sequence === sealed.sequence)
}
