/** Blocks know their height before they are drawn. Points. */
import type { Language } from '../institution/vocabulary.js'
import { breakLines } from './breaks.js'
import { addElement, createTextMeasurer, type PdfDocument, type StructureElement, writeLine } from './document.js'
import { mmToPoints, type Style, type Zone } from './layout.js'

export interface Block {
  readonly height: number
  draw (parent: StructureElement, left: number, top: number): void
}

export interface ParagraphOptions {
  readonly style: Style
  readonly width: number
  readonly language?: Language | undefined
  /** The tag in the structure tree; `P` by default. */
  readonly tag?: string
}

/** Creates a text block that breaks into as many lines as it needs. */
export function paragraph (doc: PdfDocument, text: string, { style, width, language, tag = 'P' }: ParagraphOptions): Block {
  const lines = breakLines(text, width, createTextMeasurer(doc, style))
  return {
    height: lines.length * style.leading,
    draw (parent, left, top) {
      addElement(doc, parent, tag, {
        language,
        draw: () => lines.forEach((line, i) => writeLine(doc, line, { style, left, top: top + i * style.leading })),
      })
    },
  }
}

/** Puts blocks under each other. */
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

/** Creates an empty block. */
export function spacer (height: number): Block {
  return { height, draw: () => {} }
}

/** Adds empty space below a block. */
export function withSpaceBelow (block: Block, space: number): Block {
  return { height: block.height + space, draw: (parent, left, top) => block.draw(parent, left, top) }
}

export interface NumberedItemOptions {
  readonly number: number
  /** The style of the number. */
  readonly style: Style
  /** The distance from the number to the block. */
  readonly indent: number
}

/** Creates a list item with its number to the left. */
export function numberedItem (doc: PdfDocument, block: Block, { number, style, indent }: NumberedItemOptions): Block {
  return {
    height: block.height,
    draw (parent, left, top) {
      const item = addElement(doc, parent, 'LI')
      addElement(doc, item, 'Lbl', { draw: () => writeLine(doc, String(number), { style, left, top }) })
      block.draw(addElement(doc, item, 'LBody'), left + indent, top)
    },
  }
}

/** A text is too long for its zone. Text is never drawn over other text or on an extra page. */
export class TextOverflowError extends Error {}

/**
 * Draws the first variant that fits the zone, with the largest gap between its blocks that fits.
 * @param gaps in points, the largest first
 * @throws TextOverflowError when no variant fits
 */
export function drawFirstThatFits (parent: StructureElement, zone: Zone, gaps: readonly number[], variants: ReadonlyArray<() => readonly Block[]>): void {
  const available = mmToPoints(zone.bottom - zone.top)
  for (const createBlocks of variants) {
    const blocks = createBlocks()
    const fitting = gaps.map(gap => stack(blocks, gap)).find(block => block.height <= available)
    if (fitting !== undefined) return fitting.draw(parent, mmToPoints(zone.left), mmToPoints(zone.top))
  }
  throw new TextOverflowError(`The text is too long for the zone from ${zone.top} to ${zone.bottom} mm.`)
}
