/** Small marks at the left edge where the sheet is folded for its envelope. */
import type { Profile } from '../../institution/profile.js'
import { drawArtifact, type PdfDocument } from './sheet.js'
import { foldMarkMm, foldPositionsMm, mmToPoints } from './zones.js'

export function drawFoldMarks (sheet: PdfDocument, envelope: Profile['envelope']): void {
  drawArtifact(sheet, pdf => {
    pdf.lineWidth(0.5)
    for (const fold of foldPositionsMm[envelope]) pdf.moveTo(mmToPoints(foldMarkMm.from), mmToPoints(fold)).lineTo(mmToPoints(foldMarkMm.to), mmToPoints(fold))
    pdf.stroke()
  })
}
