/** Reads an export, from its files or its ZIP, and stores only length and SHA-256 of each file. Pure. */
import { type FlateError, FlateErrorCode, Gunzip } from 'fflate'
import { type ExportContents, isManifest } from './export-manifest.js'
import { toHex } from './hashes.js'
import type { Chunks } from './leaves.js'
import { InvalidExportError, type RandomAccessFile, readView, readZipDirectory, resolveZip64Numbers, type ZipEntry } from './zip-directory.js'

export interface Hasher {
  update (bytes: Uint8Array): unknown
  digest (): Uint8Array
}

/** A longer file is not a manifest. */
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

  /** Adds a file. @throws {InvalidExportError} when it could be confused with another file */
  async addFile (name: string, chunks: Chunks): Promise<void> {
    if (/[/\\]/.test(name)) throw new InvalidExportError('file-in-folder', name)
    const hasher = this.#hasher()
    const decoder = new TextDecoder()
    let [bytes, text] = [0, '']
    for await (const chunk of chunks) {
      bytes += chunk.length
      hasher.update(chunk)
      if (text.length <= MAX_MANIFEST_CHARS) text += decoder.decode(chunk.subarray(0, MAX_MANIFEST_CHARS), { stream: true })
    }
    if (isManifest(name, text)) {
      if (this.#manifest !== undefined) throw new InvalidExportError('manifest-twice', name)
      this.#manifest = text + decoder.decode()
    } else {
      if (this.#files.has(name)) throw new InvalidExportError('file-twice', name)
      this.#files.set(name, { bytes, sha256: toHex(hasher.digest()) })
    }
  }

  /** Adds every file of a ZIP. @throws {InvalidExportError} */
  async addZip (zip: RandomAccessFile): Promise<void> {
    for (const { name, chunks } of await readZipFiles(zip)) await this.addFile(name, chunks())
  }
}

export interface ZipFileContent {
  readonly name: string
  chunks (): Chunks
}

const LOCAL_HEADER_BYTES = 30
const DATA_DESCRIPTOR_FLAG = 0b1000
const compressionMethods = { stored: 0, deflated: 8 }
/** Compressed bytes to inflate at a time; they can expand a thousandfold, to 8 MB. */
const INFLATE_CHUNK_BYTES = 8 * 1024

/**
 * The limits of what a ZIP may hold, in all its files together. They bound the time too: how long a byte takes depends on
 * the machine, and a verdict must not. The densest export, of records that are almost alike, is 60 times smaller than its
 * content; a million records are about 1 GB of JSON.
 */
const limits = { ratio: 200, bytes: 16 * 1024 ** 3, alwaysAllowedBytes: 1024 * 1024 }

/**
 * Returns the files of a ZIP, after checking that programs cannot read it in different ways: every byte belongs to the
 * directory or to one file, and the directory and the file itself give the same name.
 * @throws {InvalidExportError}
 */
async function readZipFiles (zip: RandomAccessFile): Promise<ZipFileContent[]> {
  const { entries, offset } = await readZipDirectory(zip)
  if (entries.length === 0) throw new InvalidExportError('zip-unreadable')
  requireReasonableSize(zip, entries)
  const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset)
  const files: ZipFileContent[] = []
  let end = 0
  for (const [index, entry] of sorted.entries()) {
    if (entry.headerOffset !== end) throw new InvalidExportError('zip-hidden')
    const start = await locateContent(zip, entry)
    end = sorted[index + 1]?.headerOffset ?? offset
    await requireNoHiddenBytes(zip, entry, start + entry.compressedSize, end)
    files.push({ name: entry.name, chunks: () => readContent(zip, entry, start) })
  }
  return files
}

/** Refuses a ZIP bomb before anything is unpacked. No file can then become larger than its entry says. */
function requireReasonableSize (zip: RandomAccessFile, entries: readonly ZipEntry[]): void {
  const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
  if (total > limits.bytes || (total > limits.alwaysAllowedBytes && total > limits.ratio * zip.size)) throw new InvalidExportError('zip-too-large')
}

