/** The middle panel's upper half: three steps. */
import { bilingual, tight, usual, type BilingualStyles, type Wording } from './bilingual.js'
import { drawFirstThatFits, numbered, paragraph, stack, widthOf, type Block } from './blocks.js'
import { mark, type Element, type Sheet } from './sheet.js'
import type { SlipPaper } from './slip-paper.js'
import { leadStrong } from './styles.js'
import { instructionsZone, points } from './zones.js'

/** How far the numbers hang to the left of the steps. */
const indent = points(7)

export function drawInstructions (sheet: Sheet, parent: Element, paper: SlipPaper): void {
  const list = mark(sheet, parent, 'L')
  drawFirstThatFits(list, instructionsZone, [9, 6, 3], [usual, tight].map(styles => () => steps(sheet, paper, styles)))
}

function steps (sheet: Sheet, paper: SlipPaper, styles: BilingualStyles): Block[] {
  const width = widthOf(instructionsZone) - indent
  const said = (wording: Wording) => bilingual(sheet, paper, width, wording, styles)
  const address = paragraph(sheet, paper.activationUrl, leadStrong, width)
  return [
    stack([said(say => say('paper.steps.open')), address]),
    said(say => say('paper.steps.type')),
    said(say => say('paper.steps.passphrase', { count: paper.institution.passwordMinimum })),
  ].map((step, i) => numbered(sheet, i + 1, { ...styles.lead, face: 'strong' }, indent, step))
}
