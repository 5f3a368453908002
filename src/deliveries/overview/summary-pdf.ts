/** The summary as a PDF: key figures, then each chart with its table. */
import { translator } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/vocabulary.js'
import { paragraph } from '../../pdf/blocks.js'
import { addElement, addPage, createDocument, createTextMeasurer, drawRule, finishDocument, type PdfDocument, writeLine } from '../../pdf/document.js'
import { notoSans } from '../../pdf/fonts.js'
import { bodyStrongStyle, hairlineStroke, margins, mmToPoints, smallStrongStyle, smallStyle, zoneWidth } from '../../pdf/layout.js'
import { drawLetterhead, drawPageFoot } from '../../pdf/letterhead.js'
import type { ChartPanel, Overview } from './build-overview.js'
import type { DataTable } from './format-context.js'
import type { PatternsSection } from './build-patterns.js'
import { drawBarChart, drawLegend, drawWeeksChart } from './pdf-charts.js'

export interface SummaryContent {
  readonly language: Language
  readonly institution: Pick<Profile, 'name' | 'returnAddress' | 'timeZone'>
  readonly at: Date
  /** A sentence that says when and by whom the summary was made. */
  readonly made: string
  /** The filter as text. */
  readonly filter: string
  readonly overview: Overview
}

const CONTENT_LEFT_PT = mmToPoints(margins.left)
const CONTENT_RIGHT_PT = mmToPoints(margins.right)
const CONTENT_WIDTH_PT = zoneWidth(margins)
const CONTENT_BOTTOM_PT = mmToPoints(280)
const FIRST_PAGE_TOP_PT = mmToPoints(28)
const CONTINUATION_TOP_PT = mmToPoints(14)
const ROW_HEIGHT_PT = 15
const GAP_PT = mmToPoints(6)

/** The position of the next element. */
interface Cursor { top: number, page: number }

/** Returns the summary as a PDF. */
export async function renderSummary ({ language, institution, at, made, filter, overview }: SummaryContent): Promise<Buffer> {
  const t = translator(language)
  const title = t('overview.paper.title')
  const doc = createDocument({ language, title, institution: institution.name[language], createdAt: at }, notoSans)
  drawLetterhead(doc, { institution, title, subtitle: made })
  const cursor: Cursor = { top: FIRST_PAGE_TOP_PT, page: 1 }
  drawText(doc, cursor, filter)
  cursor.top += GAP_PT / 2
  drawTable(doc, cursor, { head: [t('overview.figure'), t('overview.value'), ''], rows: overview.tiles.map(({ label, value, note }) => [label, value, note]) })
  if (overview.weeks === undefined) drawText(doc, cursor, t('records.emptyTitle'))
  else drawWeeks(doc, cursor, overview.weeks)
  for (const panel of overview.panels) drawPanel(doc, cursor, panel)
  drawPatterns(doc, cursor, overview.patterns)
  if (overview.weeks !== undefined) {
    drawHeading(doc, cursor, overview.weeks.title, 4 * ROW_HEIGHT_PT)
    drawTable(doc, cursor, overview.weeks.table)
  }
  drawPageFoot(doc, { pageLabel: String(cursor.page) })
  return await finishDocument(doc)
}

function drawWeeks (doc: PdfDocument, cursor: Cursor, weeks: NonNullable<Overview['weeks']>): void {
  const scale = CONTENT_WIDTH_PT / weeks.chart.width
  drawHeading(doc, cursor, weeks.title, weeks.chart.height * scale + 30)
  cursor.top += drawWeeksChart(doc, weeks, { left: CONTENT_LEFT_PT, top: cursor.top, scale })
  cursor.top += drawLegend(doc, weeks.kinds, { left: CONTENT_LEFT_PT, top: cursor.top }) + GAP_PT / 2
}

