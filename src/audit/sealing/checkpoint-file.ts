/** The file outside the database to which every checkpoint is appended, so that a database that was turned back is noticed. */
import { open, type FileHandle } from 'node:fs/promises'
import { splitCheckpoints } from '../transparency-log/checkpoint.js'

/** Read from its end; some two hundred checkpoints. */
const TAIL_BYTES = 64 * 1024

/** The newest checkpoints of the file, in its order; none where there is no file yet. */
export async function readRecentCheckpoints (path: string): Promise<readonly string[]> {
  return splitCheckpoints(await readTail(path)).notes
}

/** Appends a checkpoint and waits until it is on the disk. */
export async function appendCheckpoint (path: string, note: string): Promise<void> {
  const tail = await readTail(path)
  // A write that was torn off is closed, so that what comes after it can be read.
  const gap = tail === '' || tail.endsWith('\n\n') ? '' : '\n\n'
  const handle = await open(path, 'a', 0o600)
  try {
    await handle.appendFile(`${gap}${note}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function readTail (path: string): Promise<string> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (handle === undefined) return ''
  try {
    return await readTailFrom(handle, Math.max(0, (await handle.stat()).size - TAIL_BYTES))
  } finally {
    await handle.close()
  }
}

async function readTailFrom (handle: FileHandle, position: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(TAIL_BYTES), position })
  return buffer.subarray(0, bytesRead).toString('utf8')
}
