/** The QR code, the user name and the activation code, away from the folds and the envelope window. */
import { translator } from '../../i18n/translate.js'
import { drawQrCode, MAX_QR_SIDE_MM } from '../../pdf/barcodes.js'
import { type Block, drawFirstThatFits, paragraph, stack } from '../../pdf/blocks.js'
import { breakLines } from '../../pdf/breaks.js'
import { addElement, computeBaseline, createTextMeasurer, type PdfDocument, writeLine } from '../../pdf/document.js'
import { bodyStrongStyle, mmToPoints, smallStrongStyle, smallStyle, type Style, type Zone, zoneWidth } from '../../pdf/layout.js'
import { bilingualBlock, type TextBuilder, translateAll } from './bilingual.js'
import { codeStyle, credentialsZone, smallCodeStyle } from './layout.js'
import { buildValidityText } from './sections.js'
import type { SlipContent } from './slip-content.js'

/** The space between the QR code and the text. The quiet zone of the QR code must fit in it. */
const GUTTER_MM = 6
const LABEL_WIDTH_PT = mmToPoints(34)
/** The horizontal scale of the hyphens in the code. It separates the groups. */
const HYPHEN_SCALE = 1.7

export function drawCredentialsPanel (doc: PdfDocument, content: SlipContent): void {
  const zone = credentialsZone[content.institution.envelope]
  // A browser does not send the fragment of an address to the server.
  const url = `${content.activationUrl}#${content.code.reveal()}`
  drawQrCode(doc, doc.root, url, { alt: translator(doc.language)('paper.qrAlt'), left: mmToPoints(zone.left), top: mmToPoints(zone.top + 1) })
  const textZone: Zone = { ...zone, left: zone.left + MAX_QR_SIDE_MM + GUTTER_MM }
  const width = zoneWidth(textZone)
  drawFirstThatFits(doc.root, textZone, [14, 10, 6, 3], [bodyStrongStyle, smallStrongStyle].map(primary => () => [
    usernameBlock(doc, content, width),
    codeBlock(doc, content),
    bilingualBlock(doc, content, buildValidityText(content), { width, styles: { primary, secondary: smallStyle } }),
  ]))
}

function usernameBlock (doc: PdfDocument, content: SlipContent, width: number): Block {
  const available = width - LABEL_WIDTH_PT
  const style = createTextMeasurer(doc, codeStyle)(content.username) <= available ? codeStyle : smallCodeStyle
  const lines = breakLines(content.username, available, createTextMeasurer(doc, style))
  return labelledBlock(doc, content, t => t('paper.username'), {
    style,
    lineCount: lines.length,
    draw: (left, top) => lines.forEach((line, i) => writeLine(doc, line, { style, left, top: top + i * style.leading })),
  })
}

function codeBlock (doc: PdfDocument, content: SlipContent): Block {
  const measure = createTextMeasurer(doc, codeStyle)
  const parts = content.code.reveal().split(/(-)/)
  return labelledBlock(doc, content, t => t('paper.code'), {
    style: codeStyle,
    lineCount: 1,
    draw (left, top) {
      let x = left
      for (const part of parts) {
        const scale = part === '-' ? HYPHEN_SCALE : 1
        writeLine(doc, part, { style: codeStyle, left: x, top, scale })
        x += measure(part) * scale
      }
    },
  })
}

interface LabelledValue {
  readonly style: Style
  readonly lineCount: number
  draw (left: number, top: number): void
}

/** Creates a block with a label on the left, in both languages, and a value on the right. */
function labelledBlock (doc: PdfDocument, content: SlipContent, buildLabel: TextBuilder, { style, lineCount, draw: drawValue }: LabelledValue): Block {
  const label = stack(translateAll(content, buildLabel).map((text, i) =>
    paragraph(doc, text, { style: i === 0 ? smallStrongStyle : smallStyle, width: LABEL_WIDTH_PT, language: content.languages[i] })))
  const labelTop = computeBaseline(style, 0) - computeBaseline(smallStrongStyle, 0)
  return {
    height: Math.max(labelTop + label.height, lineCount * style.leading),
    draw (parent, left, top) {
      label.draw(parent, left, top + labelTop)
      addElement(doc, parent, 'P', { draw: () => drawValue(left + LABEL_WIDTH_PT, top) })
    },
  }
}
