/** The end of a list: lines for whoever hands over and whoever takes, and a field for the post's stamp. */
import { paragraph, stack, type Block } from '../../slips/paper/blocks.js'
import { mark, measureIn, writeLine, type Sheet } from '../../slips/paper/sheet.js'
import { follow, leadStrong } from '../../slips/paper/styles.js'
import { points } from '../../slips/paper/zones.js'
import { line } from './list-styles.js'
import { frame, rule } from './marks.js'

const width = points(78)
const rightColumn = points(90)
const lineHeight = points(10)

/** What somebody signs: a title over lines, each behind its label. */
export function signature (sheet: Sheet, title: string, labels: readonly string[]): Block {
  return stack([paragraph(sheet, title, leadStrong, width), ...labels.map(label => signLine(sheet, label))])
}

function signLine (sheet: Sheet, label: string): Block {
  return {
    height: lineHeight,
    draw (parent, left, top) {
      const labelTop = top + lineHeight - follow.leading
      mark(sheet, parent, 'P', {}, () => writeLine(sheet, label, follow, left, labelTop))
      rule(sheet, left + measureIn(sheet, follow)(label) + points(2), left + width, top + lineHeight - 2, line)
    },
  }
}

/** An empty field under its title. */
export function stampField (sheet: Sheet, title: string): Block {
  const heading = paragraph(sheet, title, leadStrong, width)
  const height = points(36)
  return {
    height: heading.height + points(2) + height,
    draw (parent, left, top) {
      heading.draw(parent, left, top)
      frame(sheet, left, top + heading.height + points(2), width, height)
    },
  }
}

/** Two blocks beside each other under what is said to both. */
export function sideBySide (blocks: readonly [Block, Block], above: readonly Block[]): Block {
  const heading = stack(above)
  const gap = above.length > 0 ? points(3) : 0
  return {
    height: heading.height + gap + Math.max(...blocks.map(block => block.height)),
    draw (parent, left, top) {
      heading.draw(parent, left, top)
      blocks.forEach((block, i) => block.draw(parent, left + i * rightColumn, top + heading.height + gap))
    },
  }
}
