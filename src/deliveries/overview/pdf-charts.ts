/** Charts on paper, from the same lengths as on the screen; each is a figure that says in words what it shows. */
import { addElement, createTextMeasurer, writeLine, type PdfDocument } from '../../pdf/document.js'
import type { Style } from '../../pdf/layout.js'
import type { Overview, ChartPanel } from './build-overview.js'

const labelStyle: Style = { face: 'regular', size: 8, leading: 10 }
const labelStrongStyle: Style = { face: 'strong', size: 8, leading: 10 }

/** Dark enough against paper, and told apart by lightness when printed without colours. */
const colours: Readonly<Record<string, string>> = {
  counter: '#0a5a8c', porter: '#b8550b', 'registered-letter': '#8a97a3', median: '#0a5a8c', ninetieth: '#8a97a3', uncollected: '#b8550b', returned: '#8a97a3', counted: '#0a5a8c',
}

/** Slips by week. @returns its height */
export function drawWeeksChart (sheet: PdfDocument, { title, chart, names, table }: NonNullable<Overview['weeks']>, left: number, top: number, by: number): number {
  const { pdf } = sheet
  const [width, height] = [chart.width * by, chart.height * by]
  const alt = [title, ...table.rows.map(row => `${row[0]}: ${row.at(-1)}`)].join('. ')
  addElement(sheet, sheet.root, 'Figure', { alt, bbox: [left, top, left + width, top + height] }, () => {
    for (const { y, words } of chart.ticks) {
      pdf.lineWidth(0.5).strokeColor('#ccd4db').moveTo(left + chart.left * by, top + y * by).lineTo(left + width, top + y * by).stroke().strokeColor('#000000')
      writeLine(sheet, words, labelStyle, left + (chart.left - 6) * by - createTextMeasurer(sheet, labelStyle)(words), top + y * by - 5)
    }
    for (const bar of chart.bars) {
      for (const part of bar.parts) pdf.rect(left + bar.x * by, top + part.y * by, bar.width * by, Math.max(0.4, part.height * by - 0.8)).fill(colours[part.channel]!)
      pdf.fillColor('#000000')
      const middle = left + (bar.x + bar.width / 2) * by
      if (bar.showsTotal) writeCentred(sheet, bar.words, labelStrongStyle, middle, top + bar.top * by - 11)
      if (bar.isNamed) writeCentred(sheet, names[bar.monday]!, labelStyle, middle, top + (chart.height - 22) * by)
    }
  })
  return height
}

/** Lying bars under their names. @returns the height */
export function drawBarChart (sheet: PdfDocument, { title, chart, table }: ChartPanel, left: number, top: number): number {
  const { pdf } = sheet
  const alt = [title, ...table.rows.map(row => row.join(' '))].join('. ')
  addElement(sheet, sheet.root, 'Figure', { alt, bbox: [left, top, left + chart.width, top + chart.height] }, () => {
    for (const row of chart.rows) {
      writeLine(sheet, row.label, labelStyle, left, top + row.y + 6)
      for (const bar of row.bars) {
        pdf.rect(left, top + bar.y, Math.max(0.5, bar.length), chart.thickness - 3).fill(colours[bar.kind]!)
        pdf.fillColor('#000000')
        writeLine(sheet, bar.words, labelStrongStyle, left + bar.length + 4, top + bar.y)
      }
    }
  })
  return chart.height + 4
}

/** What the colours mean. @returns its height */
export function drawLegend (sheet: PdfDocument, kinds: ChartPanel['kinds'], left: number, top: number): number {
  let at = left
  addElement(sheet, sheet.root, 'P', {}, () => {
    for (const { kind, label } of kinds) {
      sheet.pdf.rect(at, top + 2, 7, 7).fill(colours[kind]!)
      sheet.pdf.fillColor('#000000')
      writeLine(sheet, label, labelStyle, at + 11, top)
      at += 11 + createTextMeasurer(sheet, labelStyle)(label) + 14
    }
  })
  return 14
}

function writeCentred (sheet: PdfDocument, words: string, style: Style, middle: number, top: number): void {
  writeLine(sheet, words, style, middle - createTextMeasurer(sheet, style)(words) / 2, top)
}
