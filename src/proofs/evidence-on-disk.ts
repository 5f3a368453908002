/** Files and folders on disk as evidence, read piece by piece. */
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { EvidenceFile } from './evidence.js'

const headBytes = 4096

/** @throws naming the path that is not there */
export async function filesAt (paths: readonly string[]): Promise<EvidenceFile[]> {
  const files: EvidenceFile[] = []
  for (const path of paths) {
    if ((await stat(path)).isDirectory()) files.push(...await filesAt((await readdir(path)).sort().map(name => join(path, name))))
    else files.push({ name: basename(path), head: await headOf(path), chunks: () => createReadStream(path, { highWaterMark: 1024 * 1024 }) })
  }
  return files
}

export async function textIn (file: EvidenceFile): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.chunks()) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

async function headOf (path: string): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(headBytes), position: 0 })
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
