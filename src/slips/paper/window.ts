/** The text in the envelope window: the address of a letter, or the name, campus and slip number of a porter slip. */
import { MAX_PRINTED_LINES } from '../../addresses/postal-address.js'
import { translator } from '../../i18n/translate.js'
import { drawCode128 } from '../../pdf/barcodes.js'
import { breakLines, type TextMeasurer } from '../../pdf/breaks.js'
import { addElement, createTextMeasurer, type PdfDocument, writeLine } from '../../pdf/document.js'
import { choosePrintable, toPrintable } from '../../pdf/fonts.js'
import { mmToPoints, zoneWidth } from '../../pdf/layout.js'
import { longWindowStyle, longWindowTextZone, windowBarcodeZone, windowStyle, windowTextZone } from './layout.js'
import type { SlipContent } from './slip-content.js'

/** The number of lines that the window shows. The barcode of a porter slip takes the place of one line. */
const maxWindowLines = { 'registered-letter': MAX_PRINTED_LINES, porter: 4, counter: 5 } as const

/** Up to this number, lines have the usual distance, and a wide one may be broken in two. */
const MAX_COMFORTABLE_LINES = 5

/** A line that needs a smaller horizontal scale is broken in two if there is space. Two lines are easier to read for the post. */
const MIN_COMFORTABLE_SCALE = 0.85

const WINDOW_WIDTH_PT = zoneWidth(windowTextZone)

/** Draws the text in the window, and the barcode of a porter slip. @throws RangeError when the address has more lines than the window shows */
export function drawWindow (doc: PdfDocument, content: SlipContent): void {
  const lines = fitLines(doc, listWindowLines(content), maxWindowLines[content.delivery.channel])
  const isLong = lines.length > MAX_COMFORTABLE_LINES
  const style = isLong ? longWindowStyle : windowStyle
  const zone = isLong ? longWindowTextZone : windowTextZone
  const measure = createTextMeasurer(doc, style)
  const left = mmToPoints(zone.left)
  const top = mmToPoints(zone.top)
  addElement(doc, doc.root, 'P', {
    draw: () => lines.forEach((line, i) => {
      const scale = Math.min(1, WINDOW_WIDTH_PT / measure(line))
      writeLine(doc, line, { style, left, top: top + i * style.leading, scale })
    }),
  })
  if (content.delivery.channel === 'porter') drawWindowBarcode(doc, content.slipNumber)
}

/** A counter slip needs no envelope. It has the name in the window zone in case it is put in one. */
function listWindowLines ({ delivery, displayName, latinName, slipNumber }: SlipContent): string[] {
  const name = choosePrintable([displayName, latinName])
  switch (delivery.channel) {
    case 'counter': return [toPrintable(name, 'regular')]
    case 'porter': return [name, delivery.campus, slipNumber].map(line => toPrintable(line, 'regular'))
    case 'registered-letter': return delivery.windowLines.map(line => toPrintable(line, 'regular'))
    default: return delivery satisfies never
  }
}

/** Breaks the widest line if there is space for more lines. A line that is still too wide is condensed later. */
function fitLines (doc: PdfDocument, lines: readonly string[], maxLines: number): string[] {
  if (lines.length > maxLines) throw new RangeError(`The window shows ${maxLines} lines, not ${lines.length}.`)
  const spareLines = Math.min(maxLines, MAX_COMFORTABLE_LINES) - lines.length
  const measure = createTextMeasurer(doc, windowStyle)
  const widest = Math.max(...lines.map(measure))
  if (spareLines <= 0 || widest * MIN_COMFORTABLE_SCALE <= WINDOW_WIDTH_PT) return [...lines]
  return lines.flatMap(line => measure(line) === widest ? splitLine(line, spareLines + 1, measure) : [line])
}

/** Splits a line into at most `maxParts` parts of similar width. */
function splitLine (line: string, maxParts: number, measure: TextMeasurer): string[] {
  const minWidth = Math.max(WINDOW_WIDTH_PT, measure(line) / maxParts)
  const widths = Array.from({ length: 20 }, (_, i) => minWidth * (1 + i / 20))
  return widths.map(width => breakLines(line, width, measure)).find(parts => parts.length <= maxParts) ?? [line]
}

function drawWindowBarcode (doc: PdfDocument, slipNumber: string): void {
  const alt = translator(doc.language)('paper.barcodeAlt', { number: slipNumber })
  const { left, top, bottom } = windowBarcodeZone
  drawCode128(doc, doc.root, slipNumber, { alt, left: mmToPoints(left), top: mmToPoints(top), height: mmToPoints(bottom - top) })
}
