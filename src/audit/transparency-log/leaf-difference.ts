/** Two orders of leaves, from where they first differ: what was done to the first of them? Pure. */

export interface Leaf {
  readonly hash: Uint8Array
  /** The event's id and number, where they are known. */
  readonly id?: string | undefined
  readonly sequence?: number | undefined
}

/** What was done, and to which leaf: its place in the log as it was sealed. */
export interface LeafDifference {
  readonly kind: 'altered' | 'removed' | 'inserted' | 'reordered' | 'cut'
  readonly leaf: number
  readonly event: string | undefined
}

/** How far ahead is looked for a leaf that is not in its place. */
const WINDOW_SIZE = 10_000

/** Reads leaves one by one from batches; only a new batch is waited for, and that is asked for ahead. */
export class LeafReader {
  readonly #batches: AsyncIterator<readonly Leaf[]>
  #batch: readonly Leaf[] = []
  #at = 0
  #coming: Promise<IteratorResult<readonly Leaf[]>> | undefined

  constructor (batches: AsyncIterable<readonly Leaf[]>) {
    this.#batches = batches[Symbol.asyncIterator]()
  }

  get isReady (): boolean {
    return this.#at < this.#batch.length
  }

  /** @returns false when there is no leaf left */
  async fill (): Promise<boolean> {
    while (!this.isReady) {
      const batch = await this.#nextBatch()
      if (batch === undefined) return false
      this.#batch = batch
      this.#at = 0
    }
    return true
  }

  /** The next leaf; undefined until there is one. */
  peek (): Leaf | undefined {
    return this.#batch[this.#at]
  }

  skip (): void {
    this.#at++
  }

  /** The next leaves, which stay to be read. */
  async readAhead (): Promise<readonly Leaf[]> {
    let ahead = this.#batch.slice(this.#at)
    while (ahead.length < WINDOW_SIZE) {
      const batch = await this.#nextBatch()
      if (batch === undefined) break
      ahead = [...ahead, ...batch]
    }
    this.#batch = ahead
    this.#at = 0
    return ahead
  }

  async #nextBatch (): Promise<readonly Leaf[] | undefined> {
    const { done, value } = await (this.#coming ?? this.#batches.next())
    this.#coming = done === true ? undefined : this.#batches.next()
    // Whoever reads on is told; whoever has seen enough is not.
    this.#coming?.catch(() => {})
    return done === true ? undefined : value
  }
}

/** @param there what is found from that leaf on, `sealed` what was; their first ones differ */
export function classifyDifference (leaf: number, there: readonly Leaf[], sealed: readonly Leaf[]): LeafDifference {
  const [found, recorded] = [there[0], sealed[0]]
  if (found === undefined) return { kind: 'cut', leaf, event: recorded?.id }
  if (recorded === undefined) return { kind: 'inserted', leaf, event: found.id }
  const name = { leaf, event: recorded.id ?? found.id }
  if (found.id !== undefined && found.id === recorded.id) return { kind: hasSameHash(found, recorded) ? 'reordered' : 'altered', ...name }
  const comesLater = there.some(one => isSameLeaf(one, recorded))
  const belongsLater = sealed.some(one => isSameLeaf(one, found))
  if (comesLater && belongsLater) return { kind: 'reordered', ...name }
  if (comesLater) return { kind: 'inserted', leaf, event: found.id }
  return { kind: belongsLater ? 'removed' : 'altered', leaf, event: belongsLater ? recorded.id : name.event }
}

function isSameLeaf (one: Leaf, other: Leaf): boolean {
  return one.id !== undefined && other.id !== undefined ? one.id === other.id : hasSameHash(one, other)
}

function hasSameHash (one: Leaf, other: Leaf): boolean {
  return one.hash.every((byte, at) => byte === other.hash[at])
}
