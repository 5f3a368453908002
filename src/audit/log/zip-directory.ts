/** The directory of a ZIP, by which programs show what is in it. Where programs differ in what they make of it, it is refused. Pure. */
import type { Chunks } from './leaf-lines.js'
import { UnfitExport } from './unfit-export.js'

/** A file of which any part can be read. */
export interface Sliceable {
  readonly size: number
  /** All of it, or the bytes from one place up to another. */
  chunks (from?: number, to?: number): Chunks
}

export interface ZipEntry {
  readonly name: string
  readonly nameBytes: Uint8Array
  readonly flags: number
  readonly method: number
  readonly crc: number
  /** Where its local header begins. */
  readonly offset: number
  readonly packed: number
  readonly size: number
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[]
  /** Where it begins. */
  readonly at: number
}

/** An export has two entries. */
const largestDirectory = 1024 * 1024
const endLength = 22
const locatorLength = 20
const longEndLength = 56
const entryLength = 46
/** That another field, of 64 bits, says how much. */
const elsewhere = 0xffffffff
/** Bits that say nothing of how to read an entry: the effort of packing it, a data descriptor, a name in UTF-8. */
const knownFlags = 0b1000_0000_1110
const extra = { long: 0x0001, otherName: 0x7075 }

/** @throws {UnfitExport} */
export async function readDirectory (zip: Sliceable): Promise<ZipDirectory> {
  const { at, size, count, end } = await findDirectory(zip)
  if (size > largestDirectory) throw new UnfitExport('zip-unreadable')
  if (at + size !== end) throw new UnfitExport('zip-hidden')
  const bytes = await viewOf(zip, at, size)
  const entries: ZipEntry[] = []
  let read = 0
  while (entries.length < count) {
    const entry = within(bytes, read, entryLength)
    if (entry.getUint32(0, true) !== 0x02014b50) throw new UnfitExport('zip-unreadable')
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map(offset => entry.getUint16(offset, true)) as [number, number, number]
    entries.push(entryOf(entry, within(bytes, read + entryLength, nameLength), within(bytes, read + entryLength + nameLength, extraLength)))
    read += entryLength + nameLength + extraLength + noteLength
  }
  if (read !== size) throw new UnfitExport('zip-hidden')
  return { entries, at }
}

/** The bytes of one place. @throws {UnfitExport} where the file has none */
export async function viewOf (zip: Sliceable, from: number, length: number): Promise<DataView> {
  if (from < 0 || from + length > zip.size) throw new UnfitExport('zip-unreadable')
  const bytes = new Uint8Array(length)
  let at = 0
  if (length > 0) {
    for await (const chunk of zip.chunks(from, from + length)) {
      bytes.set(chunk, at)
      at += chunk.length
    }
  }
  return new DataView(bytes.buffer)
}

/** Sizes and place, with what their 64-bit field says. @throws {UnfitExport} when an extra field gives another name */
export function longNumbers (numbers: readonly number[], fields: DataView): number[] {
  const long = extraFields(fields).get(extra.long)
  let at = 0
  return numbers.map(number => {
    if (number !== elsewhere) return number
    at += 8
    return bigAt(within(long ?? new DataView(new ArrayBuffer(0)), at - 8, 8), 0)
  })
}

async function findDirectory (zip: Sliceable) {
  const end = await viewOf(zip, zip.size - endLength, endLength)
  if (end.getUint32(0, true) !== 0x06054b50 || end.getUint32(4, true) !== 0 || end.getUint16(20, true) !== 0) throw new UnfitExport('zip-unreadable')
  const [count, size, at] = [end.getUint16(10, true), end.getUint32(12, true), end.getUint32(16, true)]
  const short = { count, size, at, end: zip.size - endLength }
  if (short.end < locatorLength) return short
  const locator = await viewOf(zip, short.end - locatorLength, locatorLength)
  if (locator.getUint32(0, true) !== 0x07064b50) return short
  const longEnd = short.end - locatorLength - longEndLength
  const record = await viewOf(zip, longEnd, longEndLength)
  if (bigAt(locator, 8) !== longEnd || record.getUint32(0, true) !== 0x06064b50) throw new UnfitExport('zip-hidden')
  const long = { count: bigAt(record, 32), size: bigAt(record, 40), at: bigAt(record, 48), end: longEnd }
  const agree = (count === 0xffff || count === long.count) && (size === elsewhere || size === long.size) && (at === elsewhere || at === long.at)
  if (!agree) throw new UnfitExport('zip-hidden')
  return long
}

function entryOf (entry: DataView, name: DataView, fields: DataView): ZipEntry {
  const [flags, method, crc] = [entry.getUint16(8, true), entry.getUint16(10, true), entry.getUint32(16, true)]
  if ((flags & ~knownFlags) !== 0 || entry.getUint16(34, true) !== 0) throw new UnfitExport('zip-unreadable')
  const [size, packed, offset] = longNumbers([24, 20, 42].map(at => entry.getUint32(at, true)), fields) as [number, number, number]
  const nameBytes = new Uint8Array(name.buffer, name.byteOffset, name.byteLength)
  return { name: new TextDecoder().decode(nameBytes), nameBytes, flags, method, crc, offset, packed, size }
}

function extraFields (fields: DataView): Map<number, DataView> {
  const found = new Map<number, DataView>()
  for (let at = 0; at < fields.byteLength;) {
    const head = within(fields, at, 4)
    const [id, length] = [head.getUint16(0, true), head.getUint16(2, true)]
    if (id === extra.otherName) throw new UnfitExport('zip-other-name')
    if (found.has(id)) throw new UnfitExport('zip-unreadable')
    found.set(id, within(fields, at + 4, length))
    at += 4 + length
  }
  return found
}

function within (view: DataView, from: number, length: number): DataView {
  if (from + length > view.byteLength) throw new UnfitExport('zip-unreadable')
  return new DataView(view.buffer, view.byteOffset + from, length)
}

/** Beyond what a number holds exactly it is beyond the end of any file too. */
function bigAt (view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}
