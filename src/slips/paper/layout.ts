/**
 * Zones and text styles of the slip. Pure. Millimetres from the top left corner of the page (docs/facts.md, "The paper").
 * A sheet can move inside an E65 or C5 envelope. The window zone is everything that can then show through the window.
 */
import type { Profile } from '../../institution/profile.js'
import { margins, type Style, type Zone } from '../../pdf/layout.js'

const { left, right } = margins

/** Everything printed here can be read through the window, so it holds only the window text. */
export const windowZone: Zone = { left: 0, right: 117, top: 26, bottom: 79 }

/** The area that both windows show when the sheet is pushed to the top left corner of the envelope. */
export const windowTextZone: Zone = { left, right: 105, top: 44, bottom: 69 }

/** The same for an address of six or seven lines, which starts higher. */
export const longWindowTextZone: Zone = { left, right: 105, top: 41.5, bottom: 69 }

/** The barcode of a porter slip. Four lines of text fit above it. */
export const windowBarcodeZone: Zone = { left, right: 105, top: 60.5, bottom: 69 }

export const factsZone: Zone = { left: 122, right, top: 26.5, bottom: 80 }
export const greetingZone: Zone = { left, right, top: 82, bottom: 97.5 }
export const instructionsZone: Zone = { left, right, top: 103.5, bottom: 146.5 }
export const helpZone: Zone = { left, right, top: 203.5, bottom: 275 }
export const footZone: Zone = { left, right, top: 278, bottom: 288 }

/** Where the sheet is folded, measured from its top edge. */
export const foldPositionsMm: Readonly<Record<Profile['envelope'], readonly number[]>> = { E65: [99, 198], C5: [148.5] }

/** QR code, user name and code: inside the folded sheet and at least 5 mm from each fold. */
export const credentialsZone: Readonly<Record<Profile['envelope'], Zone>> = {
  E65: { left, right, top: 150, bottom: 193 },
  C5: { left, right, top: 154, bottom: 197 },
}

/** The start and end of a fold mark, measured from the left edge. */
export const foldMarkMm = { from: 5, to: 9 } as const

/** The activation code, and the user name if it fits. */
export const codeStyle: Style = { face: 'mono', size: 18, leading: 20 }
export const smallCodeStyle: Style = { face: 'mono', size: 12, leading: 15 }
/** The text in the envelope window. */
export const windowStyle: Style = { face: 'regular', size: 10, leading: 11 }
/** The same for an address of six or seven lines. */
export const longWindowStyle: Style = { face: 'regular', size: 10, leading: 10.5 }
