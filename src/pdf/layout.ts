/**
 * Where things stand on the sheet, in millimetres from its left and top edge (docs/facts.md, "The paper"). Pure.
 * The window zone is all that any push of the sheet can bring behind the window of an E65 or C5 envelope.
 */
import type { Profile } from '../institution/profile.js'

/** A rectangle on the sheet, in millimetres. */
export interface Zone {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export const pageSizeMm = { width: 210, height: 297 } as const

/** Nothing but fold marks stands outside. */
export const margins: Zone = { left: 22, right: 190, top: 10, bottom: 289 }

const { left, right } = margins

/** Institution, return address and title, above everything that a window can show. */
export const letterheadZone: Zone = { left, right, top: 10, bottom: 20 }
export const LETTERHEAD_RULE_Y_MM = 22.5

/** Whatever stands here can be read through the window: window text and nothing else. */
export const windowZone: Zone = { left: 0, right: 117, top: 26, bottom: 79 }

/** Where both windows show the paper when the sheet is pushed to the top left. */
export const windowTextZone: Zone = { left, right: 105, top: 44, bottom: 69 }

/** The Code 128 of a porter's envelope: four lines of text fit above it. */
export const windowBarcodeZone: Zone = { left, right: 105, top: 60.5, bottom: 69 }

export const factsZone: Zone = { left: 122, right, top: 26.5, bottom: 80 }
export const greetingZone: Zone = { left, right, top: 82, bottom: 97.5 }
export const instructionsZone: Zone = { left, right, top: 103.5, bottom: 146.5 }
export const helpZone: Zone = { left, right, top: 203.5, bottom: 275 }
export const footZone: Zone = { left, right, top: 278, bottom: 288 }

/** Where the sheet is folded, from its top. */
export const foldPositionsMm: Readonly<Record<Profile['envelope'], readonly number[]>> = { E65: [99, 198], C5: [148.5] }

/** Code, QR code and user name: inside the folded sheet, and at least 5 mm from any fold. */
export const credentialsZone: Readonly<Record<Profile['envelope'], Zone>> = {
  E65: { left, right, top: 150, bottom: 193 },
  C5: { left, right, top: 154, bottom: 197 },
}

/** How far a fold mark reaches in from the sheet's left edge. */
export const foldMarkMm = { from: 5, to: 9 } as const

/** Widths of a QR module: never below 0.6 mm; a short address gets the larger one. */
export const qrModuleMm = { least: 0.6, most: 1 } as const

/** The most that a QR code's black square may measure; four modules around it stay white. */
export const MAX_QR_SIDE_MM = 37

/** Width of a barcode's narrowest bar: at least 0.3 mm. */
export const BARCODE_MODULE_MM = 0.33

/** Millimetres as PDF points. */
export function mmToPoints (millimetres: number): number {
  return millimetres * 72 / 25.4
}

// The few kinds of print on a slip. Pure: names and sizes in points.

export type Face = 'regular' | 'strong' | 'mono'

export interface Style {
  readonly face: Face
  readonly size: number
  /** From one baseline to the next. */
  readonly leading: number
}

/** The holder's language, and whatever must be typed. */
export const bodyStyle: Style = { face: 'regular', size: 12, leading: 15 }
export const bodyStrongStyle: Style = { face: 'strong', size: 12, leading: 15 }
/** The second language, labels and small facts. */
export const smallStyle: Style = { face: 'regular', size: 10, leading: 12.5 }
export const smallStrongStyle: Style = { face: 'strong', size: 10, leading: 12.5 }
export const titleStyle: Style = { face: 'strong', size: 18, leading: 18 }
/** The code, and a user name that is not too long for it. */
export const codeStyle: Style = { face: 'mono', size: 18, leading: 20 }
export const smallCodeStyle: Style = { face: 'mono', size: 12, leading: 15 }
/** What the post and the porter read through the window: 10 pt on 11. */
export const windowStyle: Style = { face: 'regular', size: 10, leading: 11 }
