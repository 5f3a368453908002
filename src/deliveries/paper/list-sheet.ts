/**
 * A list on as many A4 pages as it needs: letterhead, what it is about, a table whose head is repeated, and what is
 * signed at its end. Each page says which list it is of, and how many pages there are.
 */
import { translator } from '../../i18n/translate.js'
import { type Block, paragraph } from '../../pdf/blocks.js'
import { paginateRows } from '../../pdf/breaks.js'
import { addElement, addPage, createTextMeasurer, drawArtifact, type PdfDocument, type StructureElement, writeLine } from '../../pdf/document.js'
import { listUnprintableCharacters, REPLACEMENT_CHARACTER } from '../../pdf/fonts.js'
import { margins, mmToPoints, smallStrongStyle, smallStyle, type Style } from '../../pdf/layout.js'
import { drawLetterhead, type Letterhead } from '../../pdf/letterhead.js'

export interface Column {
  readonly label: string
  /** Millimetres from the sheet's left edge. */
  readonly left: number
  readonly right: number
  /** Its heading ends where the column ends. */
  readonly isRightAligned?: boolean
}

/** A row of the table; `draw` adds its cells. */
export interface Row {
  readonly height: number
  draw (row: StructureElement, top: number): void
}

export interface ListContent {
  readonly letterhead: Letterhead
  /** Which list it is, at the foot of each page. */
  readonly foot: string
  readonly summary: Block
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly closing: Block
}

const CONTENT_LEFT_PT = mmToPoints(margins.left)
const CONTENT_RIGHT_PT = mmToPoints(margins.right)
const CONTENT_BOTTOM_PT = mmToPoints(279)
const SUMMARY_TOP_PT = mmToPoints(27)
const CONTINUATION_TOP_PT = mmToPoints(14)
const GAP_PT = mmToPoints(5)
const TABLE_HEAD_HEIGHT_PT = mmToPoints(7)

/** Draws the whole list, from the sheet's first page on. */
export function drawList (sheet: PdfDocument, list: ListContent): void {
  drawLetterhead(sheet, sheet.root, list.letterhead)
  list.summary.draw(sheet.root, CONTENT_LEFT_PT, SUMMARY_TOP_PT)
  const firstTop = SUMMARY_TOP_PT + list.summary.height + GAP_PT
  const room = { first: CONTENT_BOTTOM_PT - firstTop - TABLE_HEAD_HEIGHT_PT, later: CONTENT_BOTTOM_PT - CONTINUATION_TOP_PT - TABLE_HEAD_HEIGHT_PT }
  const pages = paginateRows(list.rows.map(row => row.height), room, GAP_PT + list.closing.height)
  const table = addElement(sheet, sheet.root, 'Table')
  let top = firstTop
  pages.forEach((rows, page) => {
    if (page > 0) {
      addPage(sheet)
      top = CONTINUATION_TOP_PT
    }
    if (rows.length > 0) top = drawTableHead(sheet, page === 0 ? table : undefined, list.columns, top)
    for (const row of rows) top = drawRow(sheet, table, list.rows[row]!, top)
    drawPageFoot(sheet, list.foot, page + 1, pages.length)
  })
  list.closing.draw(sheet.root, CONTENT_LEFT_PT, top + GAP_PT)
}

function drawRow (sheet: PdfDocument, table: StructureElement, row: Row, top: number): number {
  row.draw(addElement(sheet, table, 'TR'), top)
  drawRule(sheet, CONTENT_LEFT_PT, CONTENT_RIGHT_PT, top + row.height)
  return top + row.height
}

/** A repeated head is for the eye only. */
function drawTableHead (sheet: PdfDocument, table: StructureElement | undefined, columns: readonly Column[], top: number): number {
  const row = table && addElement(sheet, table, 'TR')
  for (const column of columns) {
    const width = createTextMeasurer(sheet, smallStrongStyle)(column.label)
    const write = () => writeLine(sheet, column.label, smallStrongStyle, column.isRightAligned === true ? mmToPoints(column.right) - width : mmToPoints(column.left), top + 3)
    if (row === undefined) drawArtifact(sheet, write)
    else addElement(sheet, row, 'TH', { scope: 'Column' }, write)
  }
  drawRule(sheet, CONTENT_LEFT_PT, CONTENT_RIGHT_PT, top + TABLE_HEAD_HEIGHT_PT, solidStroke)
  return top + TABLE_HEAD_HEIGHT_PT
}

function drawPageFoot (sheet: PdfDocument, words: string, page: number, pages: number): void {
  const number = translator(sheet.language)('sending.paper.page', { page, pages })
  const numberLeft = CONTENT_RIGHT_PT - createTextMeasurer(sheet, smallStyle)(number)
  const condensed = Math.min(1, (numberLeft - CONTENT_LEFT_PT - GAP_PT) / createTextMeasurer(sheet, smallStyle)(words))
  drawArtifact(sheet, () => {
    writeLine(sheet, words, smallStyle, CONTENT_LEFT_PT, mmToPoints(284), condensed)
    writeLine(sheet, number, smallStyle, numberLeft, mmToPoints(284))
  })
}

// The few kinds of print on a list, beside the slip's own. Pure.

export const nameStyle: Style = { face: 'regular', size: 11, leading: 14 }
export const nameStrongStyle: Style = { face: 'strong', size: 11, leading: 14 }
export const slipNumberStyle: Style = { face: 'mono', size: 11, leading: 14 }
/** The number of envelopes, to be seen across a counter. */
export const totalStyle: Style = { face: 'strong', size: 22, leading: 26 }

/** Lines between rows, in points and as grey. */
export const hairlineStroke = { width: 0.5, colour: '#9aa3ab' } as const
/** Lines to write on, boxes to tick. */
export const solidStroke = { width: 0.75, colour: '#000000' } as const

// What is drawn on a list and says nothing by itself: lines to write on, boxes to tick. Points.

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

// What a list says when a name has a character that its typeface lacks.

/** The sentence, if any of the texts needs it. */
export function missingCharacterNote (sheet: PdfDocument, texts: readonly string[]): Block[] {
  if (listUnprintableCharacters(texts.join(' ')).length === 0) return []
  const words = translator(sheet.language)('sending.paper.unwritten', { sign: REPLACEMENT_CHARACTER })
  return [paragraph(sheet, words, smallStyle, mmToPoints(margins.right - margins.left))]
}
