/** The secret: QR code, user name and code, where no fold and no window comes near. */
import { translator } from '../../i18n/translate.js'
import { drawQrCode } from '../../pdf/barcodes.js'
import { type Block, drawFirstThatFits, paragraph, stack } from '../../pdf/blocks.js'
import { breakLines } from '../../pdf/breaks.js'
import { addElement, computeBaseline, createTextMeasurer, type PdfDocument, type StructureElement, writeLine } from '../../pdf/document.js'
import { bodyStrongStyle, codeStyle, credentialsZone, MAX_QR_SIDE_MM, mmToPoints, smallCodeStyle, smallStrongStyle, smallStyle, type Style, type Zone } from '../../pdf/layout.js'
import { bilingualBlock, type TextBuilder, translateAll } from './bilingual.js'
import { validityText } from './sections.js'
import type { SlipContent } from './slip-content.js'

/** White between the QR code and the words: at least its quiet zone. */
const GUTTER_MM = 6
const LABEL_WIDTH_PT = mmToPoints(34)
/** How much wider than a letter the hyphens of the code are, to hold its groups apart. */
const HYPHEN_STRETCH = 1.7

export function drawCredentialsPanel (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const zone = credentialsZone[paper.institution.envelope]
  const alt = translator(sheet.language)('paper.qrAlt')
  // In the fragment: a browser never sends it to a server.
  const address = `${paper.activationUrl}#${paper.code.reveal()}`
  drawQrCode(sheet, parent, address, alt, mmToPoints(zone.left), mmToPoints(zone.top + 1))
  const words: Zone = { ...zone, left: zone.left + MAX_QR_SIDE_MM + GUTTER_MM }
  const width = mmToPoints(words.right - words.left)
  drawFirstThatFits(parent, words, [14, 10, 6, 3], [bodyStrongStyle, smallStrongStyle].map(style => () => [
    usernameBlock(sheet, paper, width),
    codeBlock(sheet, paper),
    bilingualBlock(sheet, paper, width, validityText(paper), { primary: style, secondary: smallStyle }),
  ]))
}

function usernameBlock (sheet: PdfDocument, paper: SlipContent, width: number): Block {
  const room = width - LABEL_WIDTH_PT
  const style = createTextMeasurer(sheet, codeStyle)(paper.username) <= room ? codeStyle : smallCodeStyle
  const lines = breakLines(paper.username, room, createTextMeasurer(sheet, style))
  return labelledBlock(sheet, paper, say => say('paper.username'), style, lines.length, (left, top) => {
    lines.forEach((line, i) => writeLine(sheet, line, style, left, top + i * style.leading))
  })
}

function codeBlock (sheet: PdfDocument, paper: SlipContent): Block {
  const measure = createTextMeasurer(sheet, codeStyle)
  const parts = paper.code.reveal().split(/(-)/)
  return labelledBlock(sheet, paper, say => say('paper.code'), codeStyle, 1, (left, top) => {
    let x = left
    for (const part of parts) {
      const stretch = part === '-' ? HYPHEN_STRETCH : 1
      writeLine(sheet, part, codeStyle, x, top, stretch)
      x += measure(part) * stretch
    }
  })
}

/** What is secret, behind its name in both languages. */
function labelledBlock (sheet: PdfDocument, paper: SlipContent, wording: TextBuilder, style: Style, lines: number, draw: (left: number, top: number) => void): Block {
  const names = translateAll(paper, wording).map((name, i) => paragraph(sheet, name, i === 0 ? smallStrongStyle : smallStyle, LABEL_WIDTH_PT, paper.languages[i]))
  const name = stack(names)
  const nameTop = computeBaseline(style, 0) - computeBaseline(smallStrongStyle, 0)
  return {
    height: Math.max(nameTop + name.height, lines * style.leading),
    draw (parent, left, top) {
      name.draw(parent, left, top + nameTop)
      addElement(sheet, parent, 'P', {}, () => draw(left + LABEL_WIDTH_PT, top))
    },
  }
}
