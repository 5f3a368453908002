/** Reads the directory of a ZIP. A ZIP that programs could read in different ways is rejected. Pure. */
import type { Chunks } from './leaves.js'

/** A file that can be read from any position. */
export interface RandomAccessFile {
  readonly size: number
  /** Reads the whole file, or the bytes from `from` to `to`, without `to`. */
  chunks (from?: number, to?: number): Chunks
}

export interface ZipEntry {
  readonly name: string
  readonly nameBytes: Uint8Array
  readonly flags: number
  readonly method: number
  readonly crc: number
  /** The offset of the local header. */
  readonly headerOffset: number
  readonly compressedSize: number
  readonly uncompressedSize: number
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[]
  /** The offset of the directory. */
  readonly offset: number
}

/** Far more than needed: an export has two entries. */
const MAX_DIRECTORY_BYTES = 1024 * 1024
const END_RECORD_BYTES = 22
const ZIP64_LOCATOR_BYTES = 20
const ZIP64_END_RECORD_BYTES = 56
const ENTRY_HEADER_BYTES = 46
/** Marks that the number is in a 64-bit field instead. */
const ZIP64_MARKER = 0xffffffff
/** Flags that do not change how to read an entry: compression level, data descriptor, UTF-8 name. */
const ALLOWED_FLAGS = 0b1000_0000_1110
const extraFieldIds = { long: 0x0001, otherName: 0x7075 }

/** Reads the directory. @throws {InvalidExportError} */
export async function readZipDirectory (zip: RandomAccessFile): Promise<ZipDirectory> {
  const { offset, size, count, end } = await locateDirectory(zip)
  if (size > MAX_DIRECTORY_BYTES) throw new InvalidExportError('zip-unreadable')
  if (offset + size !== end) throw new InvalidExportError('zip-hidden')
  const bytes = await readView(zip, offset, size)
  const entries: ZipEntry[] = []
  let read = 0
  while (entries.length < count) {
    const entry = sliceView(bytes, read, ENTRY_HEADER_BYTES)
    if (entry.getUint32(0, true) !== 0x02014b50) throw new InvalidExportError('zip-unreadable')
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map(position => entry.getUint16(position, true)) as [number, number, number]
    entries.push(parseEntry(entry, sliceView(bytes, read + ENTRY_HEADER_BYTES, nameLength), sliceView(bytes, read + ENTRY_HEADER_BYTES + nameLength, extraLength)))
    read += ENTRY_HEADER_BYTES + nameLength + extraLength + commentLength
  }
  if (read !== size) throw new InvalidExportError('zip-hidden')
  return { entries, offset }
}

/** Reads bytes of the file. @throws {InvalidExportError} when they are outside the file */
export async function readView (zip: RandomAccessFile, from: number, length: number): Promise<DataView> {
  if (from < 0 || from + length > zip.size) throw new InvalidExportError('zip-unreadable')
  const bytes = new Uint8Array(length)
  let written = 0
  if (length > 0) {
    for await (const chunk of zip.chunks(from, from + length)) {
      bytes.set(chunk, written)
      written += chunk.length
    }
  }
  return new DataView(bytes.buffer)
}

/** Replaces marked numbers with those of the 64-bit field. @throws {InvalidExportError} when an extra field contains another name */
export function resolveZip64Numbers (numbers: readonly number[], fields: DataView): number[] {
  const long = parseExtraFields(fields).get(extraFieldIds.long)
  let at = 0
  return numbers.map(number => {
    if (number !== ZIP64_MARKER) return number
    at += 8
    return readUint64(sliceView(long ?? new DataView(new ArrayBuffer(0)), at - 8, 8), 0)
  })
}

