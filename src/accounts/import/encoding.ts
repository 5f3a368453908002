/**
 * Decodes account files: UTF-8 with or without BOM, UTF-16 with BOM, and, where a person has chosen it, Windows-1252.
 * Decoding is strict: a file that is not in the encoding is refused, because replaced letters cannot be found again.
 */
import iconv from 'iconv-lite'
import { AccountFileError } from './file-errors.js'

/** The bytes of a file. It is read more than once. */
export interface ByteSource {
  /** The file's name without its folder. */
  readonly name: string
  readonly read: () => AsyncIterable<Uint8Array>
}

export type FileEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

const byteOrderMarks: ReadonlyArray<readonly [FileEncoding, readonly number[]]> = [
  ['utf-8', [0xef, 0xbb, 0xbf]], ['utf-16le', [0xff, 0xfe]], ['utf-16be', [0xfe, 0xff]],
]

/** The first bytes of files that people upload by mistake. */
const otherFormats: ReadonlyArray<readonly [string, readonly number[]]> = [
  ['excel-workbook', [0x50, 0x4b, 0x03, 0x04]], ['excel-workbook', [0xd0, 0xcf, 0x11, 0xe0]], ['not-text', [0x25, 0x50, 0x44, 0x46]],
]

/** Finds the encoding by the first bytes: a BOM, or else UTF-8. @throws {AccountFileError} for a workbook or a PDF */
export async function detectEncoding (source: ByteSource): Promise<Exclude<FileEncoding, 'windows-1252'>> {
  const start = await readStart(source)
  const startsWith = (bytes: readonly number[]) => bytes.every((byte, index) => start[index] === byte)
  const other = otherFormats.find(([, bytes]) => startsWith(bytes))
  if (other !== undefined) throw new AccountFileError(other[0])
  return byteOrderMarks.find(([, bytes]) => startsWith(bytes))?.[0] as Exclude<FileEncoding, 'windows-1252'> | undefined ?? 'utf-8'
}

/**
 * Decodes the whole file, without its BOM.
 * @throws {AccountFileError} `not-utf8`, `not-utf16` or `not-text`, when it is not text in this encoding
 */
export async function * decodeFile (source: ByteSource, encoding: FileEncoding): AsyncGenerator<string> {
  const decoder = createDecoder(encoding)
  try {
    for await (const chunk of source.read()) yield requireText(decoder.decode(chunk))
    yield requireText(decoder.end())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    throw new AccountFileError(encoding === 'utf-8' ? 'not-utf8' : 'not-utf16')
  }
}

interface ChunkDecoder { decode (chunk: Uint8Array): string, end (): string }

/** `TextDecoder` in Node 20 reads Windows-1252 as ISO 8859-1, so that one encoding is read by iconv-lite. */
function createDecoder (encoding: FileEncoding): ChunkDecoder {
  if (encoding === 'windows-1252') {
    const decoder = iconv.getDecoder('windows-1252')
    return { decode: chunk => decoder.write(Buffer.from(chunk)), end: () => decoder.end() ?? '' }
  }
  const decoder = new TextDecoder(encoding, { fatal: true })
  return { decode: chunk => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() }
}

function requireText (text: string): string {
  if (text.includes('\0')) throw new AccountFileError('not-text')
  return text
}

async function readStart (source: ByteSource): Promise<Buffer> {
  let start = Buffer.alloc(0)
  for await (const chunk of source.read()) {
    start = Buffer.concat([start, chunk])
    if (start.length >= 4) break
  }
  return start
}
