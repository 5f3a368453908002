/** Under the letterhead of a list: from where, to where, how many. */
import { paragraph, stack, type Block } from '../../slips/paper/blocks.js'
import { toPrintable } from '../../slips/paper/printable.js'
import { addElement, writeLine, type PdfDocument } from '../../slips/paper/sheet.js'
import { smallStyle, bodyStrongStyle } from '../../slips/paper/styles.js'
import { mmToPoints } from '../../slips/paper/zones.js'
import { totalStyle as countStyle } from './list-styles.js'

export interface Party {
  readonly label: string
  readonly name: string
  /** Under the name, each on lines of its own. */
  readonly lines: readonly string[]
}

const PARTY_WIDTH_PT = mmToPoints(64)
const PARTY_STEP_PT = mmToPoints(70)
const TOTAL_LEFT_PT = mmToPoints(143)

/** Two parties side by side, and the count. */
export function listSummaryBlock (sheet: PdfDocument, parties: readonly [Party, Party], count: { readonly label: string, readonly value: number }): Block {
  const blocks = parties.map(({ label, name, lines }) => stack([
    paragraph(sheet, label, smallStyle, PARTY_WIDTH_PT),
    paragraph(sheet, toPrintable(name, 'strong'), bodyStrongStyle, PARTY_WIDTH_PT),
    ...lines.map(line => paragraph(sheet, toPrintable(line, 'regular'), smallStyle, PARTY_WIDTH_PT)),
  ], 1))
  const number = stack([paragraph(sheet, count.label, smallStyle, mmToPoints(25)), totalBlock(sheet, count.value)], 1)
  return {
    height: Math.max(number.height, ...blocks.map(block => block.height)),
    draw (parent, left, top) {
      blocks.forEach((block, i) => block.draw(parent, left + i * PARTY_STEP_PT, top))
      number.draw(parent, left + TOTAL_LEFT_PT, top)
    },
  }
}

function totalBlock (sheet: PdfDocument, value: number): Block {
  return {
    height: countStyle.leading,
    draw (parent, left, top) {
      addElement(sheet, parent, 'P', {}, () => writeLine(sheet, String(value), countStyle, left, top))
    },
  }
}
