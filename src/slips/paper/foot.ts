/** The slip number once more, to be read by eye and by scanner. */
import { translator } from '../../i18n/translate.js'
import { label } from './bilingual.js'
import { drawCode128 } from './barcodes.js'
import { mark, measureIn, writeLine, type Element, type Sheet } from './sheet.js'
import type { SlipPaper } from './slip-paper.js'
import { follow, leadStrong } from './styles.js'
import { footZone, points } from './zones.js'

/** Where the words begin, right of the barcode. */
const wordsLeft = points(footZone.left + 58)

export function drawFoot (sheet: Sheet, parent: Element, paper: SlipPaper): void {
  const say = translator(sheet.language)
  const { left, right, top, bottom } = footZone
  drawCode128(sheet, parent, paper.slipNumber, say('paper.barcodeAlt', { number: paper.slipNumber }), points(left), points(top), points(bottom - top))
  const numberTop = points(bottom) - leadStrong.leading + 2
  mark(sheet, parent, 'P', {}, () => {
    writeLine(sheet, label(paper, words => words('paper.slipNumber')), follow, wordsLeft, numberTop - follow.leading)
    writeLine(sheet, paper.slipNumber, leadStrong, wordsLeft, numberTop)
  })
  const page = say('paper.page')
  const pageLeft = points(right) - measureIn(sheet, follow)(page)
  mark(sheet, parent, 'P', {}, () => writeLine(sheet, page, follow, pageLeft, numberTop + 1))
}
