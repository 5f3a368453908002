/**
 * Draws a list on as many A4 pages as it needs: a letterhead, a summary, a table with its header on every page, and a
 * closing block to sign. The foot of each page names the list and the number of pages.
 */
import { translator } from '../../i18n/translate.js'
import { type Block, paragraph } from '../../pdf/blocks.js'
import { paginateRows } from '../../pdf/breaks.js'
import { addElement, addPage, createTextMeasurer, drawArtifact, drawFrame, drawRule, type PdfDocument, type StructureElement, writeLine } from '../../pdf/document.js'
import { listUnprintableCharacters, REPLACEMENT_CHARACTER } from '../../pdf/fonts.js'
import { hairlineStroke, margins, mmToPoints, smallStrongStyle, smallStyle, solidStroke, type Style, zoneWidth } from '../../pdf/layout.js'
import { drawLetterhead, drawPageFoot, type Letterhead } from '../../pdf/letterhead.js'

/** Millimetres from the left edge of the page. */
export interface ColumnBounds {
  readonly left: number
  readonly right: number
}

export interface Column extends ColumnBounds {
  readonly label: string
  readonly isRightAligned?: boolean
}

/** A row of the table. `draw` adds its cells. */
export interface Row {
  readonly height: number
  draw (row: StructureElement, top: number): void
}

export interface ListContent {
  readonly letterhead: Letterhead
  /** The name of the list at the foot of each page. */
  readonly foot: string
  readonly summary: Block
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** Follows the last row. */
  readonly closing: Block
}

export const nameStyle: Style = { face: 'regular', size: 11, leading: 14 }
export const nameStrongStyle: Style = { face: 'strong', size: 11, leading: 14 }
export const slipNumberStyle: Style = { face: 'mono', size: 11, leading: 14 }
/** The number of envelopes. It must be readable across a counter. */
export const totalStyle: Style = { face: 'strong', size: 22, leading: 26 }

const CONTENT_LEFT_PT = mmToPoints(margins.left)
const CONTENT_RIGHT_PT = mmToPoints(margins.right)
const CONTENT_BOTTOM_PT = mmToPoints(279)
const SUMMARY_TOP_PT = mmToPoints(27)
const CONTINUATION_TOP_PT = mmToPoints(14)
const GAP_PT = mmToPoints(5)
const TABLE_HEAD_HEIGHT_PT = mmToPoints(7)

/** Draws the whole list. The document has one empty page. */
export function drawList (doc: PdfDocument, list: ListContent): void {
  const t = translator(doc.language)
  drawLetterhead(doc, list.letterhead)
  list.summary.draw(doc.root, CONTENT_LEFT_PT, SUMMARY_TOP_PT)
  const firstTop = SUMMARY_TOP_PT + list.summary.height + GAP_PT
  const available = { firstPage: CONTENT_BOTTOM_PT - firstTop - TABLE_HEAD_HEIGHT_PT, laterPages: CONTENT_BOTTOM_PT - CONTINUATION_TOP_PT - TABLE_HEAD_HEIGHT_PT }
  const pages = paginateRows(list.rows.map(row => row.height), available, GAP_PT + list.closing.height)
  const table = addElement(doc, doc.root, 'Table')
  let top = firstTop
  pages.forEach((rows, page) => {
    if (page > 0) {
      addPage(doc)
      top = CONTINUATION_TOP_PT
    }
    if (rows.length > 0) top = drawTableHead(doc, page === 0 ? table : undefined, list.columns, top)
    for (const row of rows) top = drawRow(doc, table, list.rows[row]!, top)
    drawPageFoot(doc, { text: list.foot, pageLabel: t('deliveries.paper.page', { page: page + 1, pages: pages.length }) })
  })
  list.closing.draw(doc.root, CONTENT_LEFT_PT, top + GAP_PT)
}

/** Returns the top of the next row. */
function drawRow (doc: PdfDocument, table: StructureElement, row: Row, top: number): number {
  const bottom = top + row.height
  row.draw(addElement(doc, table, 'TR'), top)
  drawRule(doc, { left: CONTENT_LEFT_PT, right: CONTENT_RIGHT_PT, y: bottom, stroke: hairlineStroke })
  return bottom
}

/** Draws the header. Without a table it is a repetition, which screen readers skip. Returns the top of the next row. */
function drawTableHead (doc: PdfDocument, table: StructureElement | undefined, columns: readonly Column[], top: number): number {
  const row = table && addElement(doc, table, 'TR')
  const bottom = top + TABLE_HEAD_HEIGHT_PT
  for (const { label, left, right, isRightAligned = false } of columns) {
    const x = isRightAligned ? mmToPoints(right) - createTextMeasurer(doc, smallStrongStyle)(label) : mmToPoints(left)
    const draw = () => writeLine(doc, label, { style: smallStrongStyle, left: x, top: top + 3 })
    if (row === undefined) drawArtifact(doc, draw)
    else addElement(doc, row, 'TH', { scope: 'Column', draw })
  }
  drawRule(doc, { left: CONTENT_LEFT_PT, right: CONTENT_RIGHT_PT, y: bottom, stroke: solidStroke })
  return bottom
}

/** Draws a tick box of 3.2 mm next to a line of small text that starts at `top`. */
export function drawTickBox (doc: PdfDocument, { left, top, isTicked }: { left: number, top: number, isTicked: boolean }): void {
  const side = mmToPoints(3.2)
  const y = top + 1.2
  drawFrame(doc, { left, top: y, width: side, height: side })
  if (!isTicked) return
  drawArtifact(doc, pdf => pdf.save().lineWidth(1.2).moveTo(left + 2, y + 2).lineTo(left + side - 2, y + side - 2)
    .moveTo(left + side - 2, y + 2).lineTo(left + 2, y + side - 2).stroke().restore())
}

/** Explains the replacement character if one of the texts needs it. */
export function missingCharacterNote (doc: PdfDocument, texts: readonly string[]): Block[] {
  if (listUnprintableCharacters(texts.join(' ')).length === 0) return []
  const text = translator(doc.language)('deliveries.paper.unwritten', { sign: REPLACEMENT_CHARACTER })
  return [paragraph(doc, text, { style: smallStyle, width: zoneWidth(margins) })]
}