/** Returns where the content starts. @throws {InvalidExportError} when the local header, which some programs read, differs from the directory */
async function locateContent (zip: RandomAccessFile, entry: ZipEntry): Promise<number> {
  const header = await readView(zip, entry.headerOffset, LOCAL_HEADER_BYTES)
  if (header.getUint32(0, true) !== 0x04034b50) throw new InvalidExportError('zip-unreadable')
  const [nameLength, extraLength] = [header.getUint16(26, true), header.getUint16(28, true)]
  const name = new Uint8Array((await readView(zip, entry.headerOffset + LOCAL_HEADER_BYTES, nameLength)).buffer)
  if (name.length !== entry.nameBytes.length || name.some((byte, index) => byte !== entry.nameBytes[index])) throw new InvalidExportError('zip-other-name', entry.name)
  const fields = await readView(zip, entry.headerOffset + LOCAL_HEADER_BYTES + nameLength, extraLength)
  const [size, compressedSize] = resolveZip64Numbers([22, 18].map(offset => header.getUint32(offset, true)), fields) as [number, number]
  const found = [header.getUint16(6, true), header.getUint16(8, true), header.getUint32(14, true), size, compressedSize]
  const hasDataDescriptor = (entry.flags & DATA_DESCRIPTOR_FLAG) !== 0 && found.slice(2).every(number => number === 0)
  const expected = [entry.flags, entry.method, ...hasDataDescriptor ? [0, 0, 0] : [entry.crc, entry.uncompressedSize, entry.compressedSize]]
  if (found.some((number, index) => number !== expected[index])) throw new InvalidExportError('zip-hidden')
  return entry.headerOffset + LOCAL_HEADER_BYTES + nameLength + extraLength
}

/** Requires that only the data descriptor announced by the flags follows a file, and that it repeats the directory. */
async function requireNoHiddenBytes (zip: RandomAccessFile, { flags, crc, compressedSize, uncompressedSize }: ZipEntry, from: number, to: number): Promise<void> {
  const length = to - from
  if ((flags & DATA_DESCRIPTOR_FLAG) === 0 && length === 0) return
  if ((flags & DATA_DESCRIPTOR_FLAG) === 0 || (length !== 16 && length !== 24)) throw new InvalidExportError('zip-hidden')
  const descriptor = await readView(zip, from, length)
  const sizes = length === 16 ? [8, 12].map(offset => descriptor.getUint32(offset, true)) : [8, 16].map(offset => Number(descriptor.getBigUint64(offset, true)))
  if (descriptor.getUint32(0, true) !== 0x08074b50 || descriptor.getUint32(4, true) !== crc || sizes[0] !== compressedSize || sizes[1] !== uncompressedSize) throw new InvalidExportError('zip-hidden')
}

async function * readContent (zip: RandomAccessFile, entry: ZipEntry, start: number): AsyncGenerator<Uint8Array> {
  const compressed = entry.compressedSize === 0 ? emptyChunks() : zip.chunks(start, start + entry.compressedSize)
  let size = 0
  for await (const piece of entry.method === compressionMethods.deflated ? inflate(compressed, entry.compressedSize) : compressed) {
    size += piece.length
    if (size > entry.uncompressedSize) break
    yield piece
  }
  if (size !== entry.uncompressedSize || (entry.method !== compressionMethods.deflated && entry.method !== compressionMethods.stored)) throw new InvalidExportError('zip-unreadable')
}

/** The header of a gzip member, and its trailer: a checksum and a length, which fflate does not check. */
const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)
const gzipTrailer = new Uint8Array(8)

/**
 * Inflates an entry. It is read as a gzip file followed by another one, which shows where the compressed stream ends.
 * Programs that look for files without the directory would find anything between that end and the end of the entry.
 */
async function * inflate (compressed: Chunks, length: number): AsyncGenerator<Uint8Array> {
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
  for await (const chunk of compressed) {
    for (let offset = 0; offset < chunk.length; offset += INFLATE_CHUNK_BYTES) yield * push(chunk.subarray(offset, offset + INFLATE_CHUNK_BYTES))
  }
  yield * push(gzipTrailer)
  yield * push(gzipHeader)
  if (ends.length === 0) throw new InvalidExportError('zip-unreadable')
  if (ends[0] !== length) throw new InvalidExportError('zip-hidden')
}

async function * emptyChunks (): AsyncGenerator<Uint8Array> {}
