/** What is drawn on a list and says nothing by itself: lines to write on, boxes to tick. Points. */
import { drawArtifact, type PdfDocument } from '../../slips/paper/sheet.js'
import { mmToPoints } from '../../slips/paper/zones.js'
import { hairlineStroke, solidStroke } from './list-styles.js'

/** A line from left to right. */
export function drawRule (sheet: PdfDocument, left: number, right: number, y: number, { width, colour }: { readonly width: number, readonly colour: string } = hairlineStroke): void {
  drawArtifact(sheet, pdf => pdf.save().lineWidth(width).strokeColor(colour).moveTo(left, y).lineTo(right, y).stroke().restore())
}

/** An empty frame. */
export function drawFrame (sheet: PdfDocument, left: number, top: number, width: number, height: number): void {
  drawArtifact(sheet, pdf => pdf.save().lineWidth(solidStroke.width).rect(left, top, width, height).stroke().restore())
}

/** A box of 3.2 mm beside a line of 10 pt whose box begins at `top`; ticked, it holds a cross. */
export function drawTickBox (sheet: PdfDocument, left: number, top: number, ticked: boolean): void {
  const side = mmToPoints(3.2)
  const y = top + 1.2
  drawFrame(sheet, left, y, side, side)
  if (!ticked) return
  drawArtifact(sheet, pdf => pdf.save().lineWidth(1.2).moveTo(left + 2, y + 2).lineTo(left + side - 2, y + side - 2)
    .moveTo(left + side - 2, y + 2).lineTo(left + 2, y + side - 2).stroke().restore())
}
