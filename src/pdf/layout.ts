/** Page size, margins, zones, text and line styles that all documents share. Pure. Millimetres from the top left corner of the page. */

/** A rectangle on the page, in millimetres. */
export interface Zone {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export const pageSizeMm = { width: 210, height: 297 } as const

/** All text and figures are inside these margins. Only fold marks are outside. */
export const margins: Zone = { left: 22, right: 190, top: 10, bottom: 289 }

/** Institution, return address and title. The zone ends above the envelope window. */
export const letterheadZone: Zone = { left: margins.left, right: margins.right, top: 10, bottom: 20 }
export const LETTERHEAD_RULE_Y_MM = 22.5

/** Converts millimetres to PDF points. */
export function mmToPoints (millimetres: number): number {
  return millimetres * 72 / 25.4
}

/** Returns the width of a zone in points. */
export function zoneWidth (zone: Zone): number {
  return mmToPoints(zone.right - zone.left)
}

export type Face = 'regular' | 'strong' | 'mono'

/** A text style. Sizes are in points. */
export interface Style {
  readonly face: Face
  readonly size: number
  /** The distance from one baseline to the next. */
  readonly leading: number
}

export const bodyStyle: Style = { face: 'regular', size: 12, leading: 15 }
export const bodyStrongStyle: Style = { face: 'strong', size: 12, leading: 15 }
export const smallStyle: Style = { face: 'regular', size: 10, leading: 12.5 }
export const smallStrongStyle: Style = { face: 'strong', size: 10, leading: 12.5 }
export const titleStyle: Style = { face: 'strong', size: 18, leading: 18 }

/** A line style. The width is in points; the colour is black by default. */
export interface Stroke {
  readonly width: number
  readonly colour?: string
}

/** Lines between the rows of a table. */
export const hairlineStroke: Stroke = { width: 0.5, colour: '#9aa3ab' }
/** Boxes, signature lines and lines under a heading. */
export const solidStroke: Stroke = { width: 0.75 }
