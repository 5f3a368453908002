/** Streams files into a ZIP, with back pressure. */
import { Readable } from 'node:stream'
import { once } from 'node:events'
import { ZipFile } from 'yazl'

export interface ZipEntry {
  readonly name: string
  /** False for a file that is already compressed. */
  readonly compress: boolean
  pieces (): AsyncIterable<string | Buffer> | Iterable<string | Buffer>
}

/**
 * Returns the ZIP as a stream. If a file fails, the stream ends before the directory at the end of the ZIP, so no program
 * opens it. If the client stops reading, the current file is stopped too.
 */
export function createZipStream (files: AsyncIterable<ZipEntry> | Iterable<ZipEntry>, at: Date): Readable {
  const zip = new ZipFile()
  const out = zip.outputStream as Readable
  let open: Readable | undefined
  const add = async ({ name, compress, pieces }: ZipEntry) => await new Promise<void>((resolve, reject) => {
    zip.addReadStreamLazy(name, { compress, mtime: at }, give => {
      open = Readable.from(pieces(), { objectMode: false })
      open.once('error', reject).once('close', resolve)
      give(null, open)
    })
  })
  const addAll = async () => {
    for await (const file of files) {
      await add(file)
      if (out.destroyed) return
    }
    zip.end()
  }
  out.once('close', () => open?.destroy())
  addAll().catch((error: unknown) => out.destroy(error as Error))
  return out
}

/** Yields the chunks of a stream, for a file inside another file. */
export async function * streamChunks (stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of stream) yield piece as Buffer
  } finally {
    if (!stream.closed) {
      stream.destroy()
      await once(stream, 'close').catch(() => {})
    }
  }
}
