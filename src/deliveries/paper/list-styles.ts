/** The few kinds of print on a list, beside the slip's own. Pure. */
import type { Style } from '../../slips/paper/styles.js'

export const nameStyle: Style = { face: 'regular', size: 11, leading: 14 }
export const nameStrongStyle: Style = { face: 'strong', size: 11, leading: 14 }
export const slipNumberStyle: Style = { face: 'mono', size: 11, leading: 14 }
/** The number of envelopes, to be seen across a counter. */
export const totalStyle: Style = { face: 'strong', size: 22, leading: 26 }

/** Lines between rows, in points and as grey. */
export const hairlineStroke = { width: 0.5, colour: '#9aa3ab' } as const
/** Lines to write on, boxes to tick. */
export const solidStroke = { width: 0.75, colour: '#000000' } as const
