/** Draws the charts of the overview in the PDF. Lengths come from `charts.ts`; each figure has its numbers as alternative text. */
import { addElement, createTextMeasurer, writeLine, type PdfDocument } from '../../pdf/document.js'
import type { Style } from '../../pdf/layout.js'
import type { Overview, ChartPanel } from './build-overview.js'

const labelStyle: Style = { face: 'regular', size: 8, leading: 10 }
const labelStrongStyle: Style = { face: 'strong', size: 8, leading: 10 }

/** Colours that differ in lightness, so that they are distinct in a black and white print. */
const colours: Readonly<Record<string, string>> = {
  counter: '#0a5a8c', porter: '#b8550b', 'registered-letter': '#8a97a3', median: '#0a5a8c', ninetieth: '#8a97a3', uncollected: '#b8550b', returned: '#8a97a3', counted: '#0a5a8c',
}

/** The top left corner of a chart, in points. */
export interface ChartPosition {
  readonly left: number
  readonly top: number
}

/** Draws the slips by week. Returns the height in points. */
export function drawWeeksChart (doc: PdfDocument, { title, chart, names, table }: NonNullable<Overview['weeks']>, { left, top, scale }: ChartPosition & { readonly scale: number }): number {
  const { pdf } = doc
  const [width, height] = [chart.width * scale, chart.height * scale]
  const alt = [title, ...table.rows.map(row => `${row[0]}: ${row.at(-1)}`)].join('. ')
  const draw = () => {
    for (const { y, text } of chart.ticks) {
      pdf.lineWidth(0.5).strokeColor('#ccd4db').moveTo(left + chart.left * scale, top + y * scale).lineTo(left + width, top + y * scale).stroke().strokeColor('#000000')
      const labelWidth = createTextMeasurer(doc, labelStyle)(text)
      writeLine(doc, text, { style: labelStyle, left: left + (chart.left - 6) * scale - labelWidth, top: top + y * scale - 5 })
    }
    for (const bar of chart.bars) {
      for (const part of bar.parts) pdf.rect(left + bar.x * scale, top + part.y * scale, bar.width * scale, Math.max(0.4, part.height * scale - 0.8)).fill(colours[part.channel]!)
      pdf.fillColor('#000000')
      const middle = left + (bar.x + bar.width / 2) * scale
      if (bar.showsTotal) writeCentred(doc, bar.text, { style: labelStrongStyle, middle, top: top + bar.top * scale - 11 })
      if (bar.showsLabel) writeCentred(doc, names[bar.monday]!, { style: labelStyle, middle, top: top + (chart.height - 22) * scale })
    }
  }
  addElement(doc, doc.root, 'Figure', { alt, bbox: [left, top, left + width, top + height], draw })
  return height
}

/** Draws horizontal bars, each group under its label. Returns the height in points. */
export function drawBarChart (doc: PdfDocument, { title, chart, table }: ChartPanel, { left, top }: ChartPosition): number {
  const { pdf } = doc
  const alt = [title, ...table.rows.map(row => row.join(' '))].join('. ')
  const draw = () => {
    for (const row of chart.rows) {
      writeLine(doc, row.label, { style: labelStyle, left, top: top + row.y + 6 })
      for (const bar of row.bars) {
        pdf.rect(left, top + bar.y, Math.max(0.5, bar.length), chart.thickness - 3).fill(colours[bar.kind]!)
        pdf.fillColor('#000000')
        writeLine(doc, bar.text, { style: labelStrongStyle, left: left + bar.length + 4, top: top + bar.y })
      }
    }
  }
  addElement(doc, doc.root, 'Figure', { alt, bbox: [left, top, left + chart.width, top + chart.height], draw })
  return chart.height + 4
}

/** Draws the legend of a chart. Returns the height in points. */
export function drawLegend (doc: PdfDocument, kinds: ChartPanel['kinds'], { left, top }: ChartPosition): number {
  const draw = () => {
    let x = left
    for (const { kind, label } of kinds) {
      doc.pdf.rect(x, top + 2, 7, 7).fill(colours[kind]!)
      doc.pdf.fillColor('#000000')
      writeLine(doc, label, { style: labelStyle, left: x + 11, top })
      x += 11 + createTextMeasurer(doc, labelStyle)(label) + 14
    }
  }
  addElement(doc, doc.root, 'P', { draw })
  return 14
}

function writeCentred (doc: PdfDocument, text: string, { style, middle, top }: { style: Style, middle: number, top: number }): void {
  writeLine(doc, text, { style, left: middle - createTextMeasurer(doc, style)(text) / 2, top })
}
