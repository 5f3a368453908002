/** The letterhead of the first page and the foot of every page. */
import type { Profile } from '../institution/profile.js'
import type { Language } from '../institution/vocabulary.js'
import { addElement, computeBaseline, createTextMeasurer, drawArtifact, drawRule, type PdfDocument, writeLine } from './document.js'
import { bodyStrongStyle, LETTERHEAD_RULE_Y_MM, letterheadZone, margins, mmToPoints, smallStyle, solidStroke, type Style, titleStyle } from './layout.js'

/** The least space between the texts on the left and on the right. */
const GUTTER_PT = mmToPoints(6)
const FOOT_GUTTER_PT = mmToPoints(5)
const FOOT_TOP_PT = mmToPoints(284)
const SUBTITLE_TOP_PT = mmToPoints(letterheadZone.top) + titleStyle.leading + 1
const TITLE_TOP_PT = mmToPoints(letterheadZone.top)

export interface Letterhead {
  readonly institution: Pick<Profile, 'name' | 'returnAddress'>
  readonly title: string
  /** A smaller line under the title. */
  readonly subtitle?: string | undefined
  readonly subtitleLanguage?: Language | undefined
}

/** Draws the institution on the left, the title on the right and a line under both. */
export function drawLetterhead (doc: PdfDocument, { institution, title, subtitle, subtitleLanguage }: Letterhead): void {
  const nameTop = TITLE_TOP_PT + computeBaseline(titleStyle, 0) - computeBaseline(bodyStrongStyle, 0)
  const titleWidth = writeAtRight(doc, title, { tag: 'H1', style: titleStyle, top: TITLE_TOP_PT })
  const subtitleWidth = subtitle === undefined ? 0 : writeAtRight(doc, subtitle, { tag: 'P', style: smallStyle, top: SUBTITLE_TOP_PT, language: subtitleLanguage })
  writeAtLeft(doc, institution.name[doc.language], { style: bodyStrongStyle, top: nameTop, widthAtRight: titleWidth })
  writeAtLeft(doc, institution.returnAddress, { style: smallStyle, top: SUBTITLE_TOP_PT, widthAtRight: subtitleWidth })
  drawRule(doc, { left: mmToPoints(margins.left), right: mmToPoints(margins.right), y: mmToPoints(LETTERHEAD_RULE_Y_MM), stroke: solidStroke })
}

/** Writes a line that ends at the right margin and returns its width. */
function writeAtRight (doc: PdfDocument, text: string, { tag, style, top, language }: { tag: string, style: Style, top: number, language?: Language | undefined }): number {
  const width = createTextMeasurer(doc, style)(text)
  addElement(doc, doc.root, tag, { language, draw: () => writeLine(doc, text, { style, left: mmToPoints(letterheadZone.right) - width, top }) })
  return width
}

/** Writes a line at the left margin and condenses it if the text on the right leaves too little space. */
function writeAtLeft (doc: PdfDocument, text: string, { style, top, widthAtRight }: { style: Style, top: number, widthAtRight: number }): void {
  const available = mmToPoints(letterheadZone.right - letterheadZone.left) - widthAtRight - GUTTER_PT
  const scale = Math.min(1, available / createTextMeasurer(doc, style)(text))
  addElement(doc, doc.root, 'P', { draw: () => writeLine(doc, text, { style, left: mmToPoints(letterheadZone.left), top, scale }) })
}

export interface PageFoot {
  /** The text on the left. It is condensed if it is too long. */
  readonly text?: string
  /** The page number on the right. */
  readonly pageLabel: string
}

/** Draws the foot of the current page. */
export function drawPageFoot (doc: PdfDocument, { text, pageLabel }: PageFoot): void {
  const left = mmToPoints(margins.left)
  const measure = createTextMeasurer(doc, smallStyle)
  const labelLeft = mmToPoints(margins.right) - measure(pageLabel)
  drawArtifact(doc, () => {
    if (text !== undefined) {
      const scale = Math.min(1, (labelLeft - left - FOOT_GUTTER_PT) / measure(text))
      writeLine(doc, text, { style: smallStyle, left, top: FOOT_TOP_PT, scale })
    }
    writeLine(doc, pageLabel, { style: smallStyle, left: labelLeft, top: FOOT_TOP_PT })
  })
}
