/** The top of the sheet, above all that a window shows: who sends this, and what it is. */
import type { Language } from '../../institution/words.js'
import { translator } from '../../i18n/translate.js'
import { baseline, mark, measureIn, ornament, writeLine, type Element, type Sheet } from './sheet.js'
import type { PaperInstitution, SlipPaper } from './slip-paper.js'
import { follow, leadStrong, title, type Style } from './styles.js'
import { headingRule, headingZone, margins, points } from './zones.js'

/** White between what stands left and what stands right on one line. */
const gutter = points(6)

export interface Letterhead {
  readonly institution: Pick<PaperInstitution, 'name' | 'returnAddress'>
  readonly title: string
  /** Smaller, under the title. */
  readonly subtitle?: string | undefined
  readonly subtitleLanguage?: Language | undefined
}

export function drawHeading (sheet: Sheet, parent: Element, { languages: [first, second], institution }: SlipPaper): void {
  drawLetterhead(sheet, parent, {
    institution,
    title: translator(first)('paper.title'),
    subtitle: second && translator(second)('paper.title'),
    subtitleLanguage: second,
  })
}

/** The institution on the left, in the sheet's language, and on the right what the paper is. */
export function drawLetterhead (sheet: Sheet, parent: Element, { institution, title: words, subtitle, subtitleLanguage }: Letterhead): void {
  const top = points(headingZone.top)
  const secondTop = top + title.leading + 1
  const titleWidth = atRight(sheet, parent, 'H1', words, title, top)
  const secondWidth = subtitle === undefined ? 0 : atRight(sheet, parent, 'P', subtitle, follow, secondTop, subtitleLanguage)
  atLeft(sheet, parent, institution.name[sheet.language], leadStrong, top + baseline(title, 0) - baseline(leadStrong, 0), titleWidth)
  atLeft(sheet, parent, institution.returnAddress, follow, secondTop, secondWidth)
  drawRule(sheet)
}

function atRight (sheet: Sheet, parent: Element, tag: string, text: string, style: Style, top: number, language = sheet.language): number {
  const width = measureIn(sheet, style)(text)
  mark(sheet, parent, tag, { language }, () => writeLine(sheet, text, style, points(headingZone.right) - width, top))
  return width
}

/** One line, its letters squeezed where the other side leaves too little room. */
function atLeft (sheet: Sheet, parent: Element, text: string, style: Style, top: number, taken: number): void {
  const room = points(headingZone.right - headingZone.left) - taken - gutter
  const condensed = Math.min(1, room / measureIn(sheet, style)(text))
  mark(sheet, parent, 'P', {}, () => writeLine(sheet, text, style, points(headingZone.left), top, condensed))
}

function drawRule (sheet: Sheet): void {
  const y = points(headingRule)
  ornament(sheet, pdf => pdf.lineWidth(0.75).moveTo(points(margins.left), y).lineTo(points(margins.right), y).stroke())
}
