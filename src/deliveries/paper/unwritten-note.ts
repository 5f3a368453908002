/** What a list says when a name has a character that its typeface lacks. */
import { translator } from '../../i18n/translate.js'
import { paragraph, type Block } from '../../slips/paper/blocks.js'
import { listUnprintableCharacters, REPLACEMENT_CHARACTER } from '../../slips/paper/printable.js'
import type { PdfDocument } from '../../slips/paper/sheet.js'
import { smallStyle } from '../../slips/paper/styles.js'
import { margins, mmToPoints } from '../../slips/paper/zones.js'

/** The sentence, if any of the texts needs it. */
export function missingCharacterNote (sheet: PdfDocument, texts: readonly string[]): Block[] {
  if (listUnprintableCharacters(texts.join(' ')).length === 0) return []
  const words = translator(sheet.language)('sending.paper.unwritten', { sign: REPLACEMENT_CHARACTER })
  return [paragraph(sheet, words, smallStyle, mmToPoints(margins.right - margins.left))]
}
