/** Under the window: to whom, and what this is. */
import { bilingual, usual } from './bilingual.js'
import { drawFirstThatFits, widthOf } from './blocks.js'
import { printable, unwritten } from './printable.js'
import type { Element, Sheet } from './sheet.js'
import type { SlipPaper } from './slip-paper.js'
import { greetingZone } from './zones.js'
import type { Wording } from './bilingual.js'

/** A name that takes too many lines is left to the window. */
export function drawGreeting (sheet: Sheet, parent: Element, paper: SlipPaper): void {
  const width = widthOf(greetingZone)
  const name = printable(paper.displayName, 'regular')
  const plain: Wording = say => say('paper.greetingNameless')
  const note: Wording = name.includes(unwritten) ? say => ` ${say('paper.unwritten', { sign: unwritten })}` : () => ''
  const named: Wording = (say, language) => say('paper.greeting', { name }) + note(say, language)
  const nameless: Wording = (say, language) => plain(say, language) + note(say, language)
  drawFirstThatFits(parent, greetingZone, [0], [named, nameless].map(wording =>
    () => [bilingual(sheet, paper, width, wording, usual, plain)]))
}
