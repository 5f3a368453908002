/** ZIP files that programs read differently: each has the files of an export and one forgery. */
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { ZipFile } from 'yazl'

type FilesByName = Readonly<Record<string, string>>

interface ZipPart {
  readonly name: string
  readonly content: string | Uint8Array
  /** The name in the central directory; null if only the local header has the file. */
  readonly listedAs?: string | null
  readonly method?: number
  readonly extra?: Uint8Array
  readonly localSize?: number
  /** The size in the central directory. */
  readonly listedSize?: number
  /** Bytes after the compressed data, included in its size. */
  readonly packedTail?: Uint8Array
  /** Bytes after the file, included in no size. */
  readonly tail?: Uint8Array
}

const noBytes = new Uint8Array(0)

function littleEndianFields (...pairs: ReadonlyArray<readonly [bytes: 2 | 4, value: number]>): Buffer {
  return Buffer.concat(pairs.map(([bytes, value]) => {
    const field = Buffer.alloc(bytes)
    field.writeUIntLE(value, 0, bytes)
    return field
  }))
}

/** Builds a ZIP from parts, without checking that they are consistent. */
export function buildZip (parts: readonly ZipPart[], comment = ''): Buffer {
  const [body, directory]: [Uint8Array[], Uint8Array[]] = [[], []]
  let at = 0
  for (const { name, content, listedAs = name, method = 0, extra = noBytes, localSize, listedSize, packedTail = noBytes, tail = noBytes } of parts) {
    const plain = Buffer.from(content as string)
    const packed = Buffer.concat([method === 8 ? deflateRawSync(plain) : plain, packedTail])
    const rest = (length: number, size = plain.length) => littleEndianFields([2, 0], [2, method], [4, 0], [4, crc32(plain)], [4, packed.length], [4, size], [2, length], [2, extra.length])
    const entry = [Buffer.concat([littleEndianFields([4, 0x04034b50], [2, 20]), rest(Buffer.byteLength(name), localSize), Buffer.from(name), extra]), packed, tail]
    if (listedAs !== null) directory.push(littleEndianFields([4, 0x02014b50], [2, 20], [2, 20]), rest(Buffer.byteLength(listedAs), listedSize), littleEndianFields([2, 0], [2, 0], [2, 0], [4, 0], [4, at]), Buffer.from(listedAs), extra)
    body.push(...entry)
    at += entry.reduce((sum, { length }) => sum + length, 0)
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const count = parts.filter(part => part.listedAs !== null).length
  return Buffer.concat([...body, ...directory, littleEndianFields([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, size], [4, at], [2, comment.length]), Buffer.from(comment)])
}

/** Builds a ZIP64, which the server writes for more than 4 GB. */
export async function buildZip64 (files: FilesByName): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name, { forceZip64Format: true })
  zip.end({ forceZip64Format: true, comment: '' })
  return await buffer(zip.outputStream as Readable)
}

const CSV_NAME = 'delivery-records.csv'
const FORGED_CSV = 'slipNumber,state\r\nK7Q-XM2-P9V,returned\r\n'
/** An extra field that makes some programs show another file name. */
const otherNameField = Buffer.concat([littleEndianFields([2, 0x7075], [2, 6]), Buffer.of(1, 0, 0, 0, 0), Buffer.from('x')])

interface ZipForgery {
  readonly name: string
  readonly zip: (exported: FilesByName) => Buffer
  readonly expected: readonly [key: string, values: Readonly<Record<string, string>>]
}

const toZipParts = (files: FilesByName, changes: Readonly<Record<string, Partial<ZipPart>>> = {}): ZipPart[] => Object.entries(files).map(([name, content]) => ({ name, content, ...changes[name] }))
const hiddenDataVerdict = ['faults.zip-hidden', { file: 'export.zip' }] as const
const unreadableVerdict = ['missing.zip-unreadable', {}] as const

