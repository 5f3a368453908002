/** The top of the sheet, above all that a window shows: who sends this, and what it is. */
import { translator } from '../i18n/translate.js'
import type { Language } from '../institution/vocabulary.js'
import type { SlipContent, SlipInstitution } from '../slips/paper/slip-content.js'
import { addElement, computeBaseline, createTextMeasurer, drawArtifact, type PdfDocument, type StructureElement, writeLine } from './document.js'
import { bodyStrongStyle, LETTERHEAD_RULE_Y_MM, letterheadZone, margins, mmToPoints, smallStyle, type Style, titleStyle } from './layout.js'

/** White between what stands left and what stands right on one line. */
const GUTTER_PT = mmToPoints(6)

export interface Letterhead {
  readonly institution: Pick<SlipInstitution, 'name' | 'returnAddress'>
  readonly title: string
  /** Smaller, under the title. */
  readonly subtitle?: string | undefined
  readonly subtitleLanguage?: Language | undefined
}

export function drawSlipHeading (sheet: PdfDocument, parent: StructureElement, { languages: [first, second], institution }: SlipContent): void {
  drawLetterhead(sheet, parent, {
    institution,
    title: translator(first)('paper.title'),
    subtitle: second && translator(second)('paper.title'),
    subtitleLanguage: second,
  })
}

/** The institution on the left, in the sheet's language, and on the right what the paper is. */
export function drawLetterhead (sheet: PdfDocument, parent: StructureElement, { institution, title: words, subtitle, subtitleLanguage }: Letterhead): void {
  const top = mmToPoints(letterheadZone.top)
  const secondTop = top + titleStyle.leading + 1
  const titleWidth = writeAtRight(sheet, parent, 'H1', words, titleStyle, top)
  const secondWidth = subtitle === undefined ? 0 : writeAtRight(sheet, parent, 'P', subtitle, smallStyle, secondTop, subtitleLanguage)
  writeAtLeft(sheet, parent, institution.name[sheet.language], bodyStrongStyle, top + computeBaseline(titleStyle, 0) - computeBaseline(bodyStrongStyle, 0), titleWidth)
  writeAtLeft(sheet, parent, institution.returnAddress, smallStyle, secondTop, secondWidth)
  drawLetterheadRule(sheet)
}

function writeAtRight (sheet: PdfDocument, parent: StructureElement, tag: string, text: string, style: Style, top: number, language = sheet.language): number {
  const width = createTextMeasurer(sheet, style)(text)
  addElement(sheet, parent, tag, { language }, () => writeLine(sheet, text, style, mmToPoints(letterheadZone.right) - width, top))
  return width
}

/** One line, its letters squeezed where the other side leaves too little room. */
function writeAtLeft (sheet: PdfDocument, parent: StructureElement, text: string, style: Style, top: number, taken: number): void {
  const room = mmToPoints(letterheadZone.right - letterheadZone.left) - taken - GUTTER_PT
  const condensed = Math.min(1, room / createTextMeasurer(sheet, style)(text))
  addElement(sheet, parent, 'P', {}, () => writeLine(sheet, text, style, mmToPoints(letterheadZone.left), top, condensed))
}

function drawLetterheadRule (sheet: PdfDocument): void {
  const y = mmToPoints(LETTERHEAD_RULE_Y_MM)
  drawArtifact(sheet, pdf => pdf.lineWidth(0.75).moveTo(mmToPoints(margins.left), y).lineTo(mmToPoints(margins.right), y).stroke())
}
