/** Reads an export, file by file or out of its ZIP, and keeps of each file its length and SHA-256 alone. Pure. */
import { toHex } from './base64.js'
import type { Chunks } from './leaf-lines.js'
import { isManifest, type ExportContents } from './manifest.js'
import { UnfitExport } from './unfit-export.js'
import type { Sliceable } from './zip-directory.js'
import { filesInZip } from './zip-files.js'

export interface Hasher {
  update (bytes: Uint8Array): unknown
  digest (): Uint8Array
}

/** A manifest says little; more than this is none. */
const largestManifest = 1024 * 1024

export class ContentsReader {
  readonly #hasher: () => Hasher
  readonly #files = new Map<string, { bytes: number, sha256: string }>()
  #manifest: string | undefined

  constructor (hasher: () => Hasher) {
    this.#hasher = hasher
  }

  get contents (): ExportContents {
    return { manifest: this.#manifest, files: this.#files }
  }

  /** @throws {UnfitExport} when another file could be taken for it */
  async file (name: string, chunks: Chunks): Promise<void> {
    if (/[/\\]/.test(name)) throw new UnfitExport('file-in-folder', name)
    const hasher = this.#hasher()
    const decoder = new TextDecoder()
    let [bytes, text] = [0, '']
    for await (const chunk of chunks) {
      bytes += chunk.length
      hasher.update(chunk)
      if (text.length <= largestManifest) text += decoder.decode(chunk, { stream: true })
    }
    if (isManifest(name, text)) {
      if (this.#manifest !== undefined) throw new UnfitExport('manifest-twice', name)
      this.#manifest = text + decoder.decode()
    } else {
      if (this.#files.has(name)) throw new UnfitExport('file-twice', name)
      this.#files.set(name, { bytes, sha256: toHex(hasher.digest()) })
    }
  }

  /** @throws {UnfitExport} */
  async zip (zip: Sliceable): Promise<void> {
    for (const { name, chunks } of await filesInZip(zip)) await this.file(name, chunks())
  }
}
