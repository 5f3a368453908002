/** QR code and Code 128 as vectors: one filled path each, so that no printer leaves a seam between two modules. */
import bwip from 'bwip-js/node'
import { correction, generate } from 'lean-qr'
import { addElement, type StructureElement, type PdfDocument } from './document.js'
import { BARCODE_MODULE_MM, mmToPoints, qrModuleMm, MAX_QR_SIDE_MM } from './layout.js'

/**
 * A QR code of level M: it survives a coffee ring. `left` and `top` are the corner of its black square, and
 * four modules around it are the caller's to keep white.
 * @throws RangeError when the text is too long for modules of 0.6 mm.
 */
export function drawQrCode (sheet: PdfDocument, parent: StructureElement, text: string, alt: string, left: number, top: number): void {
  const code = generate(text, { minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M })
  const module = Math.min(qrModuleMm.most, MAX_QR_SIDE_MM / code.size)
  if (module < qrModuleMm.least) throw new RangeError('The activation address is too long for a QR code that can be read.')
  const side = mmToPoints(module * code.size)
  const bars = horizontalRuns(code.size, (x, y) => code.get(x, y))
  drawBars(sheet, parent, alt, { left, top, width: side, height: side }, mmToPoints(module), mmToPoints(module), bars)
}

/** A Code 128 of the text; `left` is its first bar, so the quiet zone of ten modules lies outside. */
export function drawCode128 (sheet: PdfDocument, parent: StructureElement, text: string, alt: string, left: number, top: number, height: number): void {
  const widths = encodeCode128(text)
  const bars: Bar[] = []
  let x = 0
  widths.forEach((width, i) => {
    if (i % 2 === 0) bars.push({ x, y: 0, width, height: 1 })
    x += width
  })
  drawBars(sheet, parent, alt, { left, top, width: x * mmToPoints(BARCODE_MODULE_MM), height }, mmToPoints(BARCODE_MODULE_MM), height, bars)
}

/** Bars and gaps in turn, in modules. */
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

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Neighbouring dark modules of each row as one bar. */
function horizontalRuns (size: number, dark: (x: number, y: number) => boolean): Bar[] {
  const bars: Bar[] = []
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = x
      while (dark(x, y)) x++
      if (x > from) bars.push({ x: from, y, width: x - from, height: 1 })
    }
  }
  return bars
}

function drawBars (sheet: PdfDocument, parent: StructureElement, alt: string, box: Box, scaleX: number, scaleY: number, bars: readonly Bar[]): void {
  const { left, top, width, height } = box
  addElement(sheet, parent, 'Figure', { alt, bbox: [left, top, left + width, top + height] }, () => {
    sheet.pdf.save().transform(scaleX, 0, 0, scaleY, left, top)
    sheet.pdf.addContent(bars.map(bar => `${bar.x} ${bar.y} ${bar.width} ${bar.height} re`).join('\n') + '\nf')
    sheet.pdf.restore()
  })
}
