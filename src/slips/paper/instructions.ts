/** The middle panel's upper half: three steps. */
import { bilingualBlock, compactStyles, regularStyles, type BilingualStyles, type TextBuilder } from './bilingual.js'
import { drawFirstThatFits, numberedItem, paragraph, stack, zoneWidth, type Block } from './blocks.js'
import { addElement, type StructureElement, type PdfDocument } from './sheet.js'
import type { SlipContent } from './slip-paper.js'
import { bodyStrongStyle } from './styles.js'
import { instructionsZone, mmToPoints } from './zones.js'

/** How far the numbers hang to the left of the steps. */
const STEP_INDENT_PT = mmToPoints(7)

export function drawInstructions (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const list = addElement(sheet, parent, 'L')
  drawFirstThatFits(list, instructionsZone, [9, 6, 3], [regularStyles, compactStyles].map(styles => () => instructionSteps(sheet, paper, styles)))
}

function instructionSteps (sheet: PdfDocument, paper: SlipContent, styles: BilingualStyles): Block[] {
  const width = zoneWidth(instructionsZone) - STEP_INDENT_PT
  const said = (wording: TextBuilder) => bilingualBlock(sheet, paper, width, wording, styles)
  const address = paragraph(sheet, paper.activationUrl, bodyStrongStyle, width)
  return [
    stack([said(say => say('paper.steps.open')), address]),
    said(say => say('paper.steps.type')),
    said(say => say('paper.steps.passphrase', { count: paper.institution.passwordMinimum })),
  ].map((step, i) => numberedItem(sheet, i + 1, { ...styles.primary, face: 'strong' }, STEP_INDENT_PT, step))
}
