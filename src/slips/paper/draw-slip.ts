/** The whole slip, part after part in reading order. */
import { translator } from '../../i18n/translate.js'
import { addCacheableWords, type Typeface } from './fonts.js'
import { drawFacts } from './facts.js'
import { drawFoldMarks } from './folds.js'
import { drawSlipFoot } from './foot.js'
import { drawGreeting } from './greeting.js'
import { drawSlipHeading } from './heading.js'
import { listInstitutionTexts } from './institution-texts.js'
import { drawInstructions } from './instructions.js'
import { drawHelpPanel } from './last-panel.js'
import { requirePrintableSlip } from './printable.js'
import { drawCredentialsPanel } from './secret-panel.js'
import { finishDocument, createDocument } from './sheet.js'
import type { SlipContent } from './slip-paper.js'
import { drawWindow } from './window.js'

/** Draws a slip in any typeface; `renderSlip` is the door, this one also serves the benchmark. */
export async function drawSlip (paper: SlipContent, typeface: Typeface): Promise<Buffer> {
  requirePrintableSlip(paper)
  addCacheableWords(listInstitutionTexts(paper))
  const language = paper.languages[0]
  const title = translator(language)('paper.metadataTitle', { number: paper.slipNumber })
  const sheet = createDocument({ language, title, institution: paper.institution.name[language], at: paper.issuedAt }, typeface)
  drawSlipHeading(sheet, sheet.root, paper)
  drawWindow(sheet, sheet.root, paper)
  drawFacts(sheet, sheet.root, paper)
  drawGreeting(sheet, sheet.root, paper)
  drawInstructions(sheet, sheet.root, paper)
  drawCredentialsPanel(sheet, sheet.root, paper)
  drawHelpPanel(sheet, sheet.root, paper)
  drawSlipFoot(sheet, sheet.root, paper)
  drawFoldMarks(sheet, paper.institution.envelope)
  return finishDocument(sheet)
}
