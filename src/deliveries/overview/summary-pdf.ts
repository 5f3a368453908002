/** The summary as a tagged PDF, made in memory: figures, charts and the numbers behind them. */
import { translator } from '../../i18n/translate.js'
import type { Language } from '../../institution/vocabulary.js'
import { paragraph } from '../../pdf/blocks.js'
import { addElement, addPage, createDocument, createTextMeasurer, drawArtifact, finishDocument, type PdfDocument, writeLine } from '../../pdf/document.js'
import { notoSans } from '../../pdf/fonts.js'
import { bodyStrongStyle, margins, mmToPoints, smallStrongStyle, smallStyle } from '../../pdf/layout.js'
import { drawLetterhead } from '../../pdf/letterhead.js'
import type { SlipInstitution } from '../../slips/paper/slip-content.js'
import type { DataTable, Overview } from './build-overview.js'
import { drawBarChart, drawLegend, drawWeeksChart } from './pdf-charts.js'

export interface SummaryContent {
  readonly language: Language
  readonly institution: Pick<SlipInstitution, 'name' | 'returnAddress' | 'timeZone'>
  readonly at: Date
  /** When and by whom it was made. */
  readonly made: string
  /** The filter in words. */
  readonly filter: string
  readonly overview: Overview
}

const CONTENT_LEFT_PT = mmToPoints(margins.left)
const CONTENT_RIGHT_PT = mmToPoints(margins.right)
const CONTENT_BOTTOM_PT = mmToPoints(280)
const FIRST_PAGE_TOP_PT = mmToPoints(28)
const CONTINUATION_TOP_PT = mmToPoints(14)
const ROW_HEIGHT_PT = 15
const GAP_PT = mmToPoints(6)

/** Where the next thing goes. */
interface Cursor { top: number, page: number }

export async function renderSummary ({ language, institution, at, made, filter, overview }: SummaryContent): Promise<Buffer> {
  const say = translator(language)
  const sheet = createDocument({ language, title: say('overview.paper.title'), institution: institution.name[language], at }, notoSans)
  drawLetterhead(sheet, sheet.root, { institution, title: say('overview.paper.title'), subtitle: made })
  const pen: Cursor = { top: FIRST_PAGE_TOP_PT, page: 1 }
  const write = (text: string, style: typeof smallStyle, tag = 'P') => {
    const block = paragraph(sheet, text, style, CONTENT_RIGHT_PT - CONTENT_LEFT_PT, language, tag)
    ensureRoom(sheet, pen, block.height)
    block.draw(sheet.root, CONTENT_LEFT_PT, pen.top)
    pen.top += block.height
  }
  write(filter, smallStyle)
  pen.top += GAP_PT / 2
  drawTable(sheet, pen, { head: [say('overview.figure'), say('overview.value'), ''], rows: overview.tiles.map(({ label, value, note }) => [label, value, note]) })
  const { weeks } = overview
  if (weeks === undefined) write(say('records.emptyTitle'), smallStyle)
  else {
    drawSectionHeading(sheet, pen, weeks.title, weeks.chart.height * scaleToPage(weeks.chart.width) + 30)
    pen.top += drawWeeksChart(sheet, weeks, CONTENT_LEFT_PT, pen.top, scaleToPage(weeks.chart.width))
    pen.top += drawLegend(sheet, weeks.kinds, CONTENT_LEFT_PT, pen.top) + GAP_PT / 2
  }
  for (const panel of overview.panels) {
    drawSectionHeading(sheet, pen, panel.title, panel.chart.height + 40)
    write(panel.about, smallStyle)
    pen.top += mmToPoints(2)
    pen.top += drawBarChart(sheet, panel, CONTENT_LEFT_PT, pen.top)
    if (panel.kinds.length > 0) pen.top += drawLegend(sheet, panel.kinds, CONTENT_LEFT_PT, pen.top)
    pen.top += GAP_PT / 2
    drawTable(sheet, pen, panel.table)
  }
  if (weeks !== undefined) {
    drawSectionHeading(sheet, pen, weeks.title, 4 * ROW_HEIGHT_PT)
    drawTable(sheet, pen, weeks.table)
  }
  drawPageFoot(sheet, pen)
  return await finishDocument(sheet)
}

function scaleToPage (width: number): number {
  return (CONTENT_RIGHT_PT - CONTENT_LEFT_PT) / width
}

/** A heading never stands alone at a page's end. */
function drawSectionHeading (sheet: PdfDocument, pen: Cursor, words: string, follows: number): void {
  pen.top += GAP_PT / 2
  ensureRoom(sheet, pen, bodyStrongStyle.leading + follows)
  addElement(sheet, sheet.root, 'H2', {}, () => writeLine(sheet, words, bodyStrongStyle, CONTENT_LEFT_PT, pen.top))
  pen.top += bodyStrongStyle.leading + mmToPoints(1)
}

function ensureRoom (sheet: PdfDocument, pen: Cursor, height: number): void {
  if (pen.top + height <= CONTENT_BOTTOM_PT) return
  drawPageFoot(sheet, pen)
  addPage(sheet)
  pen.top = CONTINUATION_TOP_PT
  pen.page++
}

function drawPageFoot (sheet: PdfDocument, { page }: Cursor): void {
  const words = String(page)
  drawArtifact(sheet, () => writeLine(sheet, words, smallStyle, CONTENT_RIGHT_PT - createTextMeasurer(sheet, smallStyle)(words), mmToPoints(284)))
}

function drawTable (sheet: PdfDocument, pen: Cursor, { head, rows }: DataTable): void {
  const table = addElement(sheet, sheet.root, 'Table')
  const columns = layOutColumns(sheet, [head, ...rows])
  const line = (cells: readonly string[], tag: 'TH' | 'TD') => {
    ensureRoom(sheet, pen, ROW_HEIGHT_PT)
    const row = addElement(sheet, table, 'TR')
    cells.forEach((cell, i) => addElement(sheet, row, tag, tag === 'TH' ? { scope: 'Column' } : {}, () => writeLine(sheet, cell, tag === 'TH' ? smallStrongStyle : smallStyle, columns[i]!, pen.top)))
    pen.top += ROW_HEIGHT_PT
    drawArtifact(sheet, pdf => pdf.lineWidth(0.5).moveTo(CONTENT_LEFT_PT, pen.top - 1).lineTo(CONTENT_RIGHT_PT, pen.top - 1).strokeColor('#9aa3ab').stroke().strokeColor('#000000'))
  }
  line(head, 'TH')
  for (const row of rows) line(row, 'TD')
  pen.top += GAP_PT / 2
}

/** Columns as wide as their widest cell, with what is left over between them. */
function layOutColumns (sheet: PdfDocument, rows: ReadonlyArray<readonly string[]>): number[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row, r) => createTextMeasurer(sheet, r === 0 ? smallStrongStyle : smallStyle)(row[i]!))))
  const between = Math.min(mmToPoints(12), Math.max(4, (CONTENT_RIGHT_PT - CONTENT_LEFT_PT - widths.reduce((a, b) => a + b, 0)) / Math.max(1, widths.length - 1)))
  let at = CONTENT_LEFT_PT
  return widths.map(width => {
    const place = at
    at += width + between
    return place
  })
}
