/** What a list says when a name has a character that its typeface lacks. */
import { translator } from '../../i18n/translate.js'
import { paragraph, type Block } from '../../slips/paper/blocks.js'
import { unprintableIn, unwritten } from '../../slips/paper/printable.js'
import type { Sheet } from '../../slips/paper/sheet.js'
import { follow } from '../../slips/paper/styles.js'
import { margins, points } from '../../slips/paper/zones.js'

/** The sentence, if any of the texts needs it. */
export function unwrittenNote (sheet: Sheet, texts: readonly string[]): Block[] {
  if (unprintableIn(texts.join(' ')).length === 0) return []
  const words = translator(sheet.language)('sending.paper.unwritten', { sign: unwritten })
  return [paragraph(sheet, words, follow, points(margins.right - margins.left))]
}
