/** The parts of a list: the summary under the letterhead, the cells of the rows, and the closing block to sign. */
import { translator } from '../../i18n/translate.js'
import { drawCode128 } from '../../pdf/barcodes.js'
import { type Block, paragraph, stack } from '../../pdf/blocks.js'
import { addElement, createTextMeasurer, drawFrame, drawRule, type PdfDocument, type StructureElement, writeLine } from '../../pdf/document.js'
import { toPrintable } from '../../pdf/fonts.js'
import { bodyStrongStyle, mmToPoints, smallStyle, solidStroke, type Style } from '../../pdf/layout.js'
import { type ColumnBounds, nameStyle, slipNumberStyle, totalStyle } from './list-sheet.js'

/** A sender or a receiver. */
export interface Party {
  readonly label: string
  readonly name: string
  /** The lines under the name. */
  readonly lines: readonly string[]
}

const PARTY_WIDTH_PT = mmToPoints(64)
const PARTY_STEP_PT = mmToPoints(70)
const TOTAL_LEFT_PT = mmToPoints(143)
const TOTAL_WIDTH_PT = mmToPoints(25)

/** Creates a block with two parties side by side and the total on the right. */
export function listSummaryBlock (doc: PdfDocument, parties: readonly [Party, Party], total: { readonly label: string, readonly value: number }): Block {
  const partyBlocks = parties.map(party => partyBlock(doc, party))
  const totalBlock = stack([paragraph(doc, total.label, { style: smallStyle, width: TOTAL_WIDTH_PT }), totalValueBlock(doc, total.value)], 1)
  return {
    height: Math.max(totalBlock.height, ...partyBlocks.map(block => block.height)),
    draw (parent, left, top) {
      partyBlocks.forEach((block, i) => block.draw(parent, left + i * PARTY_STEP_PT, top))
      totalBlock.draw(parent, left + TOTAL_LEFT_PT, top)
    },
  }
}

function partyBlock (doc: PdfDocument, { label, name, lines }: Party): Block {
  const width = PARTY_WIDTH_PT
  return stack([
    paragraph(doc, label, { style: smallStyle, width }),
    paragraph(doc, toPrintable(name, 'strong'), { style: bodyStrongStyle, width }),
    ...lines.map(line => paragraph(doc, toPrintable(line, 'regular'), { style: smallStyle, width })),
  ], 1)
}

function totalValueBlock (doc: PdfDocument, value: number): Block {
  return {
    height: totalStyle.leading,
    draw (parent, left, top) {
      addElement(doc, parent, 'P', { draw: () => writeLine(doc, String(value), { style: totalStyle, left, top }) })
    },
  }
}

/** Returns the width of a column in points. */
export function columnWidth ({ left, right }: ColumnBounds): number {
  return mmToPoints(right - left)
}

/** Creates a block of text that wraps at the width of the column. */
export function wrappedText (doc: PdfDocument, text: string, style: Style, column: ColumnBounds): Block {
  return paragraph(doc, toPrintable(text, style.face), { style, width: columnWidth(column) })
}

/** Where a cell is. `top` is in points. */
export interface CellPosition {
  readonly column: ColumnBounds
  readonly top: number
}

/** Draws a block in a cell. */
export function drawCell (doc: PdfDocument, row: StructureElement, block: Block, { column, top }: CellPosition): void {
  block.draw(addElement(doc, row, 'TD'), mmToPoints(column.left), top)
}

/** Draws the number of the row, aligned to the right. */
export function drawRowNumber (doc: PdfDocument, row: StructureElement, number: number, { column, top }: CellPosition): void {
  const text = String(number)
  const left = mmToPoints(column.right) - createTextMeasurer(doc, nameStyle)(text)
  addElement(doc, row, 'TD', { draw: () => writeLine(doc, text, { style: nameStyle, left, top }) })
}

/** Draws a slip number as text. */
export function drawSlipNumber (doc: PdfDocument, cell: StructureElement, number: string, { column, top }: CellPosition): void {
  addElement(doc, cell, 'P', { draw: () => writeLine(doc, number, { style: slipNumberStyle, left: mmToPoints(column.left), top }) })
}

const BARCODE_HEIGHT_PT = mmToPoints(7)

/** Draws a slip number as a barcode of 7 mm. The caller leaves a quiet zone of ten modules on both sides. */
export function drawSlipBarcode (doc: PdfDocument, cell: StructureElement, number: string, { column, top }: CellPosition): void {
  drawCode128(doc, cell, number, { alt: translator(doc.language)('paper.barcodeAlt', { number }), left: mmToPoints(column.left), top, height: BARCODE_HEIGHT_PT })
}

const SIGNATURE_WIDTH_PT = mmToPoints(78)
const SIGNATURE_STEP_PT = mmToPoints(90)
const SIGNATURE_LINE_HEIGHT_PT = mmToPoints(10)
const STAMP_HEIGHT_PT = mmToPoints(36)

/** Creates a block to sign: a title and a line to write on for each label. */
export function signatureBlock (doc: PdfDocument, title: string, labels: readonly string[]): Block {
  return stack([paragraph(doc, title, { style: bodyStrongStyle, width: SIGNATURE_WIDTH_PT }), ...labels.map(label => signatureLine(doc, label))])
}

function signatureLine (doc: PdfDocument, label: string): Block {
  return {
    height: SIGNATURE_LINE_HEIGHT_PT,
    draw (parent, left, top) {
      const bottom = top + SIGNATURE_LINE_HEIGHT_PT
      const labelWidth = createTextMeasurer(doc, smallStyle)(label)
      addElement(doc, parent, 'P', { draw: () => writeLine(doc, label, { style: smallStyle, left, top: bottom - smallStyle.leading }) })
      drawRule(doc, { left: left + labelWidth + mmToPoints(2), right: left + SIGNATURE_WIDTH_PT, y: bottom - 2, stroke: solidStroke })
    },
  }
}

/** Creates an empty box with a title, for a stamp. */
export function stampField (doc: PdfDocument, title: string): Block {
  const heading = paragraph(doc, title, { style: bodyStrongStyle, width: SIGNATURE_WIDTH_PT })
  const boxTop = heading.height + mmToPoints(2)
  return {
    height: boxTop + STAMP_HEIGHT_PT,
    draw (parent, left, top) {
      heading.draw(parent, left, top)
      drawFrame(doc, { left, top: top + boxTop, width: SIGNATURE_WIDTH_PT, height: STAMP_HEIGHT_PT })
    },
  }
}

/** Puts two blocks side by side, under the blocks `above`. */
export function sideBySide (blocks: readonly [Block, Block], above: readonly Block[]): Block {
  const heading = stack(above)
  const gap = above.length > 0 ? mmToPoints(3) : 0
  return {
    height: heading.height + gap + Math.max(...blocks.map(block => block.height)),
    draw (parent, left, top) {
      heading.draw(parent, left, top)
      blocks.forEach((block, i) => block.draw(parent, left + i * SIGNATURE_STEP_PT, top + heading.height + gap))
    },
  }
}
