/**
 * A list on as many A4 pages as it needs: letterhead, what it is about, a table whose head is repeated, and what is
 * signed at its end. Each page says which list it is of, and how many pages there are.
 */
import { translator } from '../../i18n/translate.js'
import type { Block } from '../../slips/paper/blocks.js'
import { drawLetterhead, type Letterhead } from '../../slips/paper/heading.js'
import { mark, measureIn, ornament, turnPage, writeLine, type Element, type Sheet } from '../../slips/paper/sheet.js'
import { follow, followStrong } from '../../slips/paper/styles.js'
import { margins, points } from '../../slips/paper/zones.js'
import { line } from './list-styles.js'
import { rule } from './marks.js'
import { pagesOfRows } from './pages-of-rows.js'

export interface Column {
  readonly label: string
  /** Millimetres from the sheet's left edge. */
  readonly left: number
  readonly right: number
  /** Its heading ends where the column ends. */
  readonly atRight?: boolean
}

/** A row of the table; `draw` adds its cells. */
export interface Row {
  readonly height: number
  draw (row: Element, top: number): void
}

export interface ListSheet {
  readonly letterhead: Letterhead
  /** Which list it is, at the foot of each page. */
  readonly foot: string
  readonly facts: Block
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly closing: Block
}

const left = points(margins.left)
const right = points(margins.right)
const bottom = points(279)
const factsTop = points(27)
const laterTop = points(14)
const gap = points(5)
const headHeight = points(7)

/** Draws the whole list, from the sheet's first page on. */
export function drawList (sheet: Sheet, list: ListSheet): void {
  drawLetterhead(sheet, sheet.root, list.letterhead)
  list.facts.draw(sheet.root, left, factsTop)
  const firstTop = factsTop + list.facts.height + gap
  const room = { first: bottom - firstTop - headHeight, later: bottom - laterTop - headHeight }
  const pages = pagesOfRows(list.rows.map(row => row.height), room, gap + list.closing.height)
  const table = mark(sheet, sheet.root, 'Table')
  let top = firstTop
  pages.forEach((rows, page) => {
    if (page > 0) {
      turnPage(sheet)
      top = laterTop
    }
    if (rows.length > 0) top = drawHead(sheet, page === 0 ? table : undefined, list.columns, top)
    for (const row of rows) top = drawRow(sheet, table, list.rows[row]!, top)
    drawFoot(sheet, list.foot, page + 1, pages.length)
  })
  list.closing.draw(sheet.root, left, top + gap)
}

function drawRow (sheet: Sheet, table: Element, row: Row, top: number): number {
  row.draw(mark(sheet, table, 'TR'), top)
  rule(sheet, left, right, top + row.height)
  return top + row.height
}

/** A repeated head is for the eye only. */
function drawHead (sheet: Sheet, table: Element | undefined, columns: readonly Column[], top: number): number {
  const row = table && mark(sheet, table, 'TR')
  for (const column of columns) {
    const width = measureIn(sheet, followStrong)(column.label)
    const write = () => writeLine(sheet, column.label, followStrong, column.atRight === true ? points(column.right) - width : points(column.left), top + 3)
    if (row === undefined) ornament(sheet, write)
    else mark(sheet, row, 'TH', { scope: 'Column' }, write)
  }
  rule(sheet, left, right, top + headHeight, line)
  return top + headHeight
}

function drawFoot (sheet: Sheet, words: string, page: number, pages: number): void {
  const number = translator(sheet.language)('sending.paper.page', { page, pages })
  const numberLeft = right - measureIn(sheet, follow)(number)
  const condensed = Math.min(1, (numberLeft - left - gap) / measureIn(sheet, follow)(words))
  ornament(sheet, () => {
    writeLine(sheet, words, follow, left, points(284), condensed)
    writeLine(sheet, number, follow, numberLeft, points(284))
  })
}
