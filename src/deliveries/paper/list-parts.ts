/** Under the letterhead of a list: from where, to where, how many. */
import { translator } from '../../i18n/translate.js'
import { drawCode128 } from '../../pdf/barcodes.js'
import { type Block, paragraph, stack } from '../../pdf/blocks.js'
import { addElement, createTextMeasurer, type PdfDocument, type StructureElement, writeLine } from '../../pdf/document.js'
import { toPrintable } from '../../pdf/fonts.js'
import { bodyStrongStyle, mmToPoints, smallStyle, type Style } from '../../pdf/layout.js'
import { type Column, totalStyle as countStyle, drawFrame, drawRule, slipNumberStyle, solidStroke } from './list-sheet.js'

export interface Party {
  readonly label: string
  readonly name: string
  /** Under the name, each on lines of its own. */
  readonly lines: readonly string[]
}

const PARTY_WIDTH_PT = mmToPoints(64)
const PARTY_STEP_PT = mmToPoints(70)
const TOTAL_LEFT_PT = mmToPoints(143)

/** Two parties side by side, and the count. */
export function listSummaryBlock (sheet: PdfDocument, parties: readonly [Party, Party], count: { readonly label: string, readonly value: number }): Block {
  const blocks = parties.map(({ label, name, lines }) => stack([
    paragraph(sheet, label, smallStyle, PARTY_WIDTH_PT),
    paragraph(sheet, toPrintable(name, 'strong'), bodyStrongStyle, PARTY_WIDTH_PT),
    ...lines.map(line => paragraph(sheet, toPrintable(line, 'regular'), smallStyle, PARTY_WIDTH_PT)),
  ], 1))
  const number = stack([paragraph(sheet, count.label, smallStyle, mmToPoints(25)), totalBlock(sheet, count.value)], 1)
  return {
    height: Math.max(number.height, ...blocks.map(block => block.height)),
    draw (parent, left, top) {
      blocks.forEach((block, i) => block.draw(parent, left + i * PARTY_STEP_PT, top))
      number.draw(parent, left + TOTAL_LEFT_PT, top)
    },
  }
}

function totalBlock (sheet: PdfDocument, value: number): Block {
  return {
    height: countStyle.leading,
    draw (parent, left, top) {
      addElement(sheet, parent, 'P', {}, () => writeLine(sheet, String(value), countStyle, left, top))
    },
  }
}

// Cells of a list's rows. Points.

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

// The end of a list: lines for whoever hands over and whoever takes, and a field for the post's stamp.

const SIGNATURE_WIDTH_PT = mmToPoints(78)
const COLUMN_STEP_PT = mmToPoints(90)
const SIGNATURE_LINE_HEIGHT_PT = mmToPoints(10)

/** What somebody signs: a title over lines, each behind its label. */
export function signatureBlock (sheet: PdfDocument, title: string, labels: readonly string[]): Block {
  return stack([paragraph(sheet, title, bodyStrongStyle, SIGNATURE_WIDTH_PT), ...labels.map(label => signatureLine(sheet, label))])
}

function signatureLine (sheet: PdfDocument, label: string): Block {
  return {
    height: SIGNATURE_LINE_HEIGHT_PT,
    draw (parent, left, top) {
      const labelTop = top + SIGNATURE_LINE_HEIGHT_PT - smallStyle.leading
      addElement(sheet, parent, 'P', {}, () => writeLine(sheet, label, smallStyle, left, labelTop))
      drawRule(sheet, left + createTextMeasurer(sheet, smallStyle)(label) + mmToPoints(2), left + SIGNATURE_WIDTH_PT, top + SIGNATURE_LINE_HEIGHT_PT - 2, solidStroke)
    },
  }
}

/** An empty field under its title. */
export function stampField (sheet: PdfDocument, title: string): Block {
  const heading = paragraph(sheet, title, bodyStrongStyle, SIGNATURE_WIDTH_PT)
  const height = mmToPoints(36)
  return {
    height: heading.height + mmToPoints(2) + height,
    draw (parent, left, top) {
      heading.draw(parent, left, top)
      drawFrame(sheet, left, top + heading.height + mmToPoints(2), SIGNATURE_WIDTH_PT, height)
    },
  }
}

/** Two blocks beside each other under what is said to both. */
export function sideBySide (blocks: readonly [Block, Block], above: readonly Block[]): Block {
  const heading = stack(above)
  const gap = above.length > 0 ? mmToPoints(3) : 0
  return {
    height: heading.height + gap + Math.max(...blocks.map(block => block.height)),
    draw (parent, left, top) {
      heading.draw(parent, left, top)
      blocks.forEach((block, i) => block.draw(parent, left + i * COLUMN_STEP_PT, top + heading.height + gap))
    },
  }
}
