/** Renders and reads printed pages like a scanner or a camera, with poppler and zbar. */
import { execFileSync } from 'node:child_process'

export interface ScanDevice { readonly dotsPerInch: number, readonly colours: '-gray' | '-mono' }

/** Renders a part of the sheet as an image. @param part in millimetres: left, top, width, height */
export function scanRegion (pdf: Buffer, { dotsPerInch, colours }: ScanDevice, part: readonly number[]): Buffer {
  const box = part.map(millimetres => String(Math.round(millimetres * dotsPerInch / 25.4)))
  const crop = ['-x', '-y', '-W', '-H'].flatMap((option, i) => [option, box[i]!])
  const options = ['-r', String(dotsPerInch), colours, ...crop, '-singlefile', '-']
  return execFileSync('pdftoppm', options, { input: pdf, maxBuffer: 100_000_000 })
}

/** Returns the barcodes in an image, one line each: kind and text. Empty if there is none. */
export function readBarcodes (image: Buffer): string {
  try {
    return execFileSync('zbarimg', ['--quiet', '--noxml', '-'], { input: image, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }).trim()
  } catch (error) {
    // zbarimg exits with 4 if an image has no code.
    if ((error as { status?: number }).status === 4) return ''
    throw error
  }
}
