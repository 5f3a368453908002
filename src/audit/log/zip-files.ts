/** The files of a ZIP as its directory has them, once nothing else in it could be taken for them. Pure. */
import { FlateErrorCode, Gunzip, type FlateError } from 'fflate'
import type { Chunks } from './leaf-lines.js'
import { UnfitExport } from './unfit-export.js'
import { longNumbers, readDirectory, viewOf, type Sliceable, type ZipEntry } from './zip-directory.js'

export interface ZippedContent {
  readonly name: string
  chunks (): Chunks
}

const headerLength = 30
const withDescriptor = 0b1000
const method = { stored: 0, deflated: 8 }
/** Of packed bytes at a time, which can become a thousand times as many. */
const stride = 64 * 1024

/**
 * Every byte of the ZIP belongs to the directory or to one of these files, and both give it the same name.
 * @throws {UnfitExport}
 */
export async function filesInZip (zip: Sliceable): Promise<ZippedContent[]> {
  const { entries, at } = await readDirectory(zip)
  if (entries.length === 0) throw new UnfitExport('zip-unreadable')
  const inOrder = [...entries].sort((one, other) => one.offset - other.offset)
  const files: ZippedContent[] = []
  let end = 0
  for (const [place, entry] of inOrder.entries()) {
    if (entry.offset !== end) throw new UnfitExport('zip-hidden')
    const begin = await contentBegin(zip, entry)
    end = inOrder[place + 1]?.offset ?? at
    await requireNothingBetween(zip, entry, begin + entry.packed, end)
    files.push({ name: entry.name, chunks: () => contentOf(zip, entry, begin) })
  }
  return files
}

/** @throws {UnfitExport} when the local header, from which some programs read, says anything else than the directory */
async function contentBegin (zip: Sliceable, entry: ZipEntry): Promise<number> {
  const header = await viewOf(zip, entry.offset, headerLength)
  if (header.getUint32(0, true) !== 0x04034b50) throw new UnfitExport('zip-unreadable')
  const [nameLength, extraLength] = [header.getUint16(26, true), header.getUint16(28, true)]
  const name = new Uint8Array((await viewOf(zip, entry.offset + headerLength, nameLength)).buffer)
  if (name.length !== entry.nameBytes.length || name.some((byte, at) => byte !== entry.nameBytes[at])) throw new UnfitExport('zip-other-name', entry.name)
  const fields = await viewOf(zip, entry.offset + headerLength + nameLength, extraLength)
  const [size, packed] = longNumbers([22, 18].map(at => header.getUint32(at, true)), fields) as [number, number]
  const told = [header.getUint16(6, true), header.getUint16(8, true), header.getUint32(14, true), size, packed]
  const comesLater = (entry.flags & withDescriptor) !== 0 && told.slice(2).every(number => number === 0)
  const expected = [entry.flags, entry.method, ...comesLater ? [0, 0, 0] : [entry.crc, entry.size, entry.packed]]
  if (told.some((number, at) => number !== expected[at])) throw new UnfitExport('zip-hidden')
  return entry.offset + headerLength + nameLength + extraLength
}

/** Between a file and the next lies at most the descriptor that its flags announce, which repeats what the directory says. */
async function requireNothingBetween (zip: Sliceable, { flags, crc, packed, size }: ZipEntry, from: number, to: number): Promise<void> {
  const length = to - from
  if ((flags & withDescriptor) === 0 && length === 0) return
  if ((flags & withDescriptor) === 0 || (length !== 16 && length !== 24)) throw new UnfitExport('zip-hidden')
  const told = await viewOf(zip, from, length)
  const sizes = length === 16 ? [8, 12].map(at => told.getUint32(at, true)) : [8, 16].map(at => Number(told.getBigUint64(at, true)))
  if (told.getUint32(0, true) !== 0x08074b50 || told.getUint32(4, true) !== crc || sizes[0] !== packed || sizes[1] !== size) throw new UnfitExport('zip-hidden')
}

async function * contentOf (zip: Sliceable, entry: ZipEntry, begin: number): AsyncGenerator<Uint8Array> {
  const packed = entry.packed === 0 ? none() : zip.chunks(begin, begin + entry.packed)
  let size = 0
  for await (const piece of entry.method === method.deflated ? inflated(packed, entry.packed) : packed) {
    size += piece.length
    if (size > entry.size) break
    yield piece
  }
  if (size !== entry.size || (entry.method !== method.deflated && entry.method !== method.stored)) throw new UnfitExport('zip-unreadable')
}

/** What a gzip file begins with; and, before the next one in it, a check sum and a length that fflate does not look at. */
const gzipHead = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)
const gzipTail = new Uint8Array(8)

/**
 * Read as a gzip file after which another one follows: that tells where the packed stream ends. Whatever lies between
 * its end and the entry's would be seen by programs that look for files without the directory.
 */
async function * inflated (packed: Chunks, length: number): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = []
  const ends: number[] = []
  const gunzip = new Gunzip(piece => { pieces.push(piece) })
  gunzip.onmember = end => { ends.push(end - gzipHead.length - gzipTail.length) }
  const push = (bytes: Uint8Array) => {
    try {
      gunzip.push(bytes)
    } catch (error) {
      throw new UnfitExport((error as FlateError).code === FlateErrorCode.InvalidHeader ? 'zip-hidden' : 'zip-unreadable')
    }
    return pieces.splice(0)
  }
  push(gzipHead)
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += stride) yield * push(chunk.subarray(at, at + stride))
  }
  yield * push(gzipTail)
  yield * push(gzipHead)
  if (ends.length === 0) throw new UnfitExport('zip-unreadable')
  if (ends[0] !== length) throw new UnfitExport('zip-hidden')
}

async function * none (): AsyncGenerator<Uint8Array> {}
