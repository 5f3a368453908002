/** What the envelope's window shows: a letter's address; a porter's envelope by name, campus and scannable number. */
import { translator } from '../../i18n/translate.js'
import { drawCode128 } from '../../pdf/barcodes.js'
import { breakLines, type TextMeasurer } from '../../pdf/breaks.js'
import { addElement, createTextMeasurer, type PdfDocument, type StructureElement, writeLine } from '../../pdf/document.js'
import { toPrintable } from '../../pdf/fonts.js'
import { mmToPoints, windowBarcodeZone, windowStyle, windowTextZone } from '../../pdf/layout.js'
import type { SlipContent } from './slip-content.js'

/** Lines of 10 pt on 11 that a window shows; a porter's barcode takes the room of the last one. */
const maxWindowLines = { 'registered-letter': 5, porter: 4, counter: 5 } as const

/** A line is squeezed this far before it is broken in two, which the post reads less well. */
const MIN_COMFORTABLE_SCALE = 0.85

const WINDOW_WIDTH_PT = mmToPoints(windowTextZone.right - windowTextZone.left)

export function drawWindow (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const lines = fitLines(sheet, listWindowLines(paper), maxWindowLines[paper.delivery.channel])
  const measure = createTextMeasurer(sheet, windowStyle)
  addElement(sheet, parent, 'P', {}, () => lines.forEach((line, i) => {
    const condensed = Math.min(1, WINDOW_WIDTH_PT / measure(line))
    writeLine(sheet, line, windowStyle, mmToPoints(windowTextZone.left), mmToPoints(windowTextZone.top) + i * windowStyle.leading, condensed)
  }))
  if (paper.delivery.channel === 'porter') drawWindowBarcode(sheet, parent, paper.slipNumber)
}

/** A counter slip has no envelope, but may be put in one: its window then shows the name. */
function listWindowLines ({ delivery, displayName, slipNumber }: SlipContent): string[] {
  switch (delivery.channel) {
    case 'counter': return [toPrintable(displayName, 'regular')]
    case 'porter': return [displayName, delivery.campus, slipNumber].map(line => toPrintable(line, 'regular'))
    case 'registered-letter': return delivery.windowLines.map(line => toPrintable(line, 'regular'))
    default: return delivery satisfies never
  }
}

/** Breaks the widest line where there is room for more lines; what is still too wide is squeezed. */
function fitLines (sheet: PdfDocument, lines: readonly string[], room: number): string[] {
  if (lines.length > room) throw new RangeError(`A window shows ${room} lines, not ${lines.length}.`)
  const measure = createTextMeasurer(sheet, windowStyle)
  const widest = Math.max(...lines.map(measure))
  if (lines.length === room || widest * MIN_COMFORTABLE_SCALE <= WINDOW_WIDTH_PT) return [...lines]
  return lines.flatMap(line => measure(line) === widest ? splitLine(line, room - lines.length + 1, measure) : [line])
}

/** The line in as many parts as there is room for, as evenly as it breaks. */
function splitLine (line: string, parts: number, measure: TextMeasurer): string[] {
  const least = Math.max(WINDOW_WIDTH_PT, measure(line) / parts)
  const widths = Array.from({ length: 20 }, (_, i) => least * (1 + i / 20))
  return widths.map(one => breakLines(line, one, measure)).find(broken => broken.length <= parts) ?? [line]
}

function drawWindowBarcode (sheet: PdfDocument, parent: StructureElement, slipNumber: string): void {
  const alt = translator(sheet.language)('paper.barcodeAlt', { number: slipNumber })
  const { left, top, bottom } = windowBarcodeZone
  drawCode128(sheet, parent, slipNumber, alt, mmToPoints(left), mmToPoints(top), mmToPoints(bottom - top))
}