function drawPanel (doc: PdfDocument, cursor: Cursor, panel: ChartPanel): void {
  drawHeading(doc, cursor, panel.title, panel.chart.height + 40)
  drawText(doc, cursor, panel.about)
  cursor.top += mmToPoints(2)
  cursor.top += drawBarChart(doc, panel, { left: CONTENT_LEFT_PT, top: cursor.top })
  if (panel.kinds.length > 0) cursor.top += drawLegend(doc, panel.kinds, { left: CONTENT_LEFT_PT, top: cursor.top })
  cursor.top += GAP_PT / 2
  drawTable(doc, cursor, panel.table)
}

function drawPatterns (doc: PdfDocument, cursor: Cursor, { title, about, table }: PatternsSection): void {
  drawHeading(doc, cursor, title, 4 * ROW_HEIGHT_PT)
  drawText(doc, cursor, about)
  cursor.top += mmToPoints(2)
  drawTable(doc, cursor, table)
}

function drawText (doc: PdfDocument, cursor: Cursor, text: string): void {
  const block = paragraph(doc, text, { style: smallStyle, width: CONTENT_WIDTH_PT })
  ensureSpace(doc, cursor, block.height)
  block.draw(doc.root, CONTENT_LEFT_PT, cursor.top)
  cursor.top += block.height
}

/** Draws a heading on the same page as the `heightBelow` points that follow it. */
function drawHeading (doc: PdfDocument, cursor: Cursor, text: string, heightBelow: number): void {
  cursor.top += GAP_PT / 2
  ensureSpace(doc, cursor, bodyStrongStyle.leading + heightBelow)
  addElement(doc, doc.root, 'H2', { draw: () => writeLine(doc, text, { style: bodyStrongStyle, left: CONTENT_LEFT_PT, top: cursor.top }) })
  cursor.top += bodyStrongStyle.leading + mmToPoints(1)
}

/** Starts a new page if the height does not fit on the current one. */
function ensureSpace (doc: PdfDocument, cursor: Cursor, height: number): void {
  if (cursor.top + height <= CONTENT_BOTTOM_PT) return
  drawPageFoot(doc, { pageLabel: String(cursor.page) })
  addPage(doc)
  cursor.top = CONTINUATION_TOP_PT
  cursor.page++
}

function drawTable (doc: PdfDocument, cursor: Cursor, { head, rows }: DataTable): void {
  const table = addElement(doc, doc.root, 'Table')
  const columnLefts = computeColumnLefts(doc, [head, ...rows])
  const drawRow = (cells: readonly string[], tag: 'TH' | 'TD') => {
    ensureSpace(doc, cursor, ROW_HEIGHT_PT)
    const row = addElement(doc, table, 'TR')
    const style = tag === 'TH' ? smallStrongStyle : smallStyle
    cells.forEach((cell, i) => addElement(doc, row, tag, {
      ...tag === 'TH' ? { scope: 'Column' } : {},
      draw: () => writeLine(doc, cell, { style, left: columnLefts[i]!, top: cursor.top }),
    }))
    cursor.top += ROW_HEIGHT_PT
    drawRule(doc, { left: CONTENT_LEFT_PT, right: CONTENT_RIGHT_PT, y: cursor.top - 1, stroke: hairlineStroke })
  }
  drawRow(head, 'TH')
  for (const row of rows) drawRow(row, 'TD')
  cursor.top += GAP_PT / 2
}

/** Returns the left edge of each column. A column is as wide as its widest cell; the rest of the width is between columns. */
function computeColumnLefts (doc: PdfDocument, [head, ...rows]: readonly [readonly string[], ...ReadonlyArray<readonly string[]>]): number[] {
  const measureHead = createTextMeasurer(doc, smallStrongStyle)
  const measureCell = createTextMeasurer(doc, smallStyle)
  const widths = head.map((label, i) => Math.max(measureHead(label), ...rows.map(row => measureCell(row[i]!))))
  const remaining = CONTENT_WIDTH_PT - widths.reduce((sum, width) => sum + width, 0)
  const gap = Math.min(mmToPoints(12), Math.max(4, remaining / Math.max(1, widths.length - 1)))
  let x = CONTENT_LEFT_PT
  return widths.map(width => {
    const left = x
    x += width + gap
    return left
  })
}
