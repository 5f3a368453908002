/** Classifies the first difference between the current leaves and the sealed leaves. Pure. */

export interface Leaf {
  readonly hash: Uint8Array
  /** The id and the sequence of the event, if known. */
  readonly id?: string | undefined
  readonly sequence?: number | undefined
}

/** What was changed, and the index of the leaf in the sealed log. */
export interface LeafDifference {
  readonly kind: 'altered' | 'removed' | 'inserted' | 'reordered' | 'cut'
  readonly leaf: number
  readonly event: string | undefined
}

/** How many leaves to read ahead in search of a moved leaf. */
const WINDOW_SIZE = 10_000

/** Reads leaves one by one from batches. The next batch is requested ahead of time. */
export class LeafReader {
  readonly #batches: AsyncIterator<readonly Leaf[]>
  #batch: readonly Leaf[] = []
  #index = 0
  #nextResult: Promise<IteratorResult<readonly Leaf[]>> | undefined

  constructor (batches: AsyncIterable<readonly Leaf[]>) {
    this.#batches = batches[Symbol.asyncIterator]()
  }

  get isReady (): boolean {
    return this.#index < this.#batch.length
  }

  /** Waits for the next leaf. @returns false when none is left */
  async fill (): Promise<boolean> {
    while (!this.isReady) {
      const batch = await this.#nextBatch()
      if (batch === undefined) return false
      this.#batch = batch
      this.#index = 0
    }
    return true
  }

  /** Returns the next leaf; undefined until it has been read. */
  peek (): Leaf | undefined {
    return this.#batch[this.#index]
  }

  advance (): void {
    this.#index++
  }

  /** Returns the next leaves without consuming them. */
  async readAhead (): Promise<readonly Leaf[]> {
    let ahead = this.#batch.slice(this.#index)
    while (ahead.length < WINDOW_SIZE) {
      const batch = await this.#nextBatch()
      if (batch === undefined) break
      ahead = [...ahead, ...batch]
    }
    this.#batch = ahead
    this.#index = 0
    return ahead
  }

  async #nextBatch (): Promise<readonly Leaf[] | undefined> {
    const { done, value } = await (this.#nextResult ?? this.#batches.next())
    this.#nextResult = done === true ? undefined : this.#batches.next()
    // An error is reported when the batch is read; if it never is, it must not be an unhandled rejection.
    this.#nextResult?.catch(() => {})
    return done === true ? undefined : value
  }
}

/** Classifies a difference. @param current the leaves from that index on; its first one differs from the first of `sealed` */
export function classifyDifference (leaf: number, current: readonly Leaf[], sealed: readonly Leaf[]): LeafDifference {
  const [found, expected] = [current[0], sealed[0]]
  if (found === undefined) return { kind: 'cut', leaf, event: expected?.id }
  if (expected === undefined) return { kind: 'inserted', leaf, event: found.id }
  const difference = { leaf, event: expected.id ?? found.id }
  if (found.id !== undefined && found.id === expected.id) return { kind: hasSameHash(found, expected) ? 'reordered' : 'altered', ...difference }
  const isFoundLater = current.some(one => isSameLeaf(one, expected))
  const isExpectedLater = sealed.some(one => isSameLeaf(one, found))
  if (isFoundLater && isExpectedLater) return { kind: 'reordered', ...difference }
  if (isFoundLater) return { kind: 'inserted', leaf, event: found.id }
  return { kind: isExpectedLater ? 'removed' : 'altered', leaf, event: isExpectedLater ? expected.id : difference.event }
}

function isSameLeaf (one: Leaf, other: Leaf): boolean {
  return one.id !== undefined && other.id !== undefined ? one.id === other.id : hasSameHash(one, other)
}

function hasSameHash (one: Leaf, other: Leaf): boolean {
  return one.hash.every((byte, at) => byte === other.hash[at])
}
