/** Appends every checkpoint to a file outside the database, so that a database restored to an older state is noticed. */
import { open, type FileHandle } from 'node:fs/promises'
import { splitCheckpoints } from '../transparency-log/checkpoint.js'

/** How much to read from the end of the file: about two hundred checkpoints. */
const TAIL_BYTES = 64 * 1024

/** Reads the newest checkpoints, oldest first; none when there is no file yet. */
export async function readRecentCheckpoints (path: string): Promise<readonly string[]> {
  return splitCheckpoints(await readTail(path)).notes
}

/** Appends a checkpoint and waits until it is on the disk. */
export async function appendCheckpoint (path: string, note: string): Promise<void> {
  const tail = await readTail(path)
  // Ends an interrupted write, so that the next checkpoint can be read.
  const separator = tail === '' || tail.endsWith('\n\n') ? '' : '\n\n'
  const handle = await open(path, 'a', 0o600)
  try {
    await handle.appendFile(`${separator}${note}\n`)
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
