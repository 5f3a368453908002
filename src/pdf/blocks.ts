/** Parts of the slip that know their height before they are drawn. Points. */
import type { Language } from '../institution/vocabulary.js'
import { breakLines } from './breaks.js'
import { addElement, createTextMeasurer, type PdfDocument, type StructureElement, writeLine } from './document.js'
import { mmToPoints, type Style, type Zone } from './layout.js'

export interface Block {
  readonly height: number
  draw (parent: StructureElement, left: number, top: number): void
}

/** A text that breaks into as many lines as it needs. */
export function paragraph (sheet: PdfDocument, text: string, style: Style, width: number, language?: Language, tag = 'P'): Block {
  const lines = breakLines(text, width, createTextMeasurer(sheet, style))
  return {
    height: lines.length * style.leading,
    draw (parent, left, top) {
      addElement(sheet, parent, tag, { language }, () => {
        lines.forEach((line, i) => writeLine(sheet, line, style, left, top + i * style.leading))
      })
    },
  }
}

/** Blocks under each other. */
export function stack (blocks: readonly Block[], gap = 0): Block {
  return {
    height: blocks.reduce((height, block) => height + block.height, 0) + gap * Math.max(0, blocks.length - 1),
    draw (parent, left, top) {
      let y = top
      for (const block of blocks) {
        block.draw(parent, left, y)
        y += block.height + gap
      }
    },
  }
}

/** A step of a list: its number hangs to the left. */
export function numberedItem (sheet: PdfDocument, number: number, style: Style, indent: number, block: Block): Block {
  return {
    height: block.height,
    draw (parent, left, top) {
      const item = addElement(sheet, parent, 'LI')
      addElement(sheet, item, 'Lbl', {}, () => writeLine(sheet, String(number), style, left, top))
      block.draw(addElement(sheet, item, 'LBody'), left + indent, top)
    },
  }
}

/** Too much text for a part of the sheet: nothing is ever drawn over anything, or on a second page. */
export class TextOverflowError extends Error {}

/**
 * Draws the first of several settings that fits the zone, each with the widest of the gaps (in points, the
 * widest first) between its blocks that leaves them room.
 * @throws TextOverflowError when none does.
 */
export function drawFirstThatFits (parent: StructureElement, zone: Zone, gaps: readonly number[], settings: ReadonlyArray<() => readonly Block[]>): void {
  const room = mmToPoints(zone.bottom - zone.top)
  for (const setting of settings) {
    const blocks = setting()
    const fitting = gaps.map(gap => stack(blocks, gap)).find(block => block.height <= room)
    if (fitting !== undefined) return fitting.draw(parent, mmToPoints(zone.left), mmToPoints(zone.top))
  }
  throw new TextOverflowError(`The text for the part from ${zone.top} to ${zone.bottom} mm is too long.`)
}

/** The width of a zone, in points. */
export function zoneWidth (zone: Zone): number {
  return mmToPoints(zone.right - zone.left)
}
