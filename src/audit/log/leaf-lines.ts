/** Leaves and leaf hashes from files, as they were taken over the API. Pure. */
import { fromBase64 } from './base64.js'
import type { Leaf } from './difference.js'
import { parseEventId } from './leaf.js'
import { HASH_LENGTH_BYTES, type TreeHasher } from './tree-hash.js'

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
