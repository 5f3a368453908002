/** The summary as a tagged PDF, made in memory: figures, charts and the numbers behind them. */
import { translator } from '../../i18n/translate.js'
import type { Language } from '../../institution/words.js'
import { paragraph } from '../../slips/paper/blocks.js'
import { notoSans } from '../../slips/paper/fonts.js'
import { drawLetterhead } from '../../slips/paper/heading.js'
import { closeSheet, mark, measureIn, openSheet, ornament, turnPage, writeLine, type Sheet } from '../../slips/paper/sheet.js'
import type { PaperInstitution } from '../../slips/paper/slip-paper.js'
import { follow, followStrong, leadStrong } from '../../slips/paper/styles.js'
import { margins, points } from '../../slips/paper/zones.js'
import type { Overview, Table } from './overview.js'
import { drawKinds, drawLines, drawWeeks } from './paper-charts.js'

export interface SummaryPaper {
  readonly language: Language
  readonly institution: Pick<PaperInstitution, 'name' | 'returnAddress' | 'timeZone'>
  readonly at: Date
  /** When and by whom it was made. */
  readonly made: string
  /** The filter in words. */
  readonly filter: string
  readonly overview: Overview
}

const left = points(margins.left)
const right = points(margins.right)
const bottom = points(280)
const first = points(28)
const later = points(14)
const rowHeight = 15
const gap = points(6)

/** Where the next thing goes. */
interface Pen { top: number, page: number }

export async function renderSummary ({ language, institution, at, made, filter, overview }: SummaryPaper): Promise<Buffer> {
  const say = translator(language)
  const sheet = openSheet({ language, title: say('overview.paper.title'), institution: institution.name[language], at }, notoSans)
  drawLetterhead(sheet, sheet.root, { institution, title: say('overview.paper.title'), subtitle: made })
  const pen: Pen = { top: first, page: 1 }
  const write = (text: string, style: typeof follow, tag = 'P') => {
    const block = paragraph(sheet, text, style, right - left, language, tag)
    room(sheet, pen, block.height)
    block.draw(sheet.root, left, pen.top)
    pen.top += block.height
  }
  write(filter, follow)
  pen.top += gap / 2
  drawTable(sheet, pen, { head: [say('overview.figure'), say('overview.value'), ''], rows: overview.tiles.map(({ label, value, note }) => [label, value, note]) })
  const { weeks } = overview
  if (weeks === undefined) write(say('records.emptyTitle'), follow)
  else {
    heading(sheet, pen, weeks.title, weeks.chart.height * scale(weeks.chart.width) + 30)
    pen.top += drawWeeks(sheet, weeks, left, pen.top, scale(weeks.chart.width))
    pen.top += drawKinds(sheet, weeks.kinds, left, pen.top) + gap / 2
  }
  for (const panel of overview.panels) {
    heading(sheet, pen, panel.title, panel.chart.height + 40)
    write(panel.about, follow)
    pen.top += points(2)
    pen.top += drawLines(sheet, panel, left, pen.top)
    if (panel.kinds.length > 0) pen.top += drawKinds(sheet, panel.kinds, left, pen.top)
    pen.top += gap / 2
    drawTable(sheet, pen, panel.table)
  }
  if (weeks !== undefined) {
    heading(sheet, pen, weeks.title, 4 * rowHeight)
    drawTable(sheet, pen, weeks.table)
  }
  foot(sheet, pen)
  return await closeSheet(sheet)
}

function scale (width: number): number {
  return (right - left) / width
}

/** A heading never stands alone at a page's end. */
function heading (sheet: Sheet, pen: Pen, words: string, follows: number): void {
  pen.top += gap / 2
  room(sheet, pen, leadStrong.leading + follows)
  mark(sheet, sheet.root, 'H2', {}, () => writeLine(sheet, words, leadStrong, left, pen.top))
  pen.top += leadStrong.leading + points(1)
}

function room (sheet: Sheet, pen: Pen, height: number): void {
  if (pen.top + height <= bottom) return
  foot(sheet, pen)
  turnPage(sheet)
  pen.top = later
  pen.page++
}

function foot (sheet: Sheet, { page }: Pen): void {
  const words = String(page)
  ornament(sheet, () => writeLine(sheet, words, follow, right - measureIn(sheet, follow)(words), points(284)))
}

function drawTable (sheet: Sheet, pen: Pen, { head, rows }: Table): void {
  const table = mark(sheet, sheet.root, 'Table')
  const columns = placesOf(sheet, [head, ...rows])
  const line = (cells: readonly string[], tag: 'TH' | 'TD') => {
    room(sheet, pen, rowHeight)
    const row = mark(sheet, table, 'TR')
    cells.forEach((cell, i) => mark(sheet, row, tag, tag === 'TH' ? { scope: 'Column' } : {}, () => writeLine(sheet, cell, tag === 'TH' ? followStrong : follow, columns[i]!, pen.top)))
    pen.top += rowHeight
    ornament(sheet, pdf => pdf.lineWidth(0.5).moveTo(left, pen.top - 1).lineTo(right, pen.top - 1).strokeColor('#9aa3ab').stroke().strokeColor('#000000'))
  }
  line(head, 'TH')
  for (const row of rows) line(row, 'TD')
  pen.top += gap / 2
}

/** Columns as wide as their widest cell, with what is left over between them. */
function placesOf (sheet: Sheet, rows: ReadonlyArray<readonly string[]>): number[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row, r) => measureIn(sheet, r === 0 ? followStrong : follow)(row[i]!))))
  const between = Math.min(points(12), Math.max(4, (right - left - widths.reduce((a, b) => a + b, 0)) / Math.max(1, widths.length - 1)))
  let at = left
  return widths.map(width => {
    const place = at
    at += width + between
    return place
  })
}
