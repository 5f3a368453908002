/** Reads an export, file by file or out of its ZIP, and keeps of each file its length and SHA-256 alone. Pure. */
import { Unzip, UnzipInflate, UnzipPassThrough } from 'fflate'
import { toHex } from './base64.js'
import type { Chunks } from './leaf-lines.js'
import { manifestName, type ExportContents } from './manifest.js'

export interface Hasher {
  update (bytes: Uint8Array): unknown
  digest (): Uint8Array
}

/** A manifest says little; more than this is none. */
const largestManifest = 1024 * 1024

/** The ZIP file is torn or is none. */
export class UnreadableZip extends Error {}

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

  async file (name: string, chunks: Chunks): Promise<void> {
    const sink = this.#sink(name)
    for await (const chunk of chunks) sink.take(chunk)
    sink.end()
  }

  /** @throws {UnreadableZip} */
  async zip (chunks: Chunks): Promise<void> {
    const open = new Set<string>()
    let files = 0
    const unzip = new Unzip(file => {
      const sink = this.#sink(file.name)
      files++
      open.add(file.name)
      file.ondata = (error, data, final) => {
        if (error !== null) throw new UnreadableZip(file.name)
        sink.take(data)
        if (!final) return
        sink.end()
        open.delete(file.name)
      }
      file.start()
    })
    unzip.register(UnzipInflate)
    unzip.register(UnzipPassThrough)
    try {
      for await (const chunk of chunks) unzip.push(chunk)
      unzip.push(new Uint8Array(0), true)
    } catch (error) {
      throw new UnreadableZip(String(error))
    }
    if (files === 0 || open.size > 0) throw new UnreadableZip([...open].join())
  }

  #sink (path: string) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return name === manifestName ? this.#manifestSink() : this.#hashingSink(name)
  }

  #hashingSink (name: string) {
    const hasher = this.#hasher()
    let bytes = 0
    return {
      take: (data: Uint8Array) => {
        bytes += data.length
        hasher.update(data)
      },
      end: () => { this.#files.set(name, { bytes, sha256: toHex(hasher.digest()) }) },
    }
  }

  #manifestSink () {
    const decoder = new TextDecoder()
    let text = ''
    return {
      take: (data: Uint8Array) => { if (text.length <= largestManifest) text += decoder.decode(data, { stream: true }) },
      end: () => { this.#manifest = text + decoder.decode() },
    }
  }
}
