/** Reads an export, file by file or out of its ZIP, and keeps of each file its length and SHA-256 alone. Pure. */
import { toHex } from './base64.js'
import type { Chunks } from './leaf-lines.js'
import { isManifest, type ExportContents } from './manifest.js'
import { InvalidExportError } from './unfit-export.js'
import type { RandomAccessFile } from './zip-directory.js'
import { readZipFiles } from './zip-files.js'

export interface Hasher {
  update (bytes: Uint8Array): unknown
  digest (): Uint8Array
}

/** A manifest says little; more than this is none. */
const MAX_MANIFEST_CHARS = 1024 * 1024

export class ExportReader {
  readonly #hasher: () => Hasher
  readonly #files = new Map<string, { bytes: number, sha256: string }>()
  #manifest: string | undefined

  constructor (hasher: () => Hasher) {
    this.#hasher = hasher
  }

  get contents (): ExportContents {
    return { manifest: this.#manifest, files: this.#files }
  }

  /** @throws {InvalidExportError} when another file could be taken for it */
  async addFile (name: string, chunks: Chunks): Promise<void> {
    if (/[/\\]/.test(name)) throw new InvalidExportError('file-in-folder', name)
    const hasher = this.#hasher()
    const decoder = new TextDecoder()
    let [bytes, text] = [0, '']
    for await (const chunk of chunks) {
      bytes += chunk.length
      hasher.update(chunk)
      if (text.length <= MAX_MANIFEST_CHARS) text += decoder.decode(chunk, { stream: true })
    }
    if (isManifest(name, text)) {
      if (this.#manifest !== undefined) throw new InvalidExportError('manifest-twice', name)
      this.#manifest = text + decoder.decode()
    } else {
      if (this.#files.has(name)) throw new InvalidExportError('file-twice', name)
      this.#files.set(name, { bytes, sha256: toHex(hasher.digest()) })
    }
  }

  /** @throws {InvalidExportError} */
  async addZip (zip: RandomAccessFile): Promise<void> {
    for (const { name, chunks } of await readZipFiles(zip)) await this.addFile(name, chunks())
  }
}
