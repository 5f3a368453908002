/** Small marks at the left edge where the sheet is folded for its envelope. */
import type { Profile } from '../../institution/profile.js'
import { ornament, type Sheet } from './sheet.js'
import { foldMark, folds, points } from './zones.js'

export function drawFoldMarks (sheet: Sheet, envelope: Profile['envelope']): void {
  ornament(sheet, pdf => {
    pdf.lineWidth(0.5)
    for (const fold of folds[envelope]) pdf.moveTo(points(foldMark.from), points(fold)).lineTo(points(foldMark.to), points(fold))
    pdf.stroke()
  })
}
