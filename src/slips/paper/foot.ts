/** The slip number once more, to be read by eye and by scanner. */
import { translator } from '../../i18n/translate.js'
import { bilingualLabel } from './bilingual.js'
import { drawCode128 } from './barcodes.js'
import { addElement, createTextMeasurer, writeLine, type StructureElement, type PdfDocument } from './sheet.js'
import type { SlipContent } from './slip-paper.js'
import { smallStyle, bodyStrongStyle } from './styles.js'
import { footZone, mmToPoints } from './zones.js'

/** Where the words begin, right of the barcode. */
const FOOT_TEXT_LEFT_PT = mmToPoints(footZone.left + 58)

export function drawSlipFoot (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const say = translator(sheet.language)
  const { left, right, top, bottom } = footZone
  drawCode128(sheet, parent, paper.slipNumber, say('paper.barcodeAlt', { number: paper.slipNumber }), mmToPoints(left), mmToPoints(top), mmToPoints(bottom - top))
  const numberTop = mmToPoints(bottom) - bodyStrongStyle.leading + 2
  addElement(sheet, parent, 'P', {}, () => {
    writeLine(sheet, bilingualLabel(paper, words => words('paper.slipNumber')), smallStyle, FOOT_TEXT_LEFT_PT, numberTop - smallStyle.leading)
    writeLine(sheet, paper.slipNumber, bodyStrongStyle, FOOT_TEXT_LEFT_PT, numberTop)
  })
  const page = say('paper.page')
  const pageLeft = mmToPoints(right) - createTextMeasurer(sheet, smallStyle)(page)
  addElement(sheet, parent, 'P', {}, () => writeLine(sheet, page, smallStyle, pageLeft, numberTop + 1))
}
