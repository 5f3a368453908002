/** Sections of label and value that run on over as many A4 pages as they need. */
import { translator } from '../i18n/translate.js'
import { type Block, paragraph, stack } from './blocks.js'
import { paginateRows } from './breaks.js'
import { addElement, addPage, createTextMeasurer, drawArtifact, type PdfDocument, type StructureElement, writeLine } from './document.js'
import { toPrintable } from './fonts.js'
import { bodyStrongStyle, margins, mmToPoints, smallStrongStyle, smallStyle } from './layout.js'

/** What stands under one heading: each label with its value, in order. */
export interface Section {
  readonly heading: string
  readonly lines: ReadonlyArray<readonly [label: string, value: string]>
}

const CONTENT_LEFT_PT = mmToPoints(margins.left)
const CONTENT_WIDTH_PT = mmToPoints(margins.right - margins.left)
const LABEL_WIDTH_PT = mmToPoints(46)
const GUTTER_PT = mmToPoints(3)
const room = { first: mmToPoints(279 - 27), later: mmToPoints(279 - 14) }
const tops = { first: mmToPoints(27), later: mmToPoints(14) }
const LINE_GAP_PT = mmToPoints(0.8)
const SECTION_GAP_PT = mmToPoints(5)

/** Draws paragraphs, then the sections, with a foot on each page. */
export function drawSections (sheet: PdfDocument, paragraphs: readonly string[], sections: readonly Section[], foot: string): void {
  const rows = [
    ...paragraphs.map(text => withSpaceBelow(paragraph(sheet, toPrintable(text, 'regular'), smallStyle, CONTENT_WIDTH_PT), mmToPoints(1.5))),
    ...sections.flatMap(section => sectionRows(sheet, section)),
  ]
  const pages = paginateRows(rows.map(row => row.height), room, 0)
  pages.forEach((indices, page) => {
    if (page > 0) addPage(sheet)
    let top = page === 0 ? tops.first : tops.later
    for (const index of indices) {
      rows[index]!.draw(sheet.root, CONTENT_LEFT_PT, top)
      top += rows[index]!.height
    }
    drawPageFoot(sheet, foot, page + 1, pages.length)
  })
}

/** The heading never stands alone at a page's end: it goes with its first line. */
function sectionRows (sheet: PdfDocument, { heading, lines }: Section): Block[] {
  let table: StructureElement | undefined
  // Made when its first line is drawn: by then the heading stands before it.
  const tableOnce = () => {
    table ??= addElement(sheet, sheet.root, 'Table')
    return table
  }
  const rows = lines.map(line => lineRow(sheet, line, tableOnce))
  const title = withSpaceBelow(paragraph(sheet, toPrintable(heading, 'strong'), bodyStrongStyle, CONTENT_WIDTH_PT, undefined, 'H2'), mmToPoints(1.5))
  return [withSpaceBelow(stack([spacer(SECTION_GAP_PT), title, ...rows.slice(0, 1)]), 0), ...rows.slice(1)]
}

function lineRow (sheet: PdfDocument, [label, value]: Section['lines'][number], table: () => StructureElement): Block {
  const name = paragraph(sheet, toPrintable(label, 'strong'), smallStrongStyle, LABEL_WIDTH_PT)
  const text = paragraph(sheet, toPrintable(value, 'regular'), smallStyle, CONTENT_WIDTH_PT - LABEL_WIDTH_PT - GUTTER_PT)
  return {
    height: Math.max(name.height, text.height) + LINE_GAP_PT,
    draw (_parent, x, top) {
      const row = addElement(sheet, table(), 'TR')
      name.draw(addElement(sheet, row, 'TH', { scope: 'Row' }), x, top)
      text.draw(addElement(sheet, row, 'TD'), x + LABEL_WIDTH_PT + GUTTER_PT, top)
    },
  }
}

function withSpaceBelow (block: Block, below: number): Block {
  return { height: block.height + below, draw: (parent, x, top) => block.draw(parent, x, top) }
}

function spacer (height: number): Block {
  return { height, draw: () => {} }
}

function drawPageFoot (sheet: PdfDocument, words: string, page: number, pages: number): void {
  const number = translator(sheet.language)('holders.paper.page', { page, pages })
  drawArtifact(sheet, () => {
    writeLine(sheet, words, smallStyle, CONTENT_LEFT_PT, mmToPoints(284))
    writeLine(sheet, number, smallStyle, mmToPoints(margins.right) - createTextMeasurer(sheet, smallStyle)(number), mmToPoints(284))
  })
}
