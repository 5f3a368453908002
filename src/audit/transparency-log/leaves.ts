/** One leaf of the log: the RFC 8785 canonical JSON of one audit event. Pure. */
import canonicalize from 'canonicalize'
import { fromBase64, HASH_LENGTH_BYTES, type TreeHasher } from './hashes.js'
import type { Leaf } from './leaf-difference.js'

export interface LoggedEvent {
  readonly id: string
  /** RFC 3339 in UTC, to the millisecond, or finer where the row is. */
  readonly at: string
  readonly kind: string
  readonly actor: string
  readonly slip: string | null
  readonly account: string | null
  readonly service_point: string | null
  readonly facts: unknown
}

/** The leaf's text: `{id, at, kind, actor, slip?, account?, servicePointSchema?, facts}` in canonical order. */
export function formatLeaf ({ id, at, kind, actor, slip, account, service_point: servicePoint, facts }: LoggedEvent): string {
  return canonicalize({
    id, at, kind, actor, facts, slip: slip ?? undefined, account: account ?? undefined, servicePoint: servicePoint ?? undefined,
  })!
}

/** The id that a leaf's text holds; undefined when it is no leaf of ours. */
export function parseEventId (leaf: string): string | undefined {
  return /"id":"([0-9a-f-]{36})","kind":/.exec(leaf)?.[1]
}

// Leaves and leaf hashes from files, as they were taken over the API. Pure.

export type Chunks = AsyncIterable<Uint8Array>

/** A line that cannot be what the file is said to hold. Lines count from 1. */
export class UnreadableLine extends Error {
  readonly what: 'leaves' | 'hashes'
  readonly line: number
  constructor (what: UnreadableLine['what'], line: number) {
    super(`${what}: line ${line}`)
    this.what = what
    this.line = line
  }
}

/** Leaves, one a line. A last line that was torn off is none. */
export async function * parseLeaves (chunks: Chunks, hash: TreeHasher): AsyncGenerator<readonly Leaf[]> {
  let line = 0
  for await (const lines of splitLines(chunks)) {
    yield lines.complete.map(bytes => {
      line++
      if (bytes.length === 0) throw new UnreadableLine('leaves', line)
      return new ParsedLeaf(hash.leaf(bytes), bytes)
    })
    if (lines.incomplete !== undefined && isJson(lines.incomplete)) yield [new ParsedLeaf(hash.leaf(lines.incomplete), lines.incomplete)]
  }
}

/** Hashes, one a line, each with the id of its event behind it. */
export async function * parseLeafHashes (chunks: Chunks): AsyncGenerator<readonly Leaf[]> {
  let line = 0
  for await (const { complete } of splitLines(chunks)) {
    yield complete.map(bytes => {
      line++
      const [base64 = '', id] = new TextDecoder().decode(bytes).split(' ')
      const hash = fromBase64(base64)
      if (hash?.length !== HASH_LENGTH_BYTES) throw new UnreadableLine('hashes', line)
      return { hash, id }
    })
  }
}

/** Its id is looked for when it is asked for: only a wrong leaf is named. */
class ParsedLeaf implements Leaf {
  readonly hash: Uint8Array
  readonly #bytes: Uint8Array

  constructor (hash: Uint8Array, bytes: Uint8Array) {
    this.hash = hash
    this.#bytes = bytes
  }

  get id (): string | undefined {
    return parseEventId(new TextDecoder().decode(this.#bytes))
  }
}

interface LineBatch { readonly complete: readonly Uint8Array[], readonly incomplete?: Uint8Array }

async function * splitLines (chunks: Chunks): AsyncGenerator<LineBatch> {
  let open = new Uint8Array(0)
  for await (const chunk of chunks) {
    const bytes = concatBytes(open, chunk)
    const whole: Uint8Array[] = []
    let from = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      whole.push(bytes.subarray(from, end))
      from = end + 1
    }
    open = bytes.slice(from)
    yield { complete: whole }
  }
  if (open.length > 0) yield { complete: [], incomplete: open }
}

function concatBytes (one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

function isJson (bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(bytes))
    return true
  } catch {
    return false
  }
}
