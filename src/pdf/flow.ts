/** Paragraphs, then sections of labels and values, on as many pages as they need. */
import { type Block, paragraph, spacer, stack, withSpaceBelow } from './blocks.js'
import { paginateRows } from './breaks.js'
import { addElement, addPage, type PdfDocument, type StructureElement } from './document.js'
import { toPrintable } from './fonts.js'
import { bodyStrongStyle, margins, mmToPoints, smallStrongStyle, smallStyle, zoneWidth } from './layout.js'
import { drawPageFoot } from './letterhead.js'

export interface Section {
  readonly heading: string
  readonly lines: ReadonlyArray<readonly [label: string, value: string]>
}

export interface FlowContent {
  readonly paragraphs: readonly string[]
  readonly sections: readonly Section[]
  /** The text at the foot of each page. */
  readonly foot: string
  /** Returns the page number as text. Pages count from 1. */
  readonly pageLabel: (page: number, pages: number) => string
}

const CONTENT_LEFT_PT = mmToPoints(margins.left)
const CONTENT_WIDTH_PT = zoneWidth(margins)
const LABEL_WIDTH_PT = mmToPoints(46)
const GUTTER_PT = mmToPoints(3)
const FIRST_PAGE_TOP_MM = 27
const LATER_PAGES_TOP_MM = 14
const BOTTOM_MM = 279
const availableHeight = { firstPage: mmToPoints(BOTTOM_MM - FIRST_PAGE_TOP_MM), laterPages: mmToPoints(BOTTOM_MM - LATER_PAGES_TOP_MM) }
const LINE_GAP_PT = mmToPoints(0.8)
const PARAGRAPH_GAP_PT = mmToPoints(1.5)
const SECTION_GAP_PT = mmToPoints(5)

/** Draws the content below the letterhead, with a foot on each page. */
export function drawFlow (doc: PdfDocument, { paragraphs, sections, foot, pageLabel }: FlowContent): void {
  const rows = [
    ...paragraphs.map(text => withSpaceBelow(paragraph(doc, toPrintable(text, 'regular'), { style: smallStyle, width: CONTENT_WIDTH_PT }), PARAGRAPH_GAP_PT)),
    ...sections.flatMap(section => sectionRows(doc, section)),
  ]
  const pages = paginateRows(rows.map(row => row.height), availableHeight, 0)
  pages.forEach((indices, page) => {
    if (page > 0) addPage(doc)
    let top = mmToPoints(page === 0 ? FIRST_PAGE_TOP_MM : LATER_PAGES_TOP_MM)
    for (const index of indices) {
      rows[index]!.draw(doc.root, CONTENT_LEFT_PT, top)
      top += rows[index]!.height
    }
    drawPageFoot(doc, { text: foot, pageLabel: pageLabel(page + 1, pages.length) })
  })
}

/** Creates the rows of a section. The heading and the first line are one row, so that a page never ends with a heading. */
function sectionRows (doc: PdfDocument, { heading, lines }: Section): Block[] {
  let table: StructureElement | undefined
  // Called when the first line is drawn, so that the heading comes before the table in the reading order.
  const ensureTable = () => {
    table ??= addElement(doc, doc.root, 'Table')
    return table
  }
  const title = paragraph(doc, toPrintable(heading, 'strong'), { style: bodyStrongStyle, width: CONTENT_WIDTH_PT, tag: 'H2' })
  const [firstRow, ...otherRows] = lines.map(line => lineRow(doc, line, ensureTable))
  const headingRow = stack([spacer(SECTION_GAP_PT), withSpaceBelow(title, PARAGRAPH_GAP_PT), ...firstRow === undefined ? [] : [firstRow]])
  return [headingRow, ...otherRows]
}

function lineRow (doc: PdfDocument, [label, value]: Section['lines'][number], ensureTable: () => StructureElement): Block {
  const labelBlock = paragraph(doc, toPrintable(label, 'strong'), { style: smallStrongStyle, width: LABEL_WIDTH_PT })
  const valueBlock = paragraph(doc, toPrintable(value, 'regular'), { style: smallStyle, width: CONTENT_WIDTH_PT - LABEL_WIDTH_PT - GUTTER_PT })
  return {
    height: Math.max(labelBlock.height, valueBlock.height) + LINE_GAP_PT,
    draw (_parent, left, top) {
      const row = addElement(doc, ensureTable(), 'TR')
      labelBlock.draw(addElement(doc, row, 'TH', { scope: 'Row' }), left, top)
      valueBlock.draw(addElement(doc, row, 'TD'), left + LABEL_WIDTH_PT + GUTTER_PT, top)
    },
  }
}
