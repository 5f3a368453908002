/** Under the letterhead of a list: from where, to where, how many. */
import { paragraph, stack, type Block } from '../../slips/paper/blocks.js'
import { printable } from '../../slips/paper/printable.js'
import { mark, writeLine, type Sheet } from '../../slips/paper/sheet.js'
import { follow, leadStrong } from '../../slips/paper/styles.js'
import { points } from '../../slips/paper/zones.js'
import { count as countStyle } from './list-styles.js'

export interface Party {
  readonly label: string
  readonly name: string
  /** Under the name, each on lines of its own. */
  readonly lines: readonly string[]
}

const partyWidth = points(64)
const partyStep = points(70)
const countLeft = points(143)

/** Two parties side by side, and the count. */
export function listFacts (sheet: Sheet, parties: readonly [Party, Party], count: { readonly label: string, readonly value: number }): Block {
  const blocks = parties.map(({ label, name, lines }) => stack([
    paragraph(sheet, label, follow, partyWidth),
    paragraph(sheet, printable(name, 'strong'), leadStrong, partyWidth),
    ...lines.map(line => paragraph(sheet, printable(line, 'regular'), follow, partyWidth)),
  ], 1))
  const number = stack([paragraph(sheet, count.label, follow, points(25)), figure(sheet, count.value)], 1)
  return {
    height: Math.max(number.height, ...blocks.map(block => block.height)),
    draw (parent, left, top) {
      blocks.forEach((block, i) => block.draw(parent, left + i * partyStep, top))
      number.draw(parent, left + countLeft, top)
    },
  }
}

function figure (sheet: Sheet, value: number): Block {
  return {
    height: countStyle.leading,
    draw (parent, left, top) {
      mark(sheet, parent, 'P', {}, () => writeLine(sheet, String(value), countStyle, left, top))
    },
  }
}
