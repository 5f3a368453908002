/** The whole slip, part after part in reading order. */
import { translator } from '../../i18n/translate.js'
import { createDocument, finishDocument } from '../../pdf/document.js'
import { addCacheableWords, notoSans, requirePrintableSlip, type Typeface } from '../../pdf/fonts.js'
import { drawSlipHeading } from '../../pdf/letterhead.js'
import { drawCredentialsPanel } from './credentials-panel.js'
import { drawHelpPanel } from './help-panel.js'
import { drawFacts, drawFoldMarks, drawGreeting, drawInstructions, drawSlipFoot } from './sections.js'
import type { SlipContent } from './slip-content.js'
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

// The only door to the printed slip.

export type { SlipContent } from './slip-content.js'

/**
 * The slip as a PDF of one A4 page, made in memory and nowhere else; it is for the caller to send once.
 * @throws Unprintable when the user name or the letter's address has characters that no typeface here can write.
 * @throws TextOverflowError, RangeError when something is so long that no legible page could hold it.
 */
export async function renderSlip (paper: SlipContent): Promise<Buffer> {
  return drawSlip(paper, notoSans)
}

// What a slip prints of the institution: the same on every slip of an office, and nobody's secret. Pure.

/** The texts, in no order. */
export function listInstitutionTexts ({ institution, issuedBy, activationUrl, delivery }: SlipContent): string[] {
  const { name, returnAddress, contact } = institution
  const { form, email, phone, phoneHours, chat = '' } = contact
  const desk = delivery.channel === 'porter' ? [...Object.values(delivery.servicePointName), delivery.campus, delivery.address] : []
  return [...Object.values(name), returnAddress, form, email, phone, ...Object.values(phoneHours), chat, ...Object.values(issuedBy), activationUrl, ...desk, '· /']
}
