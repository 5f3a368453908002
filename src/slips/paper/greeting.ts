/** Under the window: to whom, and what this is. */
import { bilingualBlock, regularStyles } from './bilingual.js'
import { drawFirstThatFits, zoneWidth } from './blocks.js'
import { toPrintable, REPLACEMENT_CHARACTER } from './printable.js'
import type { StructureElement, PdfDocument } from './sheet.js'
import type { SlipContent } from './slip-paper.js'
import { greetingZone } from './zones.js'
import type { TextBuilder } from './bilingual.js'

/** A name that takes too many lines is left to the window. */
export function drawGreeting (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const width = zoneWidth(greetingZone)
  const name = toPrintable(paper.displayName, 'regular')
  const plain: TextBuilder = say => say('paper.greetingNameless')
  const note: TextBuilder = name.includes(REPLACEMENT_CHARACTER) ? say => ` ${say('paper.unwritten', { sign: REPLACEMENT_CHARACTER })}` : () => ''
  const named: TextBuilder = (say, language) => say('paper.greeting', { name }) + note(say, language)
  const nameless: TextBuilder = (say, language) => plain(say, language) + note(say, language)
  drawFirstThatFits(parent, greetingZone, [0], [named, nameless].map(wording =>
    () => [bilingualBlock(sheet, paper, width, wording, regularStyles, plain)]))
}
