/** Draws the slip, part by part in reading order. */
import { listCalendarWords } from '../../i18n/formatters.js'
import { languages } from '../../i18n/locales.js'
import { texts, translator } from '../../i18n/translate.js'
import { createDocument, finishDocument } from '../../pdf/document.js'
import { addCacheableWords, notoSans, type Typeface } from '../../pdf/fonts.js'
import { requirePrintableSlip } from './check-printable.js'
import { drawCredentialsPanel } from './credentials-panel.js'
import { drawHelpPanel } from './help-panel.js'
import { drawFacts, drawFoldMarks, drawGreeting, drawInstructions, drawSlipFoot, drawSlipHeading } from './sections.js'
import type { SlipContent } from './slip-content.js'
import { drawWindow } from './window.js'

addCacheableWords(languages.flatMap(language => {
  const { paper, servicePoints: { closed } } = texts[language]
  return [...listFixedWords({ paper, closed }), ...listCalendarWords(language)]
}))

/**
 * Returns the slip as a PDF of one A4 page. It exists only in memory, and the caller sends it once.
 * @throws UnprintableTextError when the typeface lacks a character of the user name or the letter's address
 * @throws TextOverflowError, RangeError when a text is too long for a readable page
 */
export async function renderSlip (content: SlipContent): Promise<Buffer> {
  return drawSlip(content, notoSans)
}

/** Draws a slip in any typeface. Only the benchmark calls it directly; the application uses `renderSlip`. */
export async function drawSlip (content: SlipContent, typeface: Typeface): Promise<Buffer> {
  requirePrintableSlip(content)
  addCacheableWords(listInstitutionTexts(content))
  const language = content.languages[0]
  const title = translator(language)('paper.metadataTitle', { number: content.slipNumber })
  const doc = createDocument({ language, title, institution: content.institution.name[language], createdAt: content.issuedAt }, typeface)
  drawSlipHeading(doc, content)
  drawWindow(doc, content)
  drawFacts(doc, content)
  drawGreeting(doc, content)
  drawInstructions(doc, content)
  drawCredentialsPanel(doc, content)
  drawHelpPanel(doc, content)
  drawSlipFoot(doc, content)
  drawFoldMarks(doc, content)
  return finishDocument(doc)
}

/** Returns the institution's texts. They are the same on every slip of an office and contain no personal data. */
function listInstitutionTexts ({ institution, issuedBy, activationUrl, delivery }: SlipContent): string[] {
  const { name, returnAddress, contact } = institution
  const { form, email, phone, phoneHours, chat = '' } = contact
  const porter = delivery.channel === 'porter' ? [...Object.values(delivery.servicePointName), delivery.campus, delivery.address] : []
  return [...Object.values(name), returnAddress, form, email, phone, ...Object.values(phoneHours), chat, ...Object.values(issuedBy), activationUrl, ...porter, '· /']
}

interface TextTree {
  readonly [key: string]: string | TextTree
}

/** Returns the words of a tree of texts, without those that contain a value. */
function listFixedWords (texts: TextTree): string[] {
  return Object.values(texts)
    .flatMap(text => typeof text === 'string' ? text.split(/\s+/) : listFixedWords(text))
    .filter(word => word !== '' && !/[{}]/.test(word))
}
