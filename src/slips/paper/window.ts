/** What the envelope's window shows: a letter's address; a porter's envelope by name, campus and scannable number. */
import { translator } from '../../i18n/translate.js'
import { drawCode128 } from './barcodes.js'
import { breakLines, type Measure } from './line-breaks.js'
import { printable } from './printable.js'
import { mark, measureIn, writeLine, type Element, type Sheet } from './sheet.js'
import type { SlipPaper } from './slip-paper.js'
import { windowStyle } from './styles.js'
import { points, windowBarcode, windowText } from './zones.js'

/** Lines of 10 pt on 11 that a window shows; a porter's barcode takes the room of the last one. */
const most = { 'registered-letter': 5, porter: 4, counter: 5 } as const

/** A line is squeezed this far before it is broken in two, which the post reads less well. */
const comfortable = 0.85

const width = points(windowText.right - windowText.left)

export function drawWindow (sheet: Sheet, parent: Element, paper: SlipPaper): void {
  const lines = linesThatFit(sheet, windowLines(paper), most[paper.delivery.channel])
  const measure = measureIn(sheet, windowStyle)
  mark(sheet, parent, 'P', {}, () => lines.forEach((line, i) => {
    const condensed = Math.min(1, width / measure(line))
    writeLine(sheet, line, windowStyle, points(windowText.left), points(windowText.top) + i * windowStyle.leading, condensed)
  }))
  if (paper.delivery.channel === 'porter') drawWindowBarcode(sheet, parent, paper.slipNumber)
}

/** A counter slip has no envelope, but may be put in one: its window then shows the name. */
function windowLines ({ delivery, displayName, slipNumber }: SlipPaper): string[] {
  switch (delivery.channel) {
    case 'counter': return [printable(displayName, 'regular')]
    case 'porter': return [displayName, delivery.campus, slipNumber].map(line => printable(line, 'regular'))
    case 'registered-letter': return delivery.windowLines.map(line => printable(line, 'regular'))
    default: return delivery satisfies never
  }
}

/** Breaks the widest line where there is room for more lines; what is still too wide is squeezed. */
function linesThatFit (sheet: Sheet, lines: readonly string[], room: number): string[] {
  if (lines.length > room) throw new RangeError(`A window shows ${room} lines, not ${lines.length}.`)
  const measure = measureIn(sheet, windowStyle)
  const widest = Math.max(...lines.map(measure))
  if (lines.length === room || widest * comfortable <= width) return [...lines]
  return lines.flatMap(line => measure(line) === widest ? inParts(line, room - lines.length + 1, measure) : [line])
}

/** The line in as many parts as there is room for, as evenly as it breaks. */
function inParts (line: string, parts: number, measure: Measure): string[] {
  const least = Math.max(width, measure(line) / parts)
  const widths = Array.from({ length: 20 }, (_, i) => least * (1 + i / 20))
  return widths.map(one => breakLines(line, one, measure)).find(broken => broken.length <= parts) ?? [line]
}

function drawWindowBarcode (sheet: Sheet, parent: Element, slipNumber: string): void {
  const alt = translator(sheet.language)('paper.barcodeAlt', { number: slipNumber })
  const { left, top, bottom } = windowBarcode
  drawCode128(sheet, parent, slipNumber, alt, points(left), points(top), points(bottom - top))
}