async function locateDirectory (zip: RandomAccessFile) {
  const end = await readView(zip, zip.size - END_RECORD_BYTES, END_RECORD_BYTES)
  if (end.getUint32(0, true) !== 0x06054b50 || end.getUint32(4, true) !== 0 || end.getUint16(20, true) !== 0) throw new InvalidExportError('zip-unreadable')
  const [count, size, offset] = [end.getUint16(10, true), end.getUint32(12, true), end.getUint32(16, true)]
  const short = { count, size, offset, end: zip.size - END_RECORD_BYTES }
  if (short.end < ZIP64_LOCATOR_BYTES) return short
  const locator = await readView(zip, short.end - ZIP64_LOCATOR_BYTES, ZIP64_LOCATOR_BYTES)
  if (locator.getUint32(0, true) !== 0x07064b50) return short
  const longEnd = short.end - ZIP64_LOCATOR_BYTES - ZIP64_END_RECORD_BYTES
  const record = await readView(zip, longEnd, ZIP64_END_RECORD_BYTES)
  if (readUint64(locator, 8) !== longEnd || record.getUint32(0, true) !== 0x06064b50) throw new InvalidExportError('zip-hidden')
  const long = { count: readUint64(record, 32), size: readUint64(record, 40), offset: readUint64(record, 48), end: longEnd }
  const isConsistent = (count === 0xffff || count === long.count) && (size === ZIP64_MARKER || size === long.size) && (offset === ZIP64_MARKER || offset === long.offset)
  if (!isConsistent) throw new InvalidExportError('zip-hidden')
  return long
}

function parseEntry (entry: DataView, name: DataView, fields: DataView): ZipEntry {
  const [flags, method, crc] = [entry.getUint16(8, true), entry.getUint16(10, true), entry.getUint32(16, true)]
  if ((flags & ~ALLOWED_FLAGS) !== 0 || entry.getUint16(34, true) !== 0) throw new InvalidExportError('zip-unreadable')
  const [size, compressedSize, headerOffset] = resolveZip64Numbers([24, 20, 42].map(position => entry.getUint32(position, true)), fields) as [number, number, number]
  const nameBytes = new Uint8Array(name.buffer, name.byteOffset, name.byteLength)
  return { name: new TextDecoder().decode(nameBytes), nameBytes, flags, method, crc, headerOffset, compressedSize, uncompressedSize: size }
}

function parseExtraFields (fields: DataView): Map<number, DataView> {
  const found = new Map<number, DataView>()
  for (let at = 0; at < fields.byteLength;) {
    const head = sliceView(fields, at, 4)
    const [id, length] = [head.getUint16(0, true), head.getUint16(2, true)]
    if (id === extraFieldIds.otherName) throw new InvalidExportError('zip-other-name')
    if (found.has(id)) throw new InvalidExportError('zip-unreadable')
    found.set(id, sliceView(fields, at + 4, length))
    at += 4 + length
  }
  return found
}

function sliceView (view: DataView, from: number, length: number): DataView {
  if (from + length > view.byteLength) throw new InvalidExportError('zip-unreadable')
  return new DataView(view.buffer, view.byteOffset + from, length)
}

/** Reads a 64-bit number. A number that is too large to be exact is beyond the end of any file. */
function readUint64 (view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}

/** Why the files of an export cannot be verified: programs or people could confuse them. */
export type InvalidExportReason =
  /** Not a ZIP, damaged, or compressed with another method. */
  | 'zip-unreadable'
  /** Unpacked, the files would be far larger than those of any export. */
  | 'zip-too-large'
  /** The ZIP has bytes that belong to none of its files. */
  | 'zip-hidden'
  /** A file of the ZIP has two names. */
  | 'zip-other-name'
  | 'file-twice' | 'file-in-folder' | 'manifest-twice'

export class InvalidExportError extends Error {
  readonly kind: InvalidExportReason
  /** The name of the file; undefined when the whole export is affected. */
  readonly file: string | undefined

  constructor (kind: InvalidExportReason, file?: string) {
    super(file === undefined ? kind : `${kind}: ${file}`)
    this.kind = kind
    this.file = file
  }
}
