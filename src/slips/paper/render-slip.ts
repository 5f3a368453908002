/** The only door to the printed slip. */
import { drawSlip } from './draw-slip.js'
import { notoSans } from './fonts.js'
import type { SlipContent } from './slip-paper.js'

export type { SlipContent } from './slip-paper.js'

/**
 * The slip as a PDF of one A4 page, made in memory and nowhere else; it is for the caller to send once.
 * @throws Unprintable when the user name or the letter's address has characters that no typeface here can write.
 * @throws TextOverflowError, RangeError when something is so long that no legible page could hold it.
 */
export async function renderSlip (paper: SlipContent): Promise<Buffer> {
  return drawSlip(paper, notoSans)
}
