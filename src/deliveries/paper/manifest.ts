/** The manifest of a batch of envelopes for a campus: what is in it, and who handed it over and received it. */
import { formatDateTime } from '../../i18n/formatters.js'
import { translator } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/vocabulary.js'
import { addElement, createDocument, drawFrame, finishDocument, type PdfDocument } from '../../pdf/document.js'
import { notoSans } from '../../pdf/fonts.js'
import { mmToPoints } from '../../pdf/layout.js'
import { drawCell, drawRowNumber, drawSlipBarcode, drawSlipNumber, listSummaryBlock, sideBySide, signatureBlock, wrappedText } from './list-parts.js'
import { drawList, missingCharacterNote, nameStyle, type Row } from './list-sheet.js'

export interface ManifestContent {
  /** The language of the staff member who prints it. */
  readonly language: Language
  readonly institution: Pick<Profile, 'name' | 'returnAddress' | 'timeZone'>
  readonly from: { readonly name: string, readonly address: string }
  readonly to: { readonly name: string, readonly address: string }
  readonly sentAt: Date
  /** The name of the staff member who sent the batch. */
  readonly sentBy: string
  readonly envelopes: readonly ManifestEnvelope[]
}

export interface ManifestEnvelope {
  readonly number: string
  /** The holder's name. */
  readonly holder: string
}

const columns = { rowNumber: { left: 22, right: 29 }, slip: { left: 33, right: 62 }, barcode: { left: 65, right: 117 }, holder: { left: 121, right: 174 }, arrived: { left: 175, right: 190 } }
const MIN_ROW_HEIGHT_PT = mmToPoints(11)
const ROW_PADDING_PT = mmToPoints(2)
const TICK_BOX_SIDE_PT = mmToPoints(5)

/** Returns the manifest as a PDF. It contains no code, no date of birth and no user name. */
export async function renderManifest ({ language, institution, from, to, sentAt, sentBy, envelopes }: ManifestContent): Promise<Buffer> {
  const t = translator(language)
  const formattedSentAt = formatDateTime(sentAt, institution.timeZone, language)
  const foot = t('deliveries.paper.manifestFoot', { place: to.name, at: formattedSentAt })
  const doc = createDocument({ language, title: foot, institution: institution.name[language], createdAt: sentAt }, notoSans)
  const labels = [t('deliveries.paper.signature'), t('deliveries.paper.nameInPrint'), t('deliveries.paper.dateAndTime'), t('deliveries.paper.count')]
  drawList(doc, {
    letterhead: { institution, title: t('deliveries.paper.manifest'), subtitle: formattedSentAt },
    foot,
    summary: listSummaryBlock(doc, [
      { label: t('deliveries.paper.from'), name: from.name, lines: [from.address, t('deliveries.paper.sentBy', { name: sentBy })] },
      { label: t('deliveries.paper.to'), name: to.name, lines: [to.address] },
    ], { label: t('deliveries.paper.envelopes'), value: envelopes.length }),
    columns: [
      { ...columns.rowNumber, label: t('deliveries.paper.number'), isRightAligned: true },
      { ...columns.slip, label: t('deliveries.number') },
      { ...columns.barcode, label: t('deliveries.paper.barcode') },
      { ...columns.holder, label: t('deliveries.paper.holder') },
      { ...columns.arrived, label: t('deliveries.paper.arrived'), isRightAligned: true },
    ],
    rows: envelopes.map((envelope, i) => manifestRow(doc, i + 1, envelope)),
    closing: sideBySide(
      [signatureBlock(doc, t('deliveries.paper.handedOver'), labels), signatureBlock(doc, t('deliveries.paper.received'), labels)],
      missingCharacterNote(doc, envelopes.map(({ holder }) => holder))
    ),
  })
  return await finishDocument(doc)
}

function manifestRow (doc: PdfDocument, rowNumber: number, { number, holder }: ManifestEnvelope): Row {
  const holderName = wrappedText(doc, holder, nameStyle, columns.holder)
  const height = Math.max(MIN_ROW_HEIGHT_PT, holderName.height + 2 * ROW_PADDING_PT)
  return {
    height,
    draw (row, top) {
      const middle = top + height / 2
      const lineTop = middle - nameStyle.leading / 2
      drawRowNumber(doc, row, rowNumber, { column: columns.rowNumber, top: lineTop })
      drawSlipNumber(doc, addElement(doc, row, 'TD'), number, { column: columns.slip, top: lineTop })
      drawSlipBarcode(doc, addElement(doc, row, 'TD'), number, { column: columns.barcode, top: middle - mmToPoints(3.5) })
      drawCell(doc, row, holderName, { column: columns.holder, top: middle - holderName.height / 2 })
      addElement(doc, row, 'TD')
      const side = TICK_BOX_SIDE_PT
      drawFrame(doc, { left: mmToPoints(columns.arrived.right) - side - mmToPoints(2), top: middle - side / 2, width: side, height: side })
    },
  }
}
