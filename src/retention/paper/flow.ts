/** Sections of label and value that run on over as many A4 pages as they need. */
import { translator } from '../../i18n/translate.js'
import { pagesOfRows } from '../../deliveries/paper/pages-of-rows.js'
import { paragraph, stack, type Block } from '../../slips/paper/blocks.js'
import { printable } from '../../slips/paper/printable.js'
import { mark, measureIn, ornament, turnPage, writeLine, type Element, type Sheet } from '../../slips/paper/sheet.js'
import { follow, followStrong, leadStrong } from '../../slips/paper/styles.js'
import { margins, points } from '../../slips/paper/zones.js'

/** What stands under one heading: each label with its value, in order. */
export interface Section {
  readonly heading: string
  readonly lines: ReadonlyArray<readonly [label: string, value: string]>
}

const left = points(margins.left)
const width = points(margins.right - margins.left)
const labelWidth = points(46)
const gutter = points(3)
const room = { first: points(279 - 27), later: points(279 - 14) }
const tops = { first: points(27), later: points(14) }
const lineGap = points(0.8)
const sectionGap = points(5)

/** Draws paragraphs, then the sections, with a foot on each page. */
export function drawFlow (sheet: Sheet, paragraphs: readonly string[], sections: readonly Section[], foot: string): void {
  const rows = [
    ...paragraphs.map(text => spaced(paragraph(sheet, printable(text, 'regular'), follow, width), points(1.5))),
    ...sections.flatMap(section => rowsOf(sheet, section)),
  ]
  const pages = pagesOfRows(rows.map(row => row.height), room, 0)
  pages.forEach((indices, page) => {
    if (page > 0) turnPage(sheet)
    let top = page === 0 ? tops.first : tops.later
    for (const index of indices) {
      rows[index]!.draw(sheet.root, left, top)
      top += rows[index]!.height
    }
    drawFoot(sheet, foot, page + 1, pages.length)
  })
}

/** The heading never stands alone at a page's end: it goes with its first line. */
function rowsOf (sheet: Sheet, { heading, lines }: Section): Block[] {
  let table: Element | undefined
  // Made when its first line is drawn: by then the heading stands before it.
  const tableOnce = () => {
    table ??= mark(sheet, sheet.root, 'Table')
    return table
  }
  const rows = lines.map(line => lineOf(sheet, line, tableOnce))
  const title = spaced(paragraph(sheet, printable(heading, 'strong'), leadStrong, width, undefined, 'H2'), points(1.5))
  return [spaced(stack([gap(sectionGap), title, ...rows.slice(0, 1)]), 0), ...rows.slice(1)]
}

function lineOf (sheet: Sheet, [label, value]: Section['lines'][number], table: () => Element): Block {
  const name = paragraph(sheet, printable(label, 'strong'), followStrong, labelWidth)
  const text = paragraph(sheet, printable(value, 'regular'), follow, width - labelWidth - gutter)
  return {
    height: Math.max(name.height, text.height) + lineGap,
    draw (_parent, x, top) {
      const row = mark(sheet, table(), 'TR')
      name.draw(mark(sheet, row, 'TH', { scope: 'Row' }), x, top)
      text.draw(mark(sheet, row, 'TD'), x + labelWidth + gutter, top)
    },
  }
}

function spaced (block: Block, below: number): Block {
  return { height: block.height + below, draw: (parent, x, top) => block.draw(parent, x, top) }
}

function gap (height: number): Block {
  return { height, draw: () => {} }
}

function drawFoot (sheet: Sheet, words: string, page: number, pages: number): void {
  const number = translator(sheet.language)('holders.paper.page', { page, pages })
  ornament(sheet, () => {
    writeLine(sheet, words, follow, left, points(284))
    writeLine(sheet, number, follow, points(margins.right) - measureIn(sheet, follow)(number), points(284))
  })
}
