/** Files in a ZIP, written as they come and no faster than somebody takes them. */
import { Readable } from 'node:stream'
import { once } from 'node:events'
import { ZipFile } from 'yazl'

export interface ZipEntry {
  readonly name: string
  /** False for what is packed already. */
  readonly compress: boolean
  pieces (): AsyncIterable<string | Buffer> | Iterable<string | Buffer>
}

/**
 * The ZIP as a stream. A file that fails in its middle breaks the stream off before the directory at a ZIP's end,
 * without which no program opens it; whoever stops reading stops the file that is being written.
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

/** The whole of a small ZIP's or another stream's bytes are never needed at once: its pieces, for one file in another. */
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
