/** Cells of a list's rows. Points. */
import { translator } from '../../i18n/translate.js'
import { paragraph, type Block } from '../../slips/paper/blocks.js'
import { drawCode128 } from '../../slips/paper/barcodes.js'
import { printable } from '../../slips/paper/printable.js'
import { mark, measureIn, writeLine, type Element, type Sheet } from '../../slips/paper/sheet.js'
import { follow, type Style } from '../../slips/paper/styles.js'
import { points } from '../../slips/paper/zones.js'
import type { Column } from './list-sheet.js'
import { slipNumber } from './list-styles.js'

/** The width of a column. */
export function widthOf ({ left, right }: Column): number {
  return points(right - left)
}

/** Text of people or addresses, in as many lines as the column asks for. */
export function wrapped (sheet: Sheet, text: string, style: Style, column: Column): Block {
  return paragraph(sheet, printable(text, style.face), style, widthOf(column))
}

/** A block in a cell of its own. */
export function drawCell (sheet: Sheet, row: Element, block: Block, column: Column, top: number): void {
  block.draw(mark(sheet, row, 'TD'), points(column.left), top)
}

/** The running number, ending where the column ends. */
export function drawRunningNumber (sheet: Sheet, row: Element, number: number, column: Column, top: number, style = follow): void {
  const text = String(number)
  const left = points(column.right) - measureIn(sheet, style)(text)
  mark(sheet, row, 'TD', {}, () => writeLine(sheet, text, style, left, top))
}

/** The slip number, to be read by eye. */
export function drawSlipNumber (sheet: Sheet, cell: Element, number: string, left: number, top: number): void {
  mark(sheet, cell, 'P', {}, () => writeLine(sheet, number, slipNumber, left, top))
}

/** The same for a scanner; ten modules on both sides are the caller's to keep white. */
export function drawSlipBarcode (sheet: Sheet, cell: Element, number: string, left: number, top: number, height: number): void {
  drawCode128(sheet, cell, number, translator(sheet.language)('paper.barcodeAlt', { number }), left, top, height)
}
