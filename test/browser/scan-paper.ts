/** Paper as a camera and a scanner see it, by poppler and zbar. */
import { execFileSync } from 'node:child_process'

export interface ScanDevice { readonly dotsPerInch: number, readonly colours: '-gray' | '-mono' }

/** A part of the sheet as a device sees it. @param part in millimetres: left, top, width, height */
export function scanRegion (pdf: Buffer, { dotsPerInch, colours }: ScanDevice, part: readonly number[]): Buffer {
  const box = part.map(millimetres => String(Math.round(millimetres * dotsPerInch / 25.4)))
  const crop = ['-x', '-y', '-W', '-H'].flatMap((option, i) => [option, box[i]!])
  const options = ['-r', String(dotsPerInch), colours, ...crop, '-singlefile', '-']
  return execFileSync('pdftoppm', options, { input: pdf, maxBuffer: 100_000_000 })
}

/** What zbar finds in a picture: kind and text of each, a line each; nothing when there is none. */
export function readBarcodes (image: Buffer): string {
  try {
    return execFileSync('zbarimg', ['--quiet', '--noxml', '-'], { input: image, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }).trim()
  } catch (error) {
    // zbarimg ends with 4 when a picture holds no code.
    if ((error as { status?: number }).status === 4) return ''
    throw error
  }
}
