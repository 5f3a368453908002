/** Formats and parses leaves of the log: each is the RFC 8785 canonical JSON of one audit event. Pure. */
import canonicalize from 'canonicalize'
import { fromBase64, HASH_LENGTH_BYTES, type TreeHasher } from './hashes.js'
import type { Leaf } from './leaf-difference.js'

export interface LoggedEvent {
  readonly id: string
  /** RFC 3339 in UTC, with milliseconds, or more decimals if the row has them. */
  readonly at: string
  readonly kind: string
  readonly actor: string
  readonly slip: string | null
  readonly account: string | null
  readonly service_point: string | null
  readonly facts: unknown
}

/** Formats a leaf: `{id, at, kind, actor, slip?, account?, servicePoint?, facts}` in canonical order. */
export function formatLeaf ({ id, at, kind, actor, slip, account, service_point: servicePoint, facts }: LoggedEvent): string {
  return canonicalize({
    id, at, kind, actor, facts, slip: slip ?? undefined, account: account ?? undefined, servicePoint: servicePoint ?? undefined,
  })!
}

/** Returns the id of the event in a leaf; undefined when the text is not such a leaf. */
export function parseEventId (leaf: string): string | undefined {
  return /"id":"([0-9a-f-]{36})","kind":/.exec(leaf)?.[1]
}

export type Chunks = AsyncIterable<Uint8Array>

/** A line that does not have the format of its file. Lines are numbered from 1. */
export class UnreadableLine extends Error {
  readonly what: 'leaves' | 'hashes'
  readonly line: number
  constructor (what: UnreadableLine['what'], line: number) {
    super(`${what}: line ${line}`)
    this.what = what
    this.line = line
  }
}

/** Parses a file of leaves, one per line. An incomplete last line is ignored. */
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

/** Parses a file of leaf hashes, one per line, each followed by the id of its event. */
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

/** A leaf from a file. Its id is parsed on demand, because only a wrong leaf is named. */
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
  let rest = new Uint8Array(0)
  for await (const chunk of chunks) {
    const bytes = concatBytes(rest, chunk)
    const complete: Uint8Array[] = []
    let from = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      complete.push(bytes.subarray(from, end))
      from = end + 1
    }
    rest = bytes.slice(from)
    yield { complete }
  }
  if (rest.length > 0) yield { complete: [], incomplete: rest }
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
