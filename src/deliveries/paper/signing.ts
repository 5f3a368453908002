/** The end of a list: lines for whoever hands over and whoever takes, and a field for the post's stamp. */
import { paragraph, stack, type Block } from '../../slips/paper/blocks.js'
import { addElement, createTextMeasurer, writeLine, type PdfDocument } from '../../slips/paper/sheet.js'
import { smallStyle, bodyStrongStyle } from '../../slips/paper/styles.js'
import { mmToPoints } from '../../slips/paper/zones.js'
import { solidStroke } from './list-styles.js'
import { drawFrame, drawRule } from './marks.js'

const SIGNATURE_WIDTH_PT = mmToPoints(78)
const COLUMN_STEP_PT = mmToPoints(90)
const SIGNATURE_LINE_HEIGHT_PT = mmToPoints(10)

/** What somebody signs: a title over lines, each behind its label. */
export function signatureBlock (sheet: PdfDocument, title: string, labels: readonly string[]): Block {
  return stack([paragraph(sheet, title, bodyStrongStyle, SIGNATURE_WIDTH_PT), ...labels.map(label => signatureLine(sheet, label))])
}

function signatureLine (sheet: PdfDocument, label: string): Block {
  return {
    height: SIGNATURE_LINE_HEIGHT_PT,
    draw (parent, left, top) {
      const labelTop = top + SIGNATURE_LINE_HEIGHT_PT - smallStyle.leading
      addElement(sheet, parent, 'P', {}, () => writeLine(sheet, label, smallStyle, left, labelTop))
      drawRule(sheet, left + createTextMeasurer(sheet, smallStyle)(label) + mmToPoints(2), left + SIGNATURE_WIDTH_PT, top + SIGNATURE_LINE_HEIGHT_PT - 2, solidStroke)
    },
  }
}

/** An empty field under its title. */
export function stampField (sheet: PdfDocument, title: string): Block {
  const heading = paragraph(sheet, title, bodyStrongStyle, SIGNATURE_WIDTH_PT)
  const height = mmToPoints(36)
  return {
    height: heading.height + mmToPoints(2) + height,
    draw (parent, left, top) {
      heading.draw(parent, left, top)
      drawFrame(sheet, left, top + heading.height + mmToPoints(2), SIGNATURE_WIDTH_PT, height)
    },
  }
}

/** Two blocks beside each other under what is said to both. */
export function sideBySide (blocks: readonly [Block, Block], above: readonly Block[]): Block {
  const heading = stack(above)
  const gap = above.length > 0 ? mmToPoints(3) : 0
  return {
    height: heading.height + gap + Math.max(...blocks.map(block => block.height)),
    draw (parent, left, top) {
      heading.draw(parent, left, top)
      blocks.forEach((block, i) => block.draw(parent, left + i * COLUMN_STEP_PT, top + heading.height + gap))
    },
  }
}
