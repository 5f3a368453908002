/** Cells of a list's rows. Points. */
import { translator } from '../../i18n/translate.js'
import { paragraph, type Block } from '../../slips/paper/blocks.js'
import { drawCode128 } from '../../slips/paper/barcodes.js'
import { toPrintable } from '../../slips/paper/printable.js'
import { addElement, createTextMeasurer, writeLine, type StructureElement, type PdfDocument } from '../../slips/paper/sheet.js'
import { smallStyle, type Style } from '../../slips/paper/styles.js'
import { mmToPoints } from '../../slips/paper/zones.js'
import type { Column } from './list-sheet.js'
import { slipNumberStyle } from './list-styles.js'

/** The width of a column. */
export function columnWidth ({ left, right }: Column): number {
  return mmToPoints(right - left)
}

/** Text of people or addresses, in as many lines as the column asks for. */
export function wrappedText (sheet: PdfDocument, text: string, style: Style, column: Column): Block {
  return paragraph(sheet, toPrintable(text, style.face), style, columnWidth(column))
}

/** A block in a cell of its own. */
export function drawCell (sheet: PdfDocument, row: StructureElement, block: Block, column: Column, top: number): void {
  block.draw(addElement(sheet, row, 'TD'), mmToPoints(column.left), top)
}

/** The running number, ending where the column ends. */
export function drawRunningNumber (sheet: PdfDocument, row: StructureElement, number: number, column: Column, top: number, style = smallStyle): void {
  const text = String(number)
  const left = mmToPoints(column.right) - createTextMeasurer(sheet, style)(text)
  addElement(sheet, row, 'TD', {}, () => writeLine(sheet, text, style, left, top))
}

/** The slip number, to be read by eye. */
export function drawSlipNumber (sheet: PdfDocument, cell: StructureElement, number: string, left: number, top: number): void {
  addElement(sheet, cell, 'P', {}, () => writeLine(sheet, number, slipNumberStyle, left, top))
}

/** The same for a scanner; ten modules on both sides are the caller's to keep white. */
export function drawSlipBarcode (sheet: PdfDocument, cell: StructureElement, number: string, left: number, top: number, height: number): void {
  drawCode128(sheet, cell, number, translator(sheet.language)('paper.barcodeAlt', { number }), left, top, height)
}
