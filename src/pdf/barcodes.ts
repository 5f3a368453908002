/** QR codes and Code 128 barcodes. Each is one filled vector path, so a printer leaves no gaps between modules. */
import bwip from 'bwip-js/node'
import { correction, generate } from 'lean-qr'
import { addElement, type PdfDocument, type StructureElement } from './document.js'
import { mmToPoints } from './layout.js'

/** The width of a QR module. A scanner needs at least 0.6 mm; a short text gets larger modules. */
const qrModuleMm = { min: 0.6, max: 1 } as const

/** The largest side of a QR code, without its quiet zone. */
export const MAX_QR_SIDE_MM = 37

/** The width of the narrowest bar of a barcode. A scanner needs at least 0.3 mm. */
const BARCODE_MODULE_MM = 0.33

export interface FigureOptions {
  /** The alternative text for screen readers. */
  readonly alt: string
  /** Points. */
  readonly left: number
  readonly top: number
}

/**
 * Draws a QR code with error correction level M, which restores about 15 % damage. `left` and `top` are the corner
 * of the first black module. The caller leaves a quiet zone of four modules on all sides.
 * @throws RangeError when the text is too long for modules of 0.6 mm
 */
export function drawQrCode (doc: PdfDocument, parent: StructureElement, text: string, { alt, left, top }: FigureOptions): void {
  const code = generate(text, { minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M })
  const moduleMm = Math.min(qrModuleMm.max, MAX_QR_SIDE_MM / code.size)
  if (moduleMm < qrModuleMm.min) throw new RangeError('The text is too long for a readable QR code.')
  const side = mmToPoints(moduleMm * code.size)
  const module = mmToPoints(moduleMm)
  const bars = horizontalRuns(code.size, (x, y) => code.get(x, y))
  drawBars(doc, parent, bars, { alt, left, top, width: side, height: side, scaleX: module, scaleY: module })
}

/** Draws a Code 128 barcode. `left` is its first bar. The caller leaves a quiet zone of ten modules on both sides. */
export function drawCode128 (doc: PdfDocument, parent: StructureElement, text: string, { alt, left, top, height }: FigureOptions & { readonly height: number }): void {
  const widths = encodeCode128(text)
  const bars: Bar[] = []
  let x = 0
  widths.forEach((width, i) => {
    if (i % 2 === 0) bars.push({ x, y: 0, width, height: 1 })
    x += width
  })
  const module = mmToPoints(BARCODE_MODULE_MM)
  drawBars(doc, parent, bars, { alt, left, top, width: x * module, height, scaleX: module, scaleY: height })
}

/** Returns the widths of alternating bars and gaps, in modules. */
function encodeCode128 (text: string): number[] {
  const [symbol] = bwip.raw({ bcid: 'code128', text })
  if (symbol === undefined || !('sbs' in symbol)) throw new TypeError('Not a linear barcode.')
  return symbol.sbs
}

/** A black rectangle, in modules. */
interface Bar {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Joins adjacent dark modules of each row into one bar. */
function horizontalRuns (size: number, isDark: (x: number, y: number) => boolean): Bar[] {
  const bars: Bar[] = []
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = x
      while (isDark(x, y)) x++
      if (x > from) bars.push({ x: from, y, width: x - from, height: 1 })
    }
  }
  return bars
}

/** Size and position of the figure, in points, and points per unit of a bar. */
interface BarsOptions extends FigureOptions {
  readonly width: number
  readonly height: number
  readonly scaleX: number
  readonly scaleY: number
}

function drawBars (doc: PdfDocument, parent: StructureElement, bars: readonly Bar[], { alt, left, top, width, height, scaleX, scaleY }: BarsOptions): void {
  addElement(doc, parent, 'Figure', {
    alt,
    bbox: [left, top, left + width, top + height],
    draw () {
      doc.pdf.save().transform(scaleX, 0, 0, scaleY, left, top)
      doc.pdf.addContent(bars.map(bar => `${bar.x} ${bar.y} ${bar.width} ${bar.height} re`).join('\n') + '\nf')
      doc.pdf.restore()
    },
  })
}