export const zipForgeries: readonly ZipForgery[] = [
  {
    name: 'the directory lists the forged file, the genuine one follows it',
    zip: exported => buildZip([{ name: CSV_NAME, content: FORGED_CSV }, { name: CSV_NAME, content: exported[CSV_NAME]!, listedAs: null }, ...toZipParts(exported).filter(({ name }) => name !== CSV_NAME)]),
    expected: hiddenDataVerdict,
  },
  { name: 'the genuine file is the first, and the directory does not list it', zip: exported => buildZip([{ name: CSV_NAME, content: exported[CSV_NAME]!, listedAs: null }, ...toZipParts({ ...exported, [CSV_NAME]: FORGED_CSV })]), expected: hiddenDataVerdict },
  { name: 'a file has the same name as another', zip: exported => buildZip([{ name: CSV_NAME, content: FORGED_CSV }, ...toZipParts(exported)]), expected: ['faults.file-twice', { file: CSV_NAME }] },
  { name: 'the genuine file is in a folder', zip: exported => buildZip([...toZipParts({ ...exported, [CSV_NAME]: FORGED_CSV }), { name: `y/${CSV_NAME}`, content: exported[CSV_NAME]! }]), expected: ['faults.file-in-folder', { file: `y/${CSV_NAME}` }] },
  { name: 'a forged file is in a folder with a Windows separator', zip: exported => buildZip([...toZipParts(exported), { name: `y\\${CSV_NAME}`, content: FORGED_CSV }]), expected: ['faults.file-in-folder', { file: `y\\${CSV_NAME}` }] },
  { name: 'there are two manifests', zip: exported => buildZip([...toZipParts(exported), { name: 'manifest (1).json', content: exported['manifest.json']! }]), expected: ['faults.manifest-twice', { file: 'manifest (1).json' }] },
  { name: 'the local header names another file', zip: exported => buildZip(toZipParts(exported, { [CSV_NAME]: { name: 'other-records.csvx', listedAs: CSV_NAME } })), expected: ['faults.zip-other-name', { file: CSV_NAME }] },
  { name: 'an extra field names another file', zip: exported => buildZip(toZipParts(exported, { [CSV_NAME]: { extra: otherNameField } })), expected: ['faults.zip-other-name', { file: 'export.zip' }] },
  { name: 'the local header has another size', zip: exported => buildZip(toZipParts(exported, { [CSV_NAME]: { localSize: 1 } })), expected: hiddenDataVerdict },
  { name: 'there is data between two files', zip: exported => buildZip(toZipParts(exported, { [CSV_NAME]: { tail: Buffer.from(FORGED_CSV) } })), expected: hiddenDataVerdict },
  { name: 'there is data after the compressed bytes of a file', zip: exported => buildZip(toZipParts(exported, { [CSV_NAME]: { method: 8, packedTail: buildZip([{ name: CSV_NAME, content: FORGED_CSV }]) } })), expected: hiddenDataVerdict },
  { name: 'there is one byte after the compressed bytes of a file', zip: exported => buildZip(toZipParts(exported, { [CSV_NAME]: { method: 8, packedTail: Buffer.of(0) } })), expected: hiddenDataVerdict },
  { name: 'there is data before the directory', zip: exported => buildZip([...toZipParts(exported), { name: CSV_NAME, content: FORGED_CSV, listedAs: null }]), expected: hiddenDataVerdict },
  { name: 'there is data before the ZIP', zip: exported => Buffer.concat([buildZip([{ name: CSV_NAME, content: FORGED_CSV }]), buildZip(toZipParts(exported))]), expected: hiddenDataVerdict },
  { name: 'there is data after the ZIP', zip: exported => Buffer.concat([buildZip(toZipParts(exported)), Buffer.from(FORGED_CSV)]), expected: unreadableVerdict },
  { name: 'the end has a comment', zip: exported => buildZip(toZipParts(exported), FORGED_CSV), expected: unreadableVerdict },
  { name: 'a file uses an unsupported compression method', zip: exported => buildZip(toZipParts(exported, { [CSV_NAME]: { method: 12 } })), expected: unreadableVerdict },
]

/** Reads the files of a small ZIP by its central directory, in order. @throws if the end record is missing */
export function unzipFiles (zip: Buffer): Record<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0) throw new Error('not a ZIP: it has no end')
  const files: Record<string, Buffer> = {}
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map(offset => zip.readUInt16LE(at + offset)) as [number, number, number]
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const local = zip.readUInt32LE(at + 42)
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(begin, begin + zip.readUInt32LE(at + 20))
    files[name] = zip.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed)
    at += 46 + nameLength + extraLength + noteLength
  }
  return files
}
