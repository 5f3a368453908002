/** The secret: QR code, user name and code, where no fold and no window comes near. */
import { translator } from '../../i18n/translate.js'
import { drawQrCode } from './barcodes.js'
import { bilingual, inBoth, type Wording } from './bilingual.js'
import { drawFirstThatFits, paragraph, stack, type Block } from './blocks.js'
import { validityWording } from './facts.js'
import { breakLines } from './line-breaks.js'
import { baseline, mark, measureIn, writeLine, type Element, type Sheet } from './sheet.js'
import type { SlipPaper } from './slip-paper.js'
import { follow, followStrong, leadStrong, secret, secretLong, type Style } from './styles.js'
import { points, qrSide, secretZone, type Zone } from './zones.js'

/** White between the QR code and the words: at least its quiet zone. */
const gutter = 6
const labelWidth = points(34)
/** How much wider than a letter the hyphens of the code are, to hold its groups apart. */
const hyphenStretch = 1.7

export function drawSecretPanel (sheet: Sheet, parent: Element, paper: SlipPaper): void {
  const zone = secretZone[paper.institution.envelope]
  const alt = translator(sheet.language)('paper.qrAlt')
  // In the fragment: a browser never sends it to a server.
  const address = `${paper.activationUrl}#${paper.code.reveal()}`
  drawQrCode(sheet, parent, address, alt, points(zone.left), points(zone.top + 1))
  const words: Zone = { ...zone, left: zone.left + qrSide + gutter }
  const width = points(words.right - words.left)
  drawFirstThatFits(parent, words, [14, 10, 6, 3], [leadStrong, followStrong].map(style => () => [
    username(sheet, paper, width),
    code(sheet, paper),
    bilingual(sheet, paper, width, validityWording(paper), { lead: style, follow }),
  ]))
}

function username (sheet: Sheet, paper: SlipPaper, width: number): Block {
  const room = width - labelWidth
  const style = measureIn(sheet, secret)(paper.username) <= room ? secret : secretLong
  const lines = breakLines(paper.username, room, measureIn(sheet, style))
  return labelled(sheet, paper, say => say('paper.username'), style, lines.length, (left, top) => {
    lines.forEach((line, i) => writeLine(sheet, line, style, left, top + i * style.leading))
  })
}

function code (sheet: Sheet, paper: SlipPaper): Block {
  const measure = measureIn(sheet, secret)
  const parts = paper.code.reveal().split(/(-)/)
  return labelled(sheet, paper, say => say('paper.code'), secret, 1, (left, top) => {
    let x = left
    for (const part of parts) {
      const stretch = part === '-' ? hyphenStretch : 1
      writeLine(sheet, part, secret, x, top, stretch)
      x += measure(part) * stretch
    }
  })
}

/** What is secret, behind its name in both languages. */
function labelled (sheet: Sheet, paper: SlipPaper, wording: Wording, style: Style, lines: number, draw: (left: number, top: number) => void): Block {
  const names = inBoth(paper, wording).map((name, i) => paragraph(sheet, name, i === 0 ? followStrong : follow, labelWidth, paper.languages[i]))
  const name = stack(names)
  const nameTop = baseline(style, 0) - baseline(followStrong, 0)
  return {
    height: Math.max(nameTop + name.height, lines * style.leading),
    draw (parent, left, top) {
      name.draw(parent, left, top + nameTop)
      mark(sheet, parent, 'P', {}, () => draw(left + labelWidth, top))
    },
  }
}
