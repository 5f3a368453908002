/** The whole slip, part after part in reading order. */
import { translator } from '../../i18n/translate.js'
import { knowInstitution, type Typeface } from './fonts.js'
import { drawFacts } from './facts.js'
import { drawFoldMarks } from './folds.js'
import { drawFoot } from './foot.js'
import { drawGreeting } from './greeting.js'
import { drawHeading } from './heading.js'
import { institutionTexts } from './institution-texts.js'
import { drawInstructions } from './instructions.js'
import { drawLastPanel } from './last-panel.js'
import { requirePrintable } from './printable.js'
import { drawSecretPanel } from './secret-panel.js'
import { closeSheet, openSheet } from './sheet.js'
import type { SlipPaper } from './slip-paper.js'
import { drawWindow } from './window.js'

/** Draws a slip in any typeface; `renderSlip` is the door, this one also serves the benchmark. */
export async function drawSlip (paper: SlipPaper, typeface: Typeface): Promise<Buffer> {
  requirePrintable(paper)
  knowInstitution(institutionTexts(paper))
  const language = paper.languages[0]
  const title = translator(language)('paper.metadataTitle', { number: paper.slipNumber })
  const sheet = openSheet({ language, title, institution: paper.institution.name[language], at: paper.issuedAt }, typeface)
  drawHeading(sheet, sheet.root, paper)
  drawWindow(sheet, sheet.root, paper)
  drawFacts(sheet, sheet.root, paper)
  drawGreeting(sheet, sheet.root, paper)
  drawInstructions(sheet, sheet.root, paper)
  drawSecretPanel(sheet, sheet.root, paper)
  drawLastPanel(sheet, sheet.root, paper)
  drawFoot(sheet, sheet.root, paper)
  drawFoldMarks(sheet, paper.institution.envelope)
  return closeSheet(sheet)
}
