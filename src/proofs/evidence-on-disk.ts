/** Files and folders on disk as evidence, read piece by piece. */
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { EvidenceFile } from './evidence.js'

const HEAD_BYTES = 4096

/** @throws naming the path that is not there */
export async function openEvidenceFiles (paths: readonly string[]): Promise<EvidenceFile[]> {
  return (await Promise.all(paths.map(async path => await collectFiles(path, '')))).flat()
}

/** What lies in a folder that was given has its name below that folder. */
async function collectFiles (path: string, name: string): Promise<EvidenceFile[]> {
  const { size, isFolder } = await stat(path).then(found => ({ size: found.size, isFolder: found.isDirectory() }))
  if (!isFolder) return [{ name: name === '' ? basename(path) : name, size, head: await readFileHead(path), chunks: (from = 0, to = size) => readFileRange(path, from, to) }]
  const files: EvidenceFile[] = []
  for (const one of (await readdir(path)).sort()) files.push(...await collectFiles(join(path, one), name === '' ? one : `${name}/${one}`))
  return files
}

async function * readFileRange (path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (to > from) yield * createReadStream(path, { start: from, end: to - 1, highWaterMark: 1024 * 1024 }) as AsyncIterable<Uint8Array>
}

export async function readFileText (file: EvidenceFile): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.chunks()) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

async function readFileHead (path: string): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEAD_BYTES), position: 0 })
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
