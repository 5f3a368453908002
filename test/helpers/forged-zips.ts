/** ZIP files in which programs find something else than a verifier might: each the export's own files, and a trick. */
import { crc32, deflateRawSync } from 'node:zlib'
import { ZipFile } from 'yazl'
import { buffer } from 'node:stream/consumers'
import type { Readable } from 'node:stream'

type Files = Readonly<Record<string, string>>

interface Part {
  readonly name: string
  readonly content: string | Uint8Array
  /** In the directory; null for what only the local header tells of. */
  readonly listedAs?: string | null
  readonly method?: number
  readonly extra?: Uint8Array
  readonly localSize?: number
  /** Behind the packed bytes, and counted among them. */
  readonly packedTail?: Uint8Array
  /** Behind the whole of it, and counted nowhere. */
  readonly tail?: Uint8Array
}

const none = new Uint8Array(0)

function fields (...pairs: ReadonlyArray<readonly [bytes: 2 | 4, value: number]>): Buffer {
  return Buffer.concat(pairs.map(([bytes, value]) => {
    const field = Buffer.alloc(bytes)
    field.writeUIntLE(value, 0, bytes)
    return field
  }))
}

/** As it is told to, right or wrong. */
export function handMadeZip (parts: readonly Part[], comment = ''): Buffer {
  const [body, directory]: [Uint8Array[], Uint8Array[]] = [[], []]
  let at = 0
  for (const { name, content, listedAs = name, method = 0, extra = none, localSize, packedTail = none, tail = none } of parts) {
    const plain = Buffer.from(content as string)
    const packed = Buffer.concat([method === 8 ? deflateRawSync(plain) : plain, packedTail])
    const rest = (length: number, size = plain.length) => fields([2, 0], [2, method], [4, 0], [4, crc32(plain)], [4, packed.length], [4, size], [2, length], [2, extra.length])
    const entry = [Buffer.concat([fields([4, 0x04034b50], [2, 20]), rest(Buffer.byteLength(name), localSize), Buffer.from(name), extra]), packed, tail]
    if (listedAs !== null) directory.push(fields([4, 0x02014b50], [2, 20], [2, 20]), rest(Buffer.byteLength(listedAs)), fields([2, 0], [2, 0], [2, 0], [4, 0], [4, at]), Buffer.from(listedAs), extra)
    body.push(...entry)
    at += entry.reduce((sum, { length }) => sum + length, 0)
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const count = parts.filter(part => part.listedAs !== null).length
  return Buffer.concat([...body, ...directory, fields([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, size], [4, at], [2, comment.length]), Buffer.from(comment)])
}

/** ZIP64, as the server writes what is longer than 4 GB. */
export async function longZip (files: Files): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name, { forceZip64Format: true })
  zip.end({ forceZip64Format: true, comment: '' })
  return await buffer(zip.outputStream as Readable)
}

const csv = 'delivery-records.csv'
const forged = 'slipNumber,state\r\nK7Q-XM2-P9V,returned\r\n'
/** An extra field by which some programs show another name. */
const otherName = Buffer.concat([fields([2, 0x7075], [2, 6]), Buffer.of(1, 0, 0, 0, 0), Buffer.from('x')])

interface Forgery {
  readonly name: string
  readonly zip: (exported: Files) => Buffer
  readonly says: readonly [key: string, values: Readonly<Record<string, string>>]
}

const parts = (files: Files, changes: Readonly<Record<string, Partial<Part>>> = {}): Part[] => Object.entries(files).map(([name, content]) => ({ name, content, ...changes[name] }))
const hidden = ['faults.zip-hidden', { file: 'export.zip' }] as const
const unreadable = ['missing.zip-unreadable', {}] as const

export const zipForgeries: readonly Forgery[] = [
  {
    name: 'the directory lists the forged file, the genuine one lies behind it',
    zip: exported => handMadeZip([{ name: csv, content: forged }, { name: csv, content: exported[csv]!, listedAs: null }, ...parts(exported).filter(({ name }) => name !== csv)]),
    says: hidden,
  },
  { name: 'the genuine file is the first, and the directory does not list it', zip: exported => handMadeZip([{ name: csv, content: exported[csv]!, listedAs: null }, ...parts({ ...exported, [csv]: forged })]), says: hidden },
  { name: 'a file has the same name as another', zip: exported => handMadeZip([{ name: csv, content: forged }, ...parts(exported)]), says: ['faults.file-twice', { file: csv }] },
  { name: 'the genuine file lies in a folder', zip: exported => handMadeZip([...parts({ ...exported, [csv]: forged }), { name: `y/${csv}`, content: exported[csv]! }]), says: ['faults.file-in-folder', { file: `y/${csv}` }] },
  { name: 'and in a folder of Windows', zip: exported => handMadeZip([...parts(exported), { name: `y\\${csv}`, content: forged }]), says: ['faults.file-in-folder', { file: `y\\${csv}` }] },
  { name: 'there are two manifests', zip: exported => handMadeZip([...parts(exported), { name: 'manifest (1).json', content: exported['manifest.json']! }]), says: ['faults.manifest-twice', { file: 'manifest (1).json' }] },
  { name: 'the local header names another file', zip: exported => handMadeZip(parts(exported, { [csv]: { name: 'other-records.csvx', listedAs: csv } })), says: ['faults.zip-other-name', { file: csv }] },
  { name: 'an extra field names another file', zip: exported => handMadeZip(parts(exported, { [csv]: { extra: otherName } })), says: ['faults.zip-other-name', { file: 'export.zip' }] },
  { name: 'the local header tells of another size', zip: exported => handMadeZip(parts(exported, { [csv]: { localSize: 1 } })), says: hidden },
  { name: 'between two files something lies', zip: exported => handMadeZip(parts(exported, { [csv]: { tail: Buffer.from(forged) } })), says: hidden },
  { name: 'behind the packed bytes of a file something lies', zip: exported => handMadeZip(parts(exported, { [csv]: { method: 8, packedTail: handMadeZip([{ name: csv, content: forged }]) } })), says: hidden },
  { name: 'behind them lies a single byte', zip: exported => handMadeZip(parts(exported, { [csv]: { method: 8, packedTail: Buffer.of(0) } })), says: hidden },
  { name: 'before the directory something lies', zip: exported => handMadeZip([...parts(exported), { name: csv, content: forged, listedAs: null }]), says: hidden },
  { name: 'something precedes the ZIP', zip: exported => Buffer.concat([handMadeZip([{ name: csv, content: forged }]), handMadeZip(parts(exported))]), says: hidden },
  { name: 'something follows the ZIP', zip: exported => Buffer.concat([handMadeZip(parts(exported)), Buffer.from(forged)]), says: unreadable },
  { name: 'the end has a comment', zip: exported => handMadeZip(parts(exported), forged), says: unreadable },
  { name: 'a file is packed in another way', zip: exported => handMadeZip(parts(exported, { [csv]: { method: 12 } })), says: unreadable },
]
