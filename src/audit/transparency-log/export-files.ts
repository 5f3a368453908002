/** Reads an export, file by file or out of its ZIP, and keeps of each file its length and SHA-256 alone. Pure. */
import { type FlateError, FlateErrorCode, Gunzip } from 'fflate'
import { type ExportContents, isManifest } from './export-manifest.js'
import { toHex } from './hashes.js'
import type { Chunks } from './leaves.js'
import { InvalidExportError, type RandomAccessFile, readView, readZipDirectory, resolveZip64Numbers, type ZipEntry } from './zip-directory.js'

export interface Hasher {
  update (bytes: Uint8Array): unknown
  digest (): Uint8Array
}

/** A manifest says little; more than this is none. */
const MAX_MANIFEST_CHARS = 1024 * 1024

export class ExportReader {
  readonly #hasher: () => Hasher
  readonly #files = new Map<string, { bytes: number, sha256: string }>()
  #manifest: string | undefined

  constructor (hasher: () => Hasher) {
    this.#hasher = hasher
  }

  get contents (): ExportContents {
    return { manifest: this.#manifest, files: this.#files }
  }

  /** @throws {InvalidExportError} when another file could be taken for it */
  async addFile (name: string, chunks: Chunks): Promise<void> {
    if (/[/\\]/.test(name)) throw new InvalidExportError('file-in-folder', name)
    const hasher = this.#hasher()
    const decoder = new TextDecoder()
    let [bytes, text] = [0, '']
    for await (const chunk of chunks) {
      bytes += chunk.length
      hasher.update(chunk)
      if (text.length <= MAX_MANIFEST_CHARS) text += decoder.decode(chunk, { stream: true })
    }
    if (isManifest(name, text)) {
      if (this.#manifest !== undefined) throw new InvalidExportError('manifest-twice', name)
      this.#manifest = text + decoder.decode()
    } else {
      if (this.#files.has(name)) throw new InvalidExportError('file-twice', name)
      this.#files.set(name, { bytes, sha256: toHex(hasher.digest()) })
    }
  }

  /** @throws {InvalidExportError} */
  async addZip (zip: RandomAccessFile): Promise<void> {
    for (const { name, chunks } of await readZipFiles(zip)) await this.addFile(name, chunks())
  }
}

// The files of a ZIP as its directory has them, once nothing else in it could be taken for them. Pure.

export interface ZipFileContent {
  readonly name: string
  chunks (): Chunks
}

const LOCAL_HEADER_BYTES = 30
const DATA_DESCRIPTOR_FLAG = 0b1000
const compressionMethods = { stored: 0, deflated: 8 }
/** Of packed bytes at a time, which can become a thousand times as many. */
const INFLATE_CHUNK_BYTES = 64 * 1024

/**
 * Every byte of the ZIP belongs to the directory or to one of these files, and both give it the same name.
 * @throws {InvalidExportError}
 */
export async function readZipFiles (zip: RandomAccessFile): Promise<ZipFileContent[]> {
  const { entries, offset } = await readZipDirectory(zip)
  if (entries.length === 0) throw new InvalidExportError('zip-unreadable')
  const inOrder = [...entries].sort((one, other) => one.headerOffset - other.headerOffset)
  const files: ZipFileContent[] = []
  let end = 0
  for (const [place, entry] of inOrder.entries()) {
    if (entry.headerOffset !== end) throw new InvalidExportError('zip-hidden')
    const begin = await locateContent(zip, entry)
    end = inOrder[place + 1]?.headerOffset ?? offset
    await requireNoHiddenBytes(zip, entry, begin + entry.compressedSize, end)
    files.push({ name: entry.name, chunks: () => readContent(zip, entry, begin) })
  }
  return files
}

/** @throws {InvalidExportError} when the local header, from which some programs read, says anything else than the directory */
async function locateContent (zip: RandomAccessFile, entry: ZipEntry): Promise<number> {
  const header = await readView(zip, entry.headerOffset, LOCAL_HEADER_BYTES)
  if (header.getUint32(0, true) !== 0x04034b50) throw new InvalidExportError('zip-unreadable')
  const [nameLength, extraLength] = [header.getUint16(26, true), header.getUint16(28, true)]
  const name = new Uint8Array((await readView(zip, entry.headerOffset + LOCAL_HEADER_BYTES, nameLength)).buffer)
  if (name.length !== entry.nameBytes.length || name.some((byte, at) => byte !== entry.nameBytes[at])) throw new InvalidExportError('zip-other-name', entry.name)
  const fields = await readView(zip, entry.headerOffset + LOCAL_HEADER_BYTES + nameLength, extraLength)
  const [size, packed] = resolveZip64Numbers([22, 18].map(at => header.getUint32(at, true)), fields) as [number, number]
  const told = [header.getUint16(6, true), header.getUint16(8, true), header.getUint32(14, true), size, packed]
  const comesLater = (entry.flags & DATA_DESCRIPTOR_FLAG) !== 0 && told.slice(2).every(number => number === 0)
  const expected = [entry.flags, entry.method, ...comesLater ? [0, 0, 0] : [entry.crc, entry.uncompressedSize, entry.compressedSize]]
  if (told.some((number, at) => number !== expected[at])) throw new InvalidExportError('zip-hidden')
  return entry.headerOffset + LOCAL_HEADER_BYTES + nameLength + extraLength
}

/** Between a file and the next lies at most the descriptor that its flags announce, which repeats what the directory says. */
async function requireNoHiddenBytes (zip: RandomAccessFile, { flags, crc, compressedSize, uncompressedSize }: ZipEntry, from: number, to: number): Promise<void> {
  const length = to - from
  if ((flags & DATA_DESCRIPTOR_FLAG) === 0 && length === 0) return
  if ((flags & DATA_DESCRIPTOR_FLAG) === 0 || (length !== 16 && length !== 24)) throw new InvalidExportError('zip-hidden')
  const told = await readView(zip, from, length)
  const sizes = length === 16 ? [8, 12].map(at => told.getUint32(at, true)) : [8, 16].map(at => Number(told.getBigUint64(at, true)))
  if (told.getUint32(0, true) !== 0x08074b50 || told.getUint32(4, true) !== crc || sizes[0] !== compressedSize || sizes[1] !== uncompressedSize) throw new InvalidExportError('zip-hidden')
}

async function * readContent (zip: RandomAccessFile, entry: ZipEntry, begin: number): AsyncGenerator<Uint8Array> {
  const packed = entry.compressedSize === 0 ? emptyChunks() : zip.chunks(begin, begin + entry.compressedSize)
  let size = 0
  for await (const piece of entry.method === compressionMethods.deflated ? inflate(packed, entry.compressedSize) : packed) {
    size += piece.length
    if (size > entry.uncompressedSize) break
    yield piece
  }
  if (size !== entry.uncompressedSize || (entry.method !== compressionMethods.deflated && entry.method !== compressionMethods.stored)) throw new InvalidExportError('zip-unreadable')
}

/** What a gzip file begins with; and, before the next one in it, a check sum and a length that fflate does not look at. */
const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)
const gzipTrailer = new Uint8Array(8)

/**
 * Read as a gzip file after which another one follows: that tells where the packed stream ends. Whatever lies between
 * its end and the entry's would be seen by programs that look for files without the directory.
 */
async function * inflate (packed: Chunks, length: number): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = []
  const ends: number[] = []
  const gunzip = new Gunzip(piece => { pieces.push(piece) })
  gunzip.onmember = end => { ends.push(end - gzipHeader.length - gzipTrailer.length) }
  const push = (bytes: Uint8Array) => {
    try {
      gunzip.push(bytes)
    } catch (error) {
      throw new InvalidExportError((error as FlateError).code === FlateErrorCode.InvalidHeader ? 'zip-hidden' : 'zip-unreadable')
    }
    return pieces.splice(0)
  }
  push(gzipHeader)
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += INFLATE_CHUNK_BYTES) yield * push(chunk.subarray(at, at + INFLATE_CHUNK_BYTES))
  }
  yield * push(gzipTrailer)
  yield * push(gzipHeader)
  if (ends.length === 0) throw new InvalidExportError('zip-unreadable')
  if (ends[0] !== length) throw new InvalidExportError('zip-hidden')
}

async function * emptyChunks (): AsyncGenerator<Uint8Array> {}
